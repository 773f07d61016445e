package io.plakar.kloset.vfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class VfsVectorTest {
    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void everyStructureHasTheRecordedId(String name) {
        SnapshotVector vector = new SnapshotVector(name);
        EntryCodec codec = new EntryCodec();
        for (JsonNode each : vector.list("entries")) {
            Entry entry = SnapshotVector.entry(each);
            assertThat(entry.path()).isEqualTo(BytePath.clean(each.get("path").asString()));
            assertThat(vector.blobs.macOf(codec.encode(entry)))
                    .as(each.get("path").asString())
                    .isEqualTo(SnapshotVector.mac(each.get("mac")));
        }
        for (JsonNode each : vector.list("objects")) {
            assertThat(vector.blobs.macOf(SnapshotVector.object(each).encode()))
                    .isEqualTo(SnapshotVector.mac(each.get("mac")));
        }
        for (JsonNode each : vector.list("xattrs")) {
            XattrEntry xattr = SnapshotVector.xattr(each);
            assertThat(vector.blobs.macOf(xattr.encode())).isEqualTo(SnapshotVector.mac(each.get("mac")));
            assertThat(xattr.treeKey()).isEqualTo(SnapshotVector.utf8(each.get("key")));
        }
        for (JsonNode each : vector.list("errors")) {
            ErrorEntry error = ErrorEntry.of(
                    BytePath.clean(each.get("name").asString()),
                    each.get("error").asString());
            assertThat(vector.blobs.macOf(error.encode())).isEqualTo(SnapshotVector.mac(each.get("mac")));
            assertThat(error.treeKey()).isEqualTo(SnapshotVector.utf8(each.get("key")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void everyBlobHasItsIdAndSurvivesDecodingAndEncoding(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        vector.eachBlob((type, id, bytes) -> {
            if (type != BlobType.SNAPSHOT) {
                assertThat(vector.blobs.macOf(bytes)).as(type + " " + id).isEqualTo(id);
            }
            byte[] again = reencoded(type, bytes);
            assertThat(again).as(type + " " + id).isEqualTo(bytes);
        });
    }

    private static byte[] reencoded(BlobType type, byte[] bytes) throws KlosetException {
        return switch (type) {
            case VFS_ENTRY -> Entry.decode(bytes).encode();
            case OBJECT -> FileObject.decode(bytes).encode();
            case XATTR_ENTRY -> XattrEntry.decode(bytes).encode();
            case ERROR_ENTRY -> ErrorEntry.decode(bytes).encode();
            case VFS_SUMMARY -> Summary.decode(bytes).encode();
            default -> bytes;
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void summariesAreRebuiltFromTheEntries(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        Map<BytePath, List<Entry>> children = childrenOf(vector);
        Map<BytePath, Long> errors = new HashMap<>();
        for (JsonNode each : vector.list("errors")) {
            errors.merge(BytePath.clean(each.get("name").asString()).parent(), 1L, Long::sum);
        }
        Map<BytePath, Summary> built = new HashMap<>();
        for (JsonNode each : vector.list("summaries").reversed()) {
            BytePath path = BytePath.clean(each.get("path").asString());
            Summary summary = new Summary();
            for (Entry child : children.getOrDefault(path, List.of())) {
                if (child.isDirectory()) {
                    summary.addDirectory(Objects.requireNonNull(built.get(child.path()), "children first"));
                } else {
                    summary.addChild(child);
                }
            }
            summary.addErrors(errors.getOrDefault(path, 0L));
            summary.finish();
            built.put(path, summary);
            assertThat(vector.blobs.macOf(summary.encode()))
                    .as(path.toString())
                    .isEqualTo(SnapshotVector.mac(each.get("mac")));
        }
        JsonNode header = vector.json.get("header").get("sources").get(0).get("summary");
        Summary root = Objects.requireNonNull(built.get(BytePath.ROOT));
        assertThat(root.total(Summary.Field.SIZE))
                .isEqualTo(header.get("below").get("size").asLong());
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void directoryPacksAreRebuiltFromTheEntriesAndRead(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        Map<BytePath, List<Entry>> children = childrenOf(vector);
        EntryCodec codec = new EntryCodec();
        for (JsonNode each : vector.list("dirpacks")) {
            BytePath path = BytePath.clean(each.get("path").asString());
            MsgpackWriter stream = new MsgpackWriter();
            for (Entry child : children.getOrDefault(path, List.of())) {
                byte[] bytes = codec.encode(child);
                DirectoryPack.frame(stream, child.isDirectory(), bytes, 0, bytes.length, vector.blobs.macOf(bytes));
            }
            assertThat(stream.length()).isEqualTo(each.get("stream_length").asInt());
            byte[] expected = stream.toByteArray();
            if (each.has("stream_hex")) {
                assertThat(expected).isEqualTo(SnapshotVector.bytes(each.get("stream_hex")));
            }
            FileObject.Builder object = new FileObject.Builder();
            Mac content = vector.blobs.macOf(expected);
            object.add(content, expected.length, 0);
            assertThat(vector.blobs.macOf(
                            object.build(content, DirectoryPack.CONTENT_TYPE, 0).encode()))
                    .isEqualTo(SnapshotVector.mac(each.get("object")));
            try (DirectoryPack.Reader reader = new DirectoryPack.Reader(new ByteArrayInputStream(expected))) {
                for (Entry child : children.getOrDefault(path, List.of())) {
                    assertThat(reader.next()).isTrue();
                    assertThat(reader.isDirectory()).isEqualTo(child.isDirectory());
                    assertThat(reader.entry().encode()).isEqualTo(child.encode());
                    assertThat(reader.mac()).isEqualTo(vector.blobs.macOf(child.encode()));
                }
                assertThat(reader.next()).isFalse();
            }
        }
    }

    /** The children of each directory in ascending byte order of path. */
    static Map<BytePath, List<Entry>> childrenOf(SnapshotVector vector) {
        TreeMap<BytePath, Entry> sorted = new TreeMap<>();
        for (JsonNode each : vector.list("entries")) {
            Entry entry = SnapshotVector.entry(each);
            sorted.put(entry.path(), entry);
        }
        Map<BytePath, List<Entry>> children = new HashMap<>();
        sorted.forEach((path, entry) -> {
            if (!path.isRoot()) {
                children.computeIfAbsent(path.parent(), any -> new ArrayList<>())
                        .add(entry);
            }
        });
        return children;
    }

    @Test
    void namesWhichAreNotUtf8Survive() throws Exception {
        byte[] name = {'a', (byte) 0xff, (byte) 0xc3, '\n'};
        byte[] target = {(byte) 0x80, '/', (byte) 0xfe};
        FileInfo info = new FileInfo(name, 3, 0x080001ff, Instant.EPOCH, 1, -1, 2, 3, 65535, "u", "g");
        Entry entry = new Entry(
                BytePath.ROOT.child(name),
                info,
                target,
                Mac.ZERO,
                "application/x-not-regular-file",
                0,
                0,
                List.of(name));
        Entry again = Entry.decode(entry.encode());
        assertThat(again.name()).isEqualTo(name);
        assertThat(again.symlinkTarget()).isEqualTo(target);
        assertThat(again.path().bytes())
                .isEqualTo(BytePath.ROOT.child(name).child(name).bytes());
        assertThat(again.info().ino()).isEqualTo(-1);
        assertThat(again.xattrNames().getFirst()).isEqualTo(name);
        assertThat(again.encode()).isEqualTo(entry.encode());
    }

    @Test
    void aMissingDirectoryHasTheSynthesisedForm() throws Exception {
        Entry entry = Entry.missingDirectory(BytePath.clean("/a/b"));
        assertThat(entry.isDirectory()).isTrue();
        assertThat(entry.info().mode()).isEqualTo(0x800001e8);
        assertThat(entry.path()).isEqualTo(BytePath.clean("/a/b"));
        assertThat(entry.encode()[0]).isEqualTo((byte) 0x85);
    }

    @Test
    void shuffledAndUnknownKeysAndShortIntegersAreRead() throws Exception {
        MsgpackWriter out = new MsgpackWriter();
        out.mapHeader(4);
        out.str("tags");
        out.arrayHeader(1);
        out.str("x");
        out.str("file_info");
        out.mapHeader(3);
        out.str("mode");
        out.smallest(420);
        out.str("more");
        out.mapHeader(1);
        out.str("deep");
        out.arrayHeader(0);
        out.str("name");
        out.str("f");
        out.str("chunks");
        out.smallest(2);
        out.str("parent_path");
        out.str("/d");
        Entry entry = Entry.decode(out.toByteArray());
        assertThat(entry.path()).isEqualTo(BytePath.clean("/d/f"));
        assertThat(entry.info().mode()).isEqualTo(420);
        assertThat(entry.chunks()).isEqualTo(2);
        assertThat(entry.hasObject()).isFalse();
    }

    @Test
    void entriesWhichCouldEscapeAreRefused() {
        for (String name : new String[] {"", ".", "..", "a/b", "a\0b", "/"}) {
            FileInfo info = new FileInfo(
                    name.getBytes(java.nio.charset.StandardCharsets.UTF_8), 0, 0, Instant.EPOCH, 0, 0, 0, 0, 1, "", "");
            Entry entry = Entry.of(BytePath.clean("/p"), info, "text/plain", List.of());
            assertThatThrownBy(() -> Entry.decode(entry.encode())).isInstanceOf(KlosetException.Corrupt.class);
        }
        for (String parent : new String[] {"", "a", "/a/", "//", "/a/../b", "/.", "/a//b"}) {
            FileInfo info = new FileInfo(new byte[] {'x'}, 0, 0, Instant.EPOCH, 0, 0, 0, 0, 1, "", "");
            Entry entry = Entry.of(
                    BytePath.ofClean(parent.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
                    info,
                    "text/plain",
                    List.of());
            assertThatThrownBy(() -> Entry.decode(entry.encode()))
                    .as(parent)
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
    }

    @Test
    void anObjectOfManyChunksIsHeldCompactly() throws Exception {
        FileObject.Builder builder = new FileObject.Builder();
        for (int i = 0; i < 200_000; i++) {
            builder.add(Mac.of(1, 2, 3, i), 0xffffffffL, i);
        }
        FileObject object =
                FileObject.decode(builder.build(Mac.of(9, 9, 9, 9), "a/b", 0).encode());
        assertThat(object.chunkCount()).isEqualTo(200_000);
        assertThat(object.chunkMac(199_999)).isEqualTo(Mac.of(1, 2, 3, 199_999));
        assertThat(object.size()).isEqualTo(200_000L * 0xffffffffL);
    }

    @Test
    void damagedBlobsGiveATypedError() throws Exception {
        long seed = 4711;
        Random random = new Random(seed);
        new SnapshotVector("tiny").eachBlob((type, id, bytes) -> {
            for (int round = 0; round < 2000; round++) {
                byte[] damaged = random.nextInt(3) == 0
                        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1))
                        : bytes.clone();
                for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
                    damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
                }
                try {
                    reencoded(type, damaged);
                    try (var reader = new DirectoryPack.Reader(new ByteArrayInputStream(damaged))) {
                        while (reader.next()) {
                            reader.entry();
                        }
                    }
                } catch (KlosetException.Corrupt expected) {
                    assertThat(expected.getMessage()).isNotEmpty();
                } catch (RuntimeException other) {
                    throw new AssertionError("seed " + seed + ", " + type + ", round " + round, other);
                }
            }
        });
    }
}
