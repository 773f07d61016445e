package io.plakar.kloset.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.btree.BTreeWriter;
import io.plakar.kloset.btree.InsertionTree;
import io.plakar.kloset.btree.TreeKind;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.vfs.DirectoryPack;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.MemoryBlobs;
import io.plakar.kloset.vfs.SnapshotVector;
import io.plakar.kloset.vfs.Summary;
import io.plakar.kloset.vfs.XattrEntry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SnapshotTreeTest {
    /** The header of a recorded snapshot, with all its blobs but those of file contents put into the vector's blobs. */
    private static SnapshotHeader filled(SnapshotVector vector) throws Exception {
        MemoryBlobs blobs = vector.blobs;
        SnapshotHeader[] header = new SnapshotHeader[1];
        vector.eachBlob((type, id, bytes) -> {
            blobs.put(type, id, bytes);
            if (type == BlobType.SNAPSHOT) {
                header[0] = SnapshotHeader.decode(bytes);
            }
        });
        TreeMap<BytePath, Entry> entries = new TreeMap<>();
        for (JsonNode each : vector.list("entries")) {
            Entry entry = SnapshotVector.entry(each);
            entries.put(entry.path(), entry);
            blobs.put(BlobType.VFS_ENTRY, entry.encode());
        }
        for (JsonNode each : vector.list("objects")) {
            blobs.put(BlobType.OBJECT, SnapshotVector.object(each).encode());
        }
        for (JsonNode each : vector.list("xattrs")) {
            blobs.put(BlobType.XATTR_ENTRY, SnapshotVector.xattr(each).encode());
            blobs.put(BlobType.CHUNK, SnapshotVector.bytes(each.get("value_hex")));
        }
        for (JsonNode each : vector.list("errors")) {
            blobs.put(
                    BlobType.ERROR_ENTRY,
                    ErrorEntry.of(
                                    BytePath.clean(each.get("name").asString()),
                                    each.get("error").asString())
                            .encode());
        }
        for (JsonNode each : vector.list("dirpacks")) {
            BytePath directory = BytePath.clean(each.get("path").asString());
            MsgpackWriter stream = new MsgpackWriter();
            entries.forEach((path, entry) -> {
                if (!path.isRoot() && path.parent().equals(directory)) {
                    byte[] bytes = entry.encode();
                    DirectoryPack.frame(stream, entry.isDirectory(), bytes, 0, bytes.length, blobs.macOf(bytes));
                }
            });
            blobs.put(BlobType.CHUNK, stream.array(), 0, stream.length());
        }
        for (var tree : vector.json.get("trees").properties()) {
            fillTree(blobs, tree.getKey(), tree.getValue());
        }
        return header[0];
    }

    private static void fillTree(MemoryBlobs blobs, String name, JsonNode tree) throws Exception {
        TreeKind kind = switch (name) {
            case "vfs" -> TreeKind.VFS;
            case "errors" -> TreeKind.ERRORS;
            case "xattrs" -> TreeKind.XATTRS;
            default -> TreeKind.INDEX;
        };
        TreeMap<byte[], Mac> keys = new TreeMap<>(Arrays::compareUnsigned);
        for (JsonNode node : tree.get("nodes_depth_first")) {
            if (node.get("pointers").isNull() && !node.get("keys").isNull()) {
                for (int i = 0; i < node.get("keys").size(); i++) {
                    keys.put(
                            SnapshotVector.utf8(node.get("keys").get(i)),
                            SnapshotVector.mac(node.get("values").get(i)));
                }
            }
        }
        InsertionTree built = new InsertionTree(kind == TreeKind.XATTRS ? BytePath::compareTree : kind.order());
        boolean ascending = kind == TreeKind.XATTRS || kind == TreeKind.ERRORS;
        (ascending ? keys : keys.descendingMap()).forEach(built::insert);
        Mac root = built.write(blobs, kind);
        if (!name.equals("content-type")) {
            assertThat(root).isEqualTo(SnapshotVector.mac(tree.get("root_blob_mac")));
        }
    }

    private static List<Entry> list(DirectoryCursor cursor) throws KlosetException {
        List<Entry> out = new ArrayList<>();
        try (cursor) {
            while (cursor.next()) {
                out.add(cursor.entry());
            }
        }
        return out;
    }

    private static List<String> names(List<Entry> entries) {
        return entries.stream()
                .map(entry -> new String(entry.name(), StandardCharsets.UTF_8))
                .toList();
    }

    private static SnapshotHeader withoutIndexes(SnapshotHeader header) {
        SnapshotHeader.Source s = header.source();
        return header.withSource(new SnapshotHeader.Source(
                s.type(), s.origin(), s.directoryBytes(), s.context(), s.roots(), List.of(), s.summary()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void everyPathIsFoundAndListedTheSameWithAndWithoutListings(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        SnapshotHeader header = filled(vector);
        SnapshotTree tree = new SnapshotTree(vector.blobs, header);
        SnapshotTree bare = new SnapshotTree(vector.blobs, withoutIndexes(header));
        int directories = 0;
        for (JsonNode each : vector.list("entries")) {
            BytePath path = BytePath.clean(each.get("path").asString());
            Entry entry = tree.lookup(path).orElseThrow();
            assertThat(vector.blobs.macOf(entry.encode())).isEqualTo(SnapshotVector.mac(each.get("mac")));
            if (entry.isDirectory()) {
                directories++;
                assertThat(names(list(tree.children(path))))
                        .as(path.toString())
                        .isEqualTo(names(list(bare.children(path))));
                assertThat(tree.directoryPack(path)).isPresent();
            }
        }
        assertThat(directories).isEqualTo(vector.list("dirpacks").size());
        SnapshotTree.EntryCursor all = tree.entries();
        int count = 0;
        while (all.next()) {
            assertThat(vector.blobs.macOf(all.entry().encode())).isEqualTo(all.mac());
            count++;
        }
        assertThat(count).isEqualTo(vector.list("entries").size());
        assertThat(tree.lookup(BytePath.clean("/srv/nowhere"))).isEmpty();
        assertThat(bare.directoryPack(BytePath.ROOT)).isEmpty();
        assertThat(tree.summary(BytePath.ROOT).orElseThrow().encode())
                .isEqualTo(bare.summary(BytePath.ROOT).orElseThrow().encode());
    }

    @Test
    void childrenComeInByteOrderAndErrorsAndAttributesAreRead() throws Exception {
        SnapshotVector vector = new SnapshotVector("plain");
        SnapshotTree tree = new SnapshotTree(vector.blobs, filled(vector));
        assertThat(names(list(tree.children(BytePath.clean("/srv/data/order")))))
                .containsExactly("B", "a", "a-b", "a.txt", "a0");
        assertThat(list(tree.children(BytePath.clean("/srv/data/nested/empty-dir"))))
                .isEmpty();
        assertThat(list(tree.children(BytePath.clean("/srv/data/hello.txt")))).isEmpty();
        var errors = tree.errors();
        assertThat(errors.next()).isTrue();
        assertThat(errors.value().message()).isEqualTo("open /srv/data/secret-0000: permission denied");
        assertThat(errors.next()).isFalse();
        int count = 0;
        var xattrs = tree.xattrs();
        while (xattrs.next()) {
            assertThat(xattrs.value().treeKey()).isEqualTo(xattrs.key());
            count++;
        }
        assertThat(count).isEqualTo(4);
        for (JsonNode each : vector.list("xattrs")) {
            List<Xattr> found = tree.xattrsOf(BytePath.clean(each.get("path").asString()));
            assertThat(found).anySatisfy(xattr -> {
                assertThat(xattr.name()).isEqualTo(SnapshotVector.utf8(each.get("name")));
                assertThat(xattr.value()).isEqualTo(SnapshotVector.bytes(each.get("value_hex")));
            });
        }
        assertThat(tree.xattrsOf(BytePath.clean("/srv/data/hello.txt"))).isEmpty();
        assertThat(tree.summary(BytePath.clean("/srv/data/hello.txt"))).isEmpty();
        assertThat(tree.summary(BytePath.clean("/srv/data/order")).orElseThrow().total(Summary.Field.FILES))
                .isEqualTo(5);
    }

    @Test
    void linksAreFollowedOnTheWayAndOneLevelAtTheEnd() throws Exception {
        SnapshotVector vector = new SnapshotVector("plain");
        SnapshotTree tree = new SnapshotTree(vector.blobs, filled(vector));
        assertThat(tree.resolve(BytePath.clean("/srv/data/link-to-hello"))
                        .orElseThrow()
                        .path())
                .isEqualTo(BytePath.clean("/srv/data/hello.txt"));
        Entry directory = tree.resolve(BytePath.clean("/srv/data/link-to-dir")).orElseThrow();
        assertThat(directory.isDirectory()).isTrue();
        Entry child = list(tree.children(directory.path())).getFirst();
        assertThat(tree.resolve(BytePath.clean("/srv/data/link-to-dir").child(child.name()))
                        .orElseThrow()
                        .path())
                .isEqualTo(child.path());
        assertThat(tree.resolve(BytePath.clean("/srv/data/dangling"))).isEmpty();
        assertThat(tree.resolve(BytePath.clean("/srv/data/link-to-dir/none"))).isEmpty();
        assertThat(tree.resolve(BytePath.ROOT).orElseThrow().isRoot()).isTrue();
    }

    @Test
    void anEntryWhoseBlobIsMissingIsTakenFromTheListing() throws Exception {
        SnapshotVector vector = new SnapshotVector("plain");
        SnapshotHeader header = filled(vector);
        BytePath path = BytePath.clean("/srv/data/hello.txt");
        Entry before = new SnapshotTree(vector.blobs, header).lookup(path).orElseThrow();
        vector.blobs.remove(BlobType.VFS_ENTRY, vector.blobs.macOf(before.encode()));
        Entry after = new SnapshotTree(vector.blobs, header).lookup(path).orElseThrow();
        assertThat(after.encode()).isEqualTo(before.encode());
        SnapshotTree bare = new SnapshotTree(vector.blobs, withoutIndexes(header));
        assertThatThrownBy(() -> bare.lookup(path))
                .isInstanceOf(KlosetException.Missing.class)
                .hasMessageContaining("/srv/data/hello.txt");
        int failed = 0;
        int listed = 0;
        try (DirectoryCursor cursor = bare.children(path.parent())) {
            boolean more = true;
            while (more) {
                try {
                    more = cursor.next();
                    listed += more ? 1 : 0;
                } catch (KlosetException.Missing e) {
                    failed++;
                }
            }
        }
        assertThat(failed).isEqualTo(1);
        assertThat(listed)
                .isEqualTo(list(new SnapshotTree(vector.blobs, header).children(path.parent()))
                                .size()
                        - 1);
    }

    @Test
    void aListingOfAnotherDirectoryIsRefused() throws Exception {
        MemoryBlobs blobs = new MemoryBlobs(new byte[32]);
        Entry stranger = file(BytePath.clean("/other"), "f", List.of());
        SnapshotHeader header = snapshot(blobs, List.of(stranger), List.of(), BytePath.ROOT);
        SnapshotTree tree = new SnapshotTree(blobs, header);
        try (DirectoryCursor cursor = tree.children(BytePath.ROOT)) {
            assertThatThrownBy(cursor::next).isInstanceOf(KlosetException.Corrupt.class);
            assertThat(cursor.next()).isFalse();
        }
    }

    @Test
    void attributesAreFoundInATreeInByteOrderToo() throws Exception {
        MemoryBlobs blobs = new MemoryBlobs(new byte[32]);
        List<Entry> entries = new ArrayList<>();
        List<XattrEntry> xattrs = new ArrayList<>();
        Mac content = blobs.put(BlobType.CHUNK, new byte[] {7});
        FileObject.Builder builder = new FileObject.Builder();
        builder.add(content, 1, 0);
        Mac object = blobs.put(
                BlobType.OBJECT, builder.build(content, "text/plain", 0).encode());
        byte[] name = "user.x".getBytes(StandardCharsets.UTF_8);
        byte[] slashed = "user.a/b".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 300; i++) {
            Entry entry = file(BytePath.ROOT, String.format("f%03d", i), List.of(slashed, name));
            entries.add(entry);
            xattrs.add(new XattrEntry(entry.path(), name, 1, 0, object));
            xattrs.add(new XattrEntry(entry.path(), slashed, 1, i % 2, object));
        }
        SnapshotTree tree = new SnapshotTree(blobs, snapshot(blobs, entries, xattrs, BytePath.ROOT));
        SnapshotTree.XattrReader reader = tree.xattrReader();
        int reads = blobs.reads();
        for (Entry entry : entries) {
            List<Xattr> found = reader.of(entry);
            assertThat(found).hasSize(2);
            assertThat(found.getFirst().name()).isEqualTo(slashed);
            assertThat(found.getLast().value()).isEqualTo(new byte[] {7});
        }
        // entry, object and chunk of each attribute, and each tree node about once
        assertThat(blobs.reads() - reads).isLessThan(600 * 3 + 100);
        assertThat(list(tree.children(BytePath.ROOT))).hasSize(300);
    }

    @Test
    void aListingWhichBreaksOffIsGoneOnWithFromTheTree() throws Exception {
        for (BytePath directory : List.of(BytePath.ROOT, BytePath.clean("/d"))) {
            MemoryBlobs blobs = new MemoryBlobs(new byte[32]);
            List<Entry> entries = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                entries.add(file(directory, String.format("f%03d", i), List.of()));
            }
            SnapshotTree tree = new SnapshotTree(blobs, snapshot(blobs, entries, List.of(), directory));
            FileObject listing = FileObject.decode(
                    blobs.get(BlobType.OBJECT, tree.directoryPack(directory).orElseThrow()));
            for (int lost : new int[] {1, 0}) {
                blobs.remove(BlobType.CHUNK, listing.chunkMac(lost));
                List<Entry> found = new ArrayList<>();
                int failures = 0;
                try (DirectoryCursor cursor = tree.children(directory)) {
                    boolean more = true;
                    while (more) {
                        try {
                            more = cursor.next();
                            if (more) {
                                found.add(cursor.entry());
                                assertThat(cursor.mac())
                                        .isEqualTo(blobs.macOf(cursor.entry().encode()));
                            }
                        } catch (KlosetException.Missing e) {
                            failures++;
                        }
                    }
                }
                assertThat(failures).isEqualTo(1);
                assertThat(names(found)).isEqualTo(names(entries));
            }
        }
    }

    @Test
    void damagedBlobsOfATreeGiveATypedError() throws Exception {
        long seed = 8_128;
        Random random = new Random(seed);
        SnapshotVector vector = new SnapshotVector("tiny");
        SnapshotHeader header = filled(vector);
        for (int round = 0; round < 1500; round++) {
            BlobType type = List.of(
                            BlobType.VFS_BTREE,
                            BlobType.VFS_NODE,
                            BlobType.VFS_ENTRY,
                            BlobType.BTREE_NODE,
                            BlobType.OBJECT,
                            BlobType.CHUNK)
                    .get(random.nextInt(6));
            List<Mac> ids = vector.blobs.of(type).keySet().stream().sorted().toList();
            Mac id = ids.get(random.nextInt(ids.size()));
            byte[] good = vector.blobs.get(type, id);
            byte[] bad = random.nextBoolean() ? good.clone() : Arrays.copyOf(good, random.nextInt(good.length + 1));
            for (int i = random.nextInt(3); i >= 0 && bad.length > 0; i--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt();
            }
            vector.blobs.put(type, id, bad);
            try {
                walk(vector, header);
            } catch (KlosetException.Corrupt | KlosetException.Missing expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + round + ", " + type, other);
            } finally {
                vector.blobs.put(type, id, good);
            }
        }
    }

    private static void walk(SnapshotVector vector, SnapshotHeader header) throws Exception {
        SnapshotTree tree = new SnapshotTree(vector.blobs, header);
        for (String path : List.of("/", "/srv", "/srv/t1")) {
            list(tree.children(BytePath.clean(path)));
            tree.summary(BytePath.clean(path));
        }
        tree.resolve(BytePath.clean("/srv/t1/a/b"));
        tree.xattrsOf(BytePath.clean("/srv/t1/a"));
        SnapshotTree.EntryCursor all = tree.entries();
        while (all.next()) {
            assertThat(all.entry().path().bytes()).isNotEmpty();
        }
    }

    private static Entry file(BytePath parent, String name, List<byte[]> xattrs) {
        FileInfo info =
                new FileInfo(name.getBytes(StandardCharsets.UTF_8), 0, 0644, Instant.EPOCH, 0, 0, 0, 0, 1, "", "");
        return Entry.of(parent, info, "text/plain", xattrs);
    }

    /** A snapshot whose trees are streamed; all entries are in the listing of {@code listed}. */
    private static SnapshotHeader snapshot(
            MemoryBlobs blobs, List<Entry> entries, List<XattrEntry> xattrs, BytePath listed) throws Exception {
        TreeMap<byte[], Mac> paths = new TreeMap<>(TreeKind.VFS.order());
        MsgpackWriter stream = new MsgpackWriter();
        for (Entry entry : entries) {
            byte[] bytes = entry.encode();
            Mac mac = blobs.put(BlobType.VFS_ENTRY, bytes);
            paths.put(entry.path().bytes(), mac);
            DirectoryPack.frame(stream, false, bytes, 0, bytes.length, mac);
        }
        TreeMap<byte[], Mac> attributes = new TreeMap<>(TreeKind.XATTRS.order());
        for (XattrEntry xattr : xattrs) {
            attributes.put(xattr.treeKey(), blobs.put(BlobType.XATTR_ENTRY, xattr.encode()));
        }
        int half = stream.length() / 2;
        Mac chunk = blobs.put(BlobType.CHUNK, stream.array(), 0, half);
        FileObject.Builder listing = new FileObject.Builder();
        listing.add(chunk, half, 0);
        listing.add(blobs.put(BlobType.CHUNK, stream.array(), half, stream.length() - half), stream.length() - half, 0);
        TreeMap<byte[], Mac> packs = new TreeMap<>(TreeKind.INDEX.order());
        packs.put(
                listed.bytes(),
                blobs.put(
                        BlobType.OBJECT,
                        listing.build(chunk, DirectoryPack.CONTENT_TYPE, 0).encode()));
        SnapshotHeader.Source source = new SnapshotHeader.Source(
                "fs",
                "host",
                new byte[] {'/'},
                List.of(),
                new SnapshotHeader.Roots(
                        written(blobs, TreeKind.VFS, paths),
                        written(blobs, TreeKind.XATTRS, attributes),
                        written(blobs, TreeKind.ERRORS, new TreeMap<>(TreeKind.ERRORS.order()))),
                List.of(new SnapshotHeader.Index("dirpack", "btree", written(blobs, TreeKind.INDEX, packs))),
                new Summary());
        return new SnapshotHeader(
                0x10000,
                Mac.of(1, 2, 3, 4),
                Instant.EPOCH,
                Duration.ZERO,
                SnapshotHeader.Identity.none(),
                "default",
                "",
                "",
                "",
                "",
                1,
                "",
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(source));
    }

    private static Mac written(MemoryBlobs blobs, TreeKind kind, TreeMap<byte[], Mac> keys) throws Exception {
        BTreeWriter writer = new BTreeWriter(blobs, kind);
        for (var each : keys.descendingMap().entrySet()) {
            writer.add(each.getKey(), each.getValue());
        }
        return writer.finish();
    }
}
