package io.plakar.kloset.btree;

import io.plakar.connector.Mac;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The nodes used last, of one tree or of several which are read in step and have most nodes in common. Safe for use by
 * many threads.
 */
public final class NodeCache {
    private final int most;
    private final Map<Mac, BTreeNode> nodes = new LinkedHashMap<>();

    /** @param most how many nodes are kept; one has at most a few dozen keys */
    public NodeCache(int most) {
        this.most = most;
    }

    synchronized @Nullable BTreeNode get(Mac id) {
        BTreeNode known = nodes.remove(id);
        if (known != null) {
            nodes.put(id, known);
        }
        return known;
    }

    synchronized void put(Mac id, BTreeNode node) {
        nodes.put(id, node);
        if (nodes.size() > most) {
            nodes.remove(nodes.keySet().iterator().next());
        }
    }
}
