package io.plakar.kloset.search;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.DirectoryMerge;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * One search in any number of snapshots. Their directories are visited together, ascending; of the listings of one
 * directory each distinct one is read once, however many snapshots have it. Holds what was found in one directory. For
 * one thread.
 */
public final class SnapshotSearch {
    /** What is looked for. */
    @FunctionalInterface
    public interface Condition {
        boolean accepts(Entry entry);
    }

    /** Takes what was found. */
    public interface Sink {
        /**
         * A distinct entry.
         *
         * @param snapshots which of the trees have it, by their place in the list; shared, not to be changed
         */
        void found(Entry entry, Mac mac, BitSet snapshots) throws KlosetException;

        /** A part of a snapshot cannot be read; the rest of it is searched where that is possible. */
        void problem(SnapshotTree tree, KlosetException failure);
    }

    private record Match(Entry entry, Mac mac, BitSet snapshots) {}

    private static final Comparator<Match> BY_NAME =
            Comparator.<Match, byte[]>comparing(match -> match.entry().name(), Arrays::compareUnsigned);

    private final List<SnapshotTree> trees;
    private final Condition condition;
    private final Sink sink;
    private long room;
    private boolean more;

    private SnapshotSearch(List<SnapshotTree> trees, Condition condition, long limit, Sink sink) {
        this.trees = trees;
        this.condition = condition;
        this.room = limit;
        this.sink = sink;
    }

    /**
     * Searches below {@code top}, which itself is not looked at.
     *
     * @param trees in the order in which an entry is preferred: the first that has it gives it
     * @param limit how many are wanted
     * @return whether there are more than {@code limit}
     * @throws KlosetException.Cancelled when the thread was interrupted
     */
    public static boolean run(List<SnapshotTree> trees, BytePath top, Condition condition, long limit, Sink sink)
            throws KlosetException {
        return new SnapshotSearch(trees, condition, limit, sink).run(top);
    }

    private boolean run(BytePath top) throws KlosetException {
        List<DirectoryMerge.Side> sides =
                trees.stream().map(tree -> new DirectoryMerge.Side(tree, top)).toList();
        DirectoryMerge merge = new DirectoryMerge(sides, (side, failure) -> sink.problem(trees.get(side), failure));
        while (!more && merge.next()) {
            if (Thread.interrupted()) {
                throw new KlosetException.Cancelled("interrupted while searching");
            }
            directory(merge);
        }
        return more;
    }

    private void directory(DirectoryMerge merge) throws KlosetException {
        Map<Mac, BitSet> listings = new LinkedHashMap<>();
        for (int i = 0; i < trees.size(); i++) {
            Mac listing = merge.listing(i);
            if (listing != null) {
                listings.computeIfAbsent(listing, any -> new BitSet()).set(i);
            }
        }
        Map<Mac, Match> found = new HashMap<>();
        for (BitSet having : listings.values()) {
            read(merge.path(having.nextSetBit(0)), having, listings.size() == 1, found);
        }
        List<Match> sorted = found.values().stream().sorted(BY_NAME).toList();
        for (Match match : sorted) {
            room--;
            sink.found(match.entry(), match.mac(), match.snapshots());
        }
    }

    /** @param only whether no other listing can hold the same entries */
    private void read(BytePath directory, BitSet having, boolean only, Map<Mac, Match> found) {
        SnapshotTree tree = trees.get(having.nextSetBit(0));
        try (DirectoryCursor cursor = tree.children(directory)) {
            while (next(cursor, tree)) {
                Mac mac = cursor.mac();
                Match known = only ? null : found.get(mac);
                if (known != null) {
                    known.snapshots().or(having);
                } else if (condition.accepts(cursor.entry())) {
                    if (found.size() >= room) {
                        more = true;
                    } else {
                        found.put(
                                mac,
                                new Match(
                                        Objects.requireNonNull(cursor.entry()),
                                        mac,
                                        only ? having : (BitSet) having.clone()));
                    }
                }
            }
        } catch (KlosetException e) {
            sink.problem(tree, e);
        }
    }

    /** A damaged listing tells what it can: after a failure the cursor goes on where that is possible. */
    private boolean next(DirectoryCursor cursor, SnapshotTree tree) {
        while (true) {
            try {
                return cursor.next();
            } catch (KlosetException e) {
                sink.problem(tree, e);
                if (!(e instanceof KlosetException.Missing || e instanceof KlosetException.Corrupt)) {
                    return false;
                }
            }
        }
    }
}
