package io.plakar.kloset.btree;

import io.plakar.connector.Mac;
import io.plakar.kloset.blob.BlobSink;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The tree of format-snapshot §4.4 built in memory, key by key in any order: the oracle for shapes. */
public final class InsertionTree {
    private static final class Node {
        List<byte[]> keys = new ArrayList<>();
        List<Node> children = new ArrayList<>();
        List<Mac> values = new ArrayList<>();
    }

    private record Split(byte[] key, Node right) {}

    private final Comparator<byte[]> order;
    private Node root = new Node();

    public InsertionTree(Comparator<byte[]> order) {
        this.order = order;
    }

    public void insert(byte[] key, Mac value) {
        Split split = insert(root, key, value);
        if (split != null) {
            Node above = new Node();
            above.keys.add(split.key);
            above.children.add(root);
            above.children.add(split.right);
            root = above;
        }
    }

    private @Nullable Split insert(Node node, byte[] key, Mac value) {
        int at = 0;
        while (at < node.keys.size() && order.compare(node.keys.get(at), key) < 0) {
            at++;
        }
        boolean equal = at < node.keys.size() && order.compare(node.keys.get(at), key) == 0;
        if (node.children.isEmpty()) {
            if (equal) {
                return null;
            }
            node.keys.add(at, key);
            node.values.add(at, value);
        } else {
            int child = equal ? at + 1 : at;
            Split split = insert(node.children.get(child), key, value);
            if (split == null) {
                return null;
            }
            node.keys.add(child, split.key);
            node.children.add(child + 1, split.right);
        }
        return node.keys.size() == 50 ? split(node) : null;
    }

    private static Split split(Node node) {
        Node right = new Node();
        byte[] up = node.keys.get(24);
        if (node.children.isEmpty()) {
            right.keys = new ArrayList<>(node.keys.subList(24, 50));
            right.values = new ArrayList<>(node.values.subList(24, 50));
            node.values = new ArrayList<>(node.values.subList(0, 24));
        } else {
            right.keys = new ArrayList<>(node.keys.subList(25, 50));
            right.children = new ArrayList<>(node.children.subList(25, 51));
            node.children = new ArrayList<>(node.children.subList(0, 25));
        }
        node.keys = new ArrayList<>(node.keys.subList(0, 24));
        return new Split(up, right);
    }

    public Mac write(BlobSink sink, TreeKind kind) throws Exception {
        Mac[] next = {Mac.ZERO};
        Mac top = write(root, sink, kind, next);
        MsgpackWriter out = new MsgpackWriter();
        BTreeNode.encodeRoot(out, top);
        return sink.put(kind.rootType(), out.toByteArray());
    }

    private static Mac write(Node node, BlobSink sink, TreeKind kind, Mac[] next) throws Exception {
        MsgpackWriter out = new MsgpackWriter();
        if (node.children.isEmpty()) {
            BTreeNode.encode(out, node.keys, List.of(), node.values, next[0]);
            next[0] = sink.put(kind.nodeType(), out.toByteArray());
            return next[0];
        }
        List<Mac> pointers = new ArrayList<>();
        for (Node child : node.children.reversed()) {
            pointers.addFirst(write(child, sink, kind, next));
        }
        BTreeNode.encode(out, node.keys, pointers, List.of(), Mac.ZERO);
        return sink.put(kind.nodeType(), out.toByteArray());
    }
}
