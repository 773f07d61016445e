package io.plakar.kloset.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.EngineFixture;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.WatchedBlobs;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryMerge;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.testkit.MemorySource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TreeDiffTest {
    @TempDir
    Path directory;

    private EngineFixture store;

    @SuppressWarnings("NullAway.Init")
    TreeDiffTest() {}

    @BeforeEach
    void create() throws KlosetException {
        store = new EngineFixture(directory).create();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** One line per difference: kind, path, aspects. */
    private List<String> diff(Mac before, String beforeTop, Mac after, String afterTop) throws KlosetException {
        List<String> lines = new ArrayList<>();
        try (Repository repository = store.open()) {
            TreeDiff.run(
                    side(repository, before, beforeTop),
                    side(repository, after, afterTop),
                    difference -> lines.add(difference.kind() + " "
                            + new String(difference.below(), StandardCharsets.UTF_8) + " " + difference.aspects()));
        }
        return lines;
    }

    private static DirectoryMerge.Side side(Repository repository, Mac id, String top) throws KlosetException {
        return new DirectoryMerge.Side(repository.tree(repository.header(id)), BytePath.clean(top));
    }

    @Test
    void a_snapshot_does_not_differ_from_itself() throws KlosetException {
        Mac id = store.backup(EngineFixture.tree(1)).snapshot();
        assertThat(diff(id, "/", id, "/")).isEmpty();
        assertThat(diff(id, "/srv/data/d1", id, "/srv/data/d1")).isEmpty();
    }

    @Test
    void every_kind_of_difference_is_told() throws KlosetException {
        MemorySource source = new MemorySource("/data")
                .file("/data/a/same", text("same"), EngineFixture.NOON)
                .file("/data/a-b/gone", text("gone"), EngineFixture.NOON)
                .file("/data/content", text("abc"), EngineFixture.NOON)
                .file("/data/longer", text("abc"), EngineFixture.NOON)
                .file("/data/touched", text("abc"), EngineFixture.NOON)
                .file("/data/tagged", text("abc"), EngineFixture.NOON)
                .file("/data/kind", text("abc"), EngineFixture.NOON)
                .symlink("/data/link", "here");
        Mac before = store.backup(source).snapshot();
        source.remove("/data/a-b/gone")
                .file("/data/content", text("abd"), EngineFixture.NOON)
                .file("/data/longer", text("abcd"), EngineFixture.NOON)
                .file("/data/touched", text("abc"), EngineFixture.NOON.plusSeconds(1))
                .file("/data/tagged", text("abc"), EngineFixture.NOON, new Xattr(text("user.x"), 0, text("1")))
                .remove("/data/kind")
                .file("/data/kind/below", text("abc"), EngineFixture.NOON)
                .file("/data/new/file", text("abc"), EngineFixture.NOON)
                .symlink("/data/link", "there");
        Mac after = store.backup(source).snapshot();
        List<String> lines = diff(before, "/data", after, "/data");
        assertThat(lines)
                .contains(
                        "CHANGED /content [CONTENT]",
                        "CHANGED /longer [CONTENT, SIZE]",
                        "METADATA /touched [TIME]",
                        "METADATA /tagged [XATTRS]",
                        "CHANGED /link [TARGET]",
                        "REMOVED /a-b []",
                        "REMOVED /a-b/gone []",
                        "ADDED /new []",
                        "ADDED /new/file []",
                        "ADDED /kind/below []")
                .anyMatch(line -> line.startsWith("CHANGED /kind [TYPE"))
                .hasSize(11);
        assertThat(diff(after, "/data", before, "/data"))
                .hasSize(11)
                .contains("REMOVED /new/file []", "ADDED /a-b/gone []");
    }

    @Test
    void directories_of_different_names_can_be_compared() throws KlosetException {
        Mac id = store.backup(new MemorySource("/data")
                        .file("/data/one/f", text("x"), EngineFixture.NOON)
                        .file("/data/one/deep/g", text("x"), EngineFixture.NOON)
                        .file("/data/two/f", text("x"), EngineFixture.NOON)
                        .file("/data/two/deep/g", text("y"), EngineFixture.NOON))
                .snapshot();
        assertThat(diff(id, "/data/one", id, "/data/two")).containsExactly("CHANGED /deep/g [CONTENT]");
    }

    @Test
    void two_files_can_be_compared() throws KlosetException {
        Mac id = store.backup(new MemorySource("/data")
                        .file("/data/f", text("x"), EngineFixture.NOON)
                        .file("/data/g", text("y"), EngineFixture.NOON))
                .snapshot();
        assertThat(diff(id, "/data/f", id, "/data/g")).containsExactly("CHANGED  [CONTENT]");
        assertThatThrownBy(() -> diff(id, "/data/f", id, "/data/h"))
                .isInstanceOf(KlosetException.Invalid.class)
                .hasMessageContaining("/data/h: no such file");
    }

    @Test
    void it_finds_what_a_comparison_of_all_files_finds() throws KlosetException {
        long seed = 11;
        Random random = new Random(seed);
        String[] names = {"a", "a-", "a.b", "b", "c", "c0", "\u00e9"};
        TreeMap<String, String> left = new TreeMap<>();
        TreeMap<String, String> right = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            StringBuilder path = new StringBuilder("/data");
            for (int depth = random.nextInt(3); depth >= 0; depth--) {
                path.append('/').append(names[random.nextInt(names.length)]).append("-dir");
            }
            path.append('/').append(names[random.nextInt(names.length)]);
            if (random.nextInt(8) != 0) {
                left.put(path.toString(), "x".repeat(1 + random.nextInt(3)));
            }
            if (random.nextInt(8) != 0) {
                right.put(path.toString(), left.getOrDefault(path.toString(), "newer"));
            }
        }
        List<String> expected = new ArrayList<>();
        left.forEach((path, content) -> {
            if (!right.containsKey(path)) {
                expected.add("REMOVED " + path);
            } else if (!content.equals(right.get(path))) {
                expected.add("CHANGED " + path);
            }
        });
        right.forEach((path, content) -> {
            if (!left.containsKey(path)) {
                expected.add("ADDED " + path);
            }
        });
        Mac before = store.backup(source(left)).snapshot();
        Mac after = store.backup(source(right)).snapshot();
        List<String> found = new ArrayList<>();
        try (Repository repository = store.open()) {
            TreeDiff.run(side(repository, before, "/data"), side(repository, after, "/data"), difference -> {
                if (!difference.present().entry().isDirectory()) {
                    found.add(difference.kind() + " /data" + new String(difference.below(), StandardCharsets.UTF_8));
                }
            });
        }
        assertThat(found).as("seed " + seed).containsExactlyInAnyOrderElementsOf(expected);
    }

    private static MemorySource source(TreeMap<String, String> files) {
        MemorySource source = new MemorySource("/data");
        files.forEach((path, content) -> source.file(path, text(content), EngineFixture.NOON));
        return source;
    }

    @Test
    void equal_listings_are_not_read() throws KlosetException {
        MemorySource source = new MemorySource("/data");
        for (int i = 0; i < 200; i++) {
            source.file("/data/d" + i % 20 + "/f" + i, text("x" + i), EngineFixture.NOON);
        }
        Mac before = store.backup(source).snapshot();
        Mac after = store.backup(source.file("/data/d7/new", text("new"), EngineFixture.NOON))
                .snapshot();
        List<Mac> read = new ArrayList<>();
        try (Repository repository = store.open()) {
            BlobSource counting = new WatchedBlobs(repository, (type, id) -> {
                if (type == BlobType.OBJECT) {
                    read.add(id);
                }
            });
            TreeDiff.run(
                    new DirectoryMerge.Side(new SnapshotTree(counting, repository.header(before)), BytePath.ROOT),
                    new DirectoryMerge.Side(new SnapshotTree(counting, repository.header(after)), BytePath.ROOT),
                    difference -> {});
        }
        assertThat(read).as("the listings of /data/d7").hasSize(2);
    }
}
