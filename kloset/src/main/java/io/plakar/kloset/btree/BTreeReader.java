package io.plakar.kloset.btree;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tree: looks keys up and runs over them in order. Keeps the nodes used last. Safe for use by many threads; a
 * {@link Cursor} is for one.
 *
 * <p>A tree of any order and fill is read. One which is damaged, deeper than {@link #DEEPEST} or whose keys do not
 * ascend gives {@link KlosetException.Corrupt}; a node which is not there gives {@link KlosetException.Missing}.
 */
public final class BTreeReader {
    /** Most levels of a tree: far more than the keys of any snapshot need. */
    public static final int DEEPEST = 64;

    private static final int CACHED_NODES = 128;

    private final BlobSource source;
    private final TreeKind kind;
    private final Mac root;
    private final Mac rootNode;
    private final NodeCache cache;

    /** @param root id of the root blob */
    public BTreeReader(BlobSource source, TreeKind kind, Mac root) throws KlosetException {
        this(source, kind, root, new NodeCache(CACHED_NODES));
    }

    /**
     * @param root id of the root blob
     * @param cache shared with other trees of the same kind and source
     */
    public BTreeReader(BlobSource source, TreeKind kind, Mac root, NodeCache cache) throws KlosetException {
        this.cache = cache;
        this.source = source;
        this.kind = kind;
        this.root = root;
        this.rootNode = BTreeNode.decodeRoot(source.get(kind.rootType(), root));
    }

    public TreeKind kind() {
        return kind;
    }

    /** Id of the root blob. */
    public Mac root() {
        return root;
    }

    /** Id of the root node. */
    public Mac rootNode() {
        return rootNode;
    }

    /** The value of a key, in the tree's own order. */
    public Optional<Mac> lookup(byte[] key) throws KlosetException {
        return lookup(key, kind.order());
    }

    /** The value of a key, in the given order; finds nothing, or not all, when the tree has another one. */
    public Optional<Mac> lookup(byte[] key, Comparator<byte[]> order) throws KlosetException {
        BTreeNode node = node(rootNode);
        for (int depth = 0; !node.isLeaf(); depth++) {
            checkDepth(depth);
            node = node(node.pointers()[node.childFor(key, order)]);
        }
        int at = node.firstAtLeast(key, order);
        return at < node.keys().length && order.compare(node.keys()[at], key) == 0
                ? Optional.of(node.values()[at])
                : Optional.empty();
    }

    /** Runs over all keys. */
    public Cursor cursor() {
        return new Cursor(null, any -> {});
    }

    /** Runs over the keys from the first one which is not below {@code key}. */
    public Cursor cursorFrom(byte[] key) {
        return new Cursor(key, any -> {});
    }

    /** Runs over all keys, and tells the id of every node before its keys come; for walks which mark or check blobs. */
    public Cursor cursor(Consumer<Mac> eachNode) {
        return new Cursor(null, eachNode);
    }

    private static void checkDepth(int depth) throws KlosetException {
        if (depth >= DEEPEST) {
            throw tooDeep();
        }
    }

    private static KlosetException.Corrupt tooDeep() {
        return new KlosetException.Corrupt("a tree of more than " + DEEPEST + " levels");
    }

    private BTreeNode node(Mac id) throws KlosetException {
        BTreeNode known = cache.get(id);
        if (known != null) {
            return known;
        }
        BTreeNode node = BTreeNode.decode(source.get(kind.nodeType(), id));
        cache.put(id, node);
        return node;
    }

    private static final class Frame {
        final BTreeNode node;
        int at;

        Frame(BTreeNode node, int at) {
            this.node = node;
            this.at = at;
        }
    }

    /**
     * A position between the keys of a tree, moving forward. After a node which cannot be read, {@link #next()} goes
     * on behind that subtree; after any other damage it is at its end.
     */
    public final class Cursor {
        // Descends by pointers, not by the links between leaves: these may be absent, and could form a loop. The keys
        // must ascend and no leaf but the root may be empty, so a tree whose nodes repeat is refused instead of being
        // walked for ever. Attribute trees exist in two orders; a tree may follow either.
        private final Deque<Frame> stack = new ArrayDeque<>();
        private final Consumer<Mac> eachNode;
        private final byte @Nullable [] from;
        private boolean started;
        private boolean byBytes = true;
        private boolean byOrder = true;
        private byte @Nullable [] key;
        private Mac value = Mac.ZERO;

        private Cursor(byte @Nullable [] from, Consumer<Mac> eachNode) {
            this.from = from;
            this.eachNode = eachNode;
        }

        /** Moves to the next key; false when there is none. */
        public boolean next() throws KlosetException {
            if (!started) {
                started = true;
                push(rootNode, from);
                descend(from);
            }
            while (true) {
                Frame top = stack.peek();
                if (top == null) {
                    return false;
                }
                if (top.node.isLeaf()) {
                    if (top.at < top.node.keys().length) {
                        byte[] found = top.node.keys()[top.at];
                        value = top.node.values()[top.at];
                        top.at++;
                        checkAscending(found);
                        key = found;
                        return true;
                    }
                    stack.pop();
                } else if (top.at < top.node.pointers().length) {
                    push(top.node.pointers()[top.at++], null);
                } else {
                    stack.pop();
                }
            }
        }

        /** The key at the position; shared, not to be changed. */
        public byte[] key() {
            if (key == null) {
                throw new IllegalStateException("before the first key");
            }
            return key;
        }

        public Mac value() {
            return value;
        }

        private void descend(byte @Nullable [] start) throws KlosetException {
            if (start == null) {
                return;
            }
            Frame top = stack.peek();
            while (top != null && !top.node.isLeaf()) {
                push(top.node.pointers()[top.at++], start);
                top = stack.peek();
            }
        }

        private void push(Mac id, byte @Nullable [] start) throws KlosetException {
            if (stack.size() >= DEEPEST) {
                stack.clear();
                throw tooDeep();
            }
            BTreeNode node = node(id);
            eachNode.accept(id);
            if (node.isLeaf() && node.keys().length == 0 && !stack.isEmpty()) {
                stack.clear();
                throw new KlosetException.Corrupt("a tree with an empty leaf");
            }
            int at = 0;
            if (start != null) {
                at = node.isLeaf() ? node.firstAtLeast(start, kind.order()) : node.childFor(start, kind.order());
            }
            stack.push(new Frame(node, at));
        }

        private void checkAscending(byte[] found) throws KlosetException {
            if (key != null) {
                byBytes &= Arrays.compareUnsigned(key, found) < 0;
                byOrder &= BytePath.compareTree(key, found) < 0;
                if (!byBytes && !byOrder) {
                    stack.clear();
                    throw new KlosetException.Corrupt("a tree whose keys do not ascend");
                }
            }
        }
    }
}
