package io.plakar.server;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import java.util.LinkedHashMap;
import java.util.Map;

/** The trees of the snapshots that were used last, so that their roots are read once. Safe for use by many threads. */
public final class RecentTrees {
    private final Repository repository;
    private final int most;
    private final Map<Mac, SnapshotTree> trees = new LinkedHashMap<>(64, 0.75f, true);

    /** @param most trees to keep */
    public RecentTrees(Repository repository, int most) {
        this.repository = repository;
        this.most = most;
    }

    public SnapshotTree of(SnapshotHeader header) throws KlosetException {
        synchronized (trees) {
            SnapshotTree known = trees.get(header.id());
            if (known != null) {
                return known;
            }
        }
        // Opened outside the lock: the store may be slow. Of two at once the first is kept.
        SnapshotTree tree = repository.tree(header);
        synchronized (trees) {
            SnapshotTree other = trees.putIfAbsent(header.id(), tree);
            if (trees.size() > most) {
                trees.remove(trees.keySet().iterator().next());
            }
            return other == null ? tree : other;
        }
    }
}
