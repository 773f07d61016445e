package io.plakar.kloset.btree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.vfs.MemoryBlobs;
import io.plakar.kloset.vfs.SnapshotVector;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BTreeTest {
    private static MemoryBlobs blobs() {
        byte[] key = new byte[32];
        for (int i = 0; i < 32; i++) {
            key[i] = (byte) i;
        }
        return new MemoryBlobs(key);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static Mac valueOf(byte[] key) throws Exception {
        return Mac.of(MessageDigest.getInstance("SHA-256").digest(key));
    }

    @Test
    void theRecordedShapesAreReproduced() throws Exception {
        int streamed = 0;
        for (JsonNode each : SnapshotVector.load("snapshot-btree.json").get("cases")) {
            boolean descending = each.get("order").asString().startsWith("descending");
            boolean paths = each.get("compare").asString().equals("path");
            List<byte[]> keys = keysOf(each, descending);
            TreeKind kind = paths ? TreeKind.VFS : TreeKind.INDEX;
            InsertionTree oracle = new InsertionTree(kind.order());
            for (byte[] key : keys) {
                oracle.insert(key, valueOf(key));
            }
            Mac expected = SnapshotVector.mac(each.get("root_blob_mac"));
            MemoryBlobs blobs = blobs();
            assertThat(oracle.write(blobs, kind)).as(each.get("n").toString()).isEqualTo(expected);
            assertThat(blobs.get(kind.rootType(), expected)).isEqualTo(SnapshotVector.bytes(each.get("root_blob_hex")));
            if (descending && !each.has("keys_list_inserted")) {
                BTreeWriter writer = new BTreeWriter(blobs(), kind);
                for (byte[] key : keys) {
                    writer.add(key, valueOf(key));
                }
                assertThat(writer.finish()).as(each.get("n").toString()).isEqualTo(expected);
                streamed++;
            }
            check(blobs, kind, expected, keys);
        }
        assertThat(streamed).isEqualTo(12);
    }

    private static List<byte[]> keysOf(JsonNode each, boolean descending) {
        List<byte[]> keys = new ArrayList<>();
        if (each.has("keys_list_inserted")) {
            each.get("keys_list_inserted").forEach(key -> keys.add(SnapshotVector.utf8(key)));
            return keys;
        }
        int n = each.get("n").asInt();
        if (descending) {
            for (int i = n - 2; i >= 0; i--) {
                keys.add(utf8(String.format("/k%05d", i)));
            }
            if (n > 0) {
                keys.add(utf8("/"));
            }
        } else {
            for (int i = 0; i < n; i++) {
                keys.add(utf8(String.format("/k%05d", i)));
            }
        }
        return keys;
    }

    private static void check(MemoryBlobs blobs, TreeKind kind, Mac root, List<byte[]> inserted) throws Exception {
        BTreeReader reader = new BTreeReader(blobs, kind, root);
        List<byte[]> sorted = new ArrayList<>(inserted);
        sorted.sort(kind.order());
        BTreeReader.Cursor cursor = reader.cursor();
        for (byte[] key : sorted) {
            assertThat(cursor.next()).isTrue();
            assertThat(cursor.key()).isEqualTo(key);
            assertThat(cursor.value()).isEqualTo(valueOf(key));
            assertThat(reader.lookup(key)).contains(valueOf(key));
            assertThat(reader.lookup(Arrays.copyOf(key, key.length + 1))).isEmpty();
        }
        assertThat(cursor.next()).isFalse();
        assertThat(cursor.next()).isFalse();
        assertThat(reader.lookup(utf8("/zzz"))).isEmpty();
        for (int i = 0; i < sorted.size(); i += 7) {
            BTreeReader.Cursor from = reader.cursorFrom(sorted.get(i));
            assertThat(from.next()).isTrue();
            assertThat(from.key()).isEqualTo(sorted.get(i));
            BTreeReader.Cursor after = reader.cursorFrom(Arrays.copyOf(sorted.get(i), sorted.get(i).length + 1));
            assertThat(after.next()).isEqualTo(i + 1 < sorted.size());
            if (i + 1 < sorted.size()) {
                assertThat(after.key()).isEqualTo(sorted.get(i + 1));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void theTreesOfASnapshotAreRebuilt(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        for (var tree : vector.json.get("trees").properties()) {
            TreeKind kind = switch (tree.getKey()) {
                case "vfs" -> TreeKind.VFS;
                case "errors" -> TreeKind.ERRORS;
                case "xattrs" -> TreeKind.XATTRS;
                default -> TreeKind.INDEX;
            };
            boolean content = tree.getKey().equals("content-type");
            boolean ascending = kind == TreeKind.ERRORS || kind == TreeKind.XATTRS;
            Comparator<byte[]> order = kind == TreeKind.XATTRS ? BytePath::compareTree : kind.order();
            // Insertion is by path, which in the content-type index is what follows "/type/subtype".
            Comparator<byte[]> insertion =
                    (left, right) -> Arrays.compareUnsigned(content ? path(left) : left, content ? path(right) : right);
            TreeMap<byte[], Mac> keys = new TreeMap<>(ascending ? insertion : insertion.reversed());
            for (JsonNode node : tree.getValue().get("nodes_depth_first")) {
                if (node.get("pointers").isNull() && !node.get("keys").isNull()) {
                    for (int i = 0; i < node.get("keys").size(); i++) {
                        keys.put(
                                SnapshotVector.utf8(node.get("keys").get(i)),
                                SnapshotVector.mac(node.get("values").get(i)));
                    }
                }
            }
            InsertionTree oracle = new InsertionTree(order);
            keys.forEach(oracle::insert);
            Mac expected = SnapshotVector.mac(tree.getValue().get("root_blob_mac"));
            assertThat(oracle.write(vector.blobs, kind)).as(tree.getKey()).isEqualTo(expected);
            if (tree.getKey().equals("dirpack") || tree.getKey().equals("summary")) {
                BTreeWriter writer = new BTreeWriter(vector.blobs, kind);
                for (var each : keys.entrySet()) {
                    writer.add(each.getKey(), each.getValue());
                }
                assertThat(writer.finish()).as(tree.getKey()).isEqualTo(expected);
            }
            int[] nodes = {0};
            BTreeReader.Cursor cursor = new BTreeReader(vector.blobs, kind, expected).cursor(any -> nodes[0]++);
            int count = 0;
            while (cursor.next()) {
                assertThat(cursor.value()).isEqualTo(keys.get(cursor.key()));
                count++;
            }
            assertThat(count).isEqualTo(keys.size());
            assertThat(nodes[0])
                    .isEqualTo(tree.getValue().get("nodes_depth_first").size());
        }
    }

    private static byte[] path(byte[] contentTypeKey) {
        int slashes = 0;
        for (int i = 0; i < contentTypeKey.length; i++) {
            if (contentTypeKey[i] == '/' && ++slashes == 3) {
                return Arrays.copyOfRange(contentTypeKey, i, contentTypeKey.length);
            }
        }
        return contentTypeKey;
    }

    @Test
    void aStreamedTreeOfAnySizeEqualsTheInsertedOne() throws Exception {
        for (int n : new int[] {0, 1, 49, 50, 51, 1299, 1300, 1301, 2573, 2574, 2575, 2600, 40_000}) {
            MemoryBlobs blobs = blobs();
            InsertionTree oracle = new InsertionTree(TreeKind.VFS.order());
            BTreeWriter writer = new BTreeWriter(blobs, TreeKind.VFS);
            for (int i = n; i > 0; i--) {
                byte[] key = utf8(String.format("/k%06d", i));
                Mac value = Mac.of(0, 0, 1, i);
                oracle.insert(key, value);
                writer.add(key, value);
                writer.add(key, value);
            }
            assertThat(writer.finish()).as("n = " + n).isEqualTo(oracle.write(blobs, TreeKind.VFS));
        }
    }

    @Test
    void ascendingKeysAreTheCallersMistake() throws Exception {
        BTreeWriter writer = new BTreeWriter(blobs(), TreeKind.VFS);
        writer.add(utf8("/b"), Mac.ZERO);
        assertThatThrownBy(() -> writer.add(utf8("/c"), Mac.ZERO)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void treesWithoutLinksBetweenLeavesOrWithLongLeavesAreRead() throws Exception {
        MemoryBlobs blobs = blobs();
        List<byte[]> keys = new ArrayList<>();
        List<Mac> values = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            keys.add(utf8(String.format("/k%06d", i)));
            values.add(valueOf(keys.get(i)));
        }
        Mac left = node(blobs, keys.subList(0, 1000), List.of(), values.subList(0, 1000));
        Mac right = node(blobs, keys.subList(1000, 3000), List.of(), values.subList(1000, 3000));
        Mac root = root(blobs, node(blobs, List.of(keys.get(1000)), List.of(left, right), List.of()));
        check(blobs, TreeKind.INDEX, root, keys);
    }

    private static Mac node(MemoryBlobs blobs, List<byte[]> keys, List<Mac> pointers, List<Mac> values) {
        MsgpackWriter out = new MsgpackWriter();
        BTreeNode.encode(out, keys, pointers, values, Mac.ZERO);
        return blobs.put(BlobType.BTREE_NODE, out.array(), 0, out.length());
    }

    private static Mac root(MemoryBlobs blobs, Mac node) {
        MsgpackWriter out = new MsgpackWriter();
        BTreeNode.encodeRoot(out, node);
        return blobs.put(BlobType.BTREE_ROOT, out.array(), 0, out.length());
    }

    @Test
    void treesWhichWouldBeWalkedForEverAreRefused() throws Exception {
        // A tower in which every level names the one below twice: 2^60 paths to one leaf.
        for (List<byte[]> leaf : List.of(List.<byte[]>of(), List.of(utf8("/a")))) {
            MemoryBlobs blobs = blobs();
            Mac below = node(blobs, leaf, List.of(), leaf.isEmpty() ? List.of() : List.of(Mac.ZERO));
            for (int i = 0; i < 60; i++) {
                below = node(blobs, List.of(utf8("/a")), List.of(below, below), List.of());
            }
            BTreeReader reader = new BTreeReader(blobs, TreeKind.INDEX, root(blobs, below));
            assertThatThrownBy(() -> {
                        BTreeReader.Cursor cursor = reader.cursor();
                        while (cursor.next()) {
                            // run to the end
                        }
                    })
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
        MemoryBlobs loop = blobs();
        Mac self = Mac.of(1, 1, 1, 1);
        MsgpackWriter out = new MsgpackWriter();
        BTreeNode.encode(out, List.of(utf8("/a")), List.of(self, self), List.of(), Mac.ZERO);
        loop.put(BlobType.BTREE_NODE, self, out.toByteArray());
        BTreeReader reader = new BTreeReader(loop, TreeKind.INDEX, root(loop, self));
        assertThatThrownBy(() -> reader.lookup(utf8("/b"))).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> reader.cursor().next()).isInstanceOf(KlosetException.Corrupt.class);
    }

    @Test
    void aCursorGoesOnBehindAMissingLeaf() throws Exception {
        MemoryBlobs blobs = blobs();
        Mac left = node(blobs, List.of(utf8("/a")), List.of(), List.of(Mac.of(0, 0, 0, 1)));
        Mac right = node(blobs, List.of(utf8("/b")), List.of(), List.of(Mac.of(0, 0, 0, 2)));
        Mac root = root(blobs, node(blobs, List.of(utf8("/b")), List.of(left, right), List.of()));
        blobs.remove(BlobType.BTREE_NODE, left);
        BTreeReader.Cursor cursor = new BTreeReader(blobs, TreeKind.INDEX, root).cursor();
        assertThatThrownBy(cursor::next).isInstanceOf(KlosetException.Missing.class);
        assertThat(cursor.next()).isTrue();
        assertThat(cursor.key()).isEqualTo(utf8("/b"));
        assertThat(cursor.next()).isFalse();
    }

    @Test
    void damagedNodesGiveATypedError() throws Exception {
        long seed = 99;
        Random random = new Random(seed);
        MsgpackWriter out = new MsgpackWriter();
        BTreeNode.encode(
                out, List.of(utf8("/a"), utf8("/b")), List.of(), List.of(Mac.ZERO, Mac.ZERO), valueOf(utf8("x")));
        for (int round = 0; round < 50_000; round++) {
            byte[] damaged = Arrays.copyOf(out.array(), random.nextInt(out.length() + 1));
            for (int i = random.nextInt(4); i > 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                BTreeNode.decode(damaged);
                BTreeNode.decodeRoot(damaged);
            } catch (KlosetException.Corrupt expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + round, other);
            }
        }
    }
}
