package io.plakar.kloset.btree;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSink;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree from keys which come in descending order of the tree. Holds at most about fifty keys per level. For one
 * thread, for one tree.
 */
public final class BTreeWriter {
    // The shape is that of inserting the same descending keys one by one into a tree of order 50 (format-snapshot
    // §4.4), where every split happens in the left-most node: a leaf of 50 keys gives 26 away to its right, an inner
    // node of 51 pointers gives 26. Levels therefore hold their keys in descending order, and what leaves a level is
    // the head of the list. What is left at the end is the left-most node of each level.
    private static final int FULL_LEAF = BTreeNode.ORDER;
    private static final int FULL_POINTERS = BTreeNode.ORDER + 1;
    private static final int GIVEN_AWAY = 26;

    /** Children of one level which have no parent yet, with the lowest key below each; right-most first. */
    private static final class Level {
        final List<byte[]> lowest = new ArrayList<>(FULL_POINTERS);
        final List<Mac> nodes = new ArrayList<>(FULL_POINTERS);
    }

    private final BlobSink sink;
    private final TreeKind kind;
    private final MsgpackWriter buffer = new MsgpackWriter(8192);
    private final List<byte[]> keys = new ArrayList<>(FULL_LEAF);
    private final List<Mac> values = new ArrayList<>(FULL_LEAF);
    private final List<Level> levels = new ArrayList<>();
    private byte @Nullable [] last;
    private Mac rightLeaf = Mac.ZERO;

    public BTreeWriter(BlobSink sink, TreeKind kind) {
        this.sink = sink;
        this.kind = kind;
    }

    /**
     * Adds a key below all before it; a repetition of the last key is ignored. The array is kept, and not to be changed
     * afterwards.
     *
     * @throws IllegalArgumentException when the key is above the last one
     */
    public void add(byte[] key, Mac value) throws KlosetException {
        if (last != null) {
            int order = kind.order().compare(key, last);
            if (order == 0) {
                return;
            }
            if (order > 0) {
                throw new IllegalArgumentException("the keys of a tree must come in descending order");
            }
        }
        last = key;
        keys.add(key);
        values.add(value);
        if (keys.size() == FULL_LEAF) {
            writeLeaf(GIVEN_AWAY);
        }
    }

    /** Writes the rest and returns the id of the root blob. */
    public Mac finish() throws KlosetException {
        Mac root;
        if (levels.isEmpty()) {
            buffer.reset();
            BTreeNode.encode(buffer, keys.reversed(), List.of(), values.reversed(), Mac.ZERO);
            root = put();
        } else {
            writeLeaf(keys.size());
            root = null;
            for (int i = 0; root == null; i++) {
                Level level = levels.get(i);
                if (i == levels.size() - 1 && level.nodes.size() == 1) {
                    root = level.nodes.getFirst();
                } else {
                    writeInner(i, level.nodes.size());
                }
            }
        }
        buffer.reset();
        BTreeNode.encodeRoot(buffer, root);
        return sink.put(kind.rootType(), buffer.array(), 0, buffer.length());
    }

    private void writeLeaf(int count) throws KlosetException {
        buffer.reset();
        List<byte[]> headKeys = keys.subList(0, count);
        List<Mac> headValues = values.subList(0, count);
        BTreeNode.encode(buffer, headKeys.reversed(), List.of(), headValues.reversed(), rightLeaf);
        byte[] lowest = headKeys.getLast();
        headKeys.clear();
        headValues.clear();
        rightLeaf = put();
        push(0, lowest, rightLeaf);
    }

    private void writeInner(int index, int count) throws KlosetException {
        Level level = levels.get(index);
        List<byte[]> headKeys = level.lowest.subList(0, count);
        List<Mac> headNodes = level.nodes.subList(0, count);
        buffer.reset();
        // The left-most child needs no separator within its parent; its lowest key goes up with the node.
        BTreeNode.encode(buffer, headKeys.subList(0, count - 1).reversed(), headNodes.reversed(), List.of(), Mac.ZERO);
        byte[] lowest = headKeys.getLast();
        headKeys.clear();
        headNodes.clear();
        push(index + 1, lowest, put());
    }

    private void push(int index, byte[] lowest, Mac node) throws KlosetException {
        if (index == levels.size()) {
            levels.add(new Level());
        }
        Level level = levels.get(index);
        level.lowest.add(lowest);
        level.nodes.add(node);
        if (level.nodes.size() == FULL_POINTERS) {
            writeInner(index, GIVEN_AWAY);
        }
    }

    private Mac put() throws KlosetException {
        return sink.put(kind.nodeType(), buffer.array(), 0, buffer.length());
    }
}
