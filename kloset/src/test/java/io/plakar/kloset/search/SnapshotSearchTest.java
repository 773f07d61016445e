package io.plakar.kloset.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.EngineFixture;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.WatchedBlobs;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.testkit.MemorySource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotSearchTest {
    @TempDir
    Path directory;

    private EngineFixture store;
    private final List<String> found = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();
    private final List<Mac> objectsRead = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    SnapshotSearchTest() {}

    @BeforeEach
    void create() throws KlosetException {
        store = new EngineFixture(directory).create();
    }

    private Mac backup(MemorySource source) throws KlosetException {
        return store.backup(source).snapshot();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private boolean search(String top, String part, long limit, Mac... snapshots) throws KlosetException {
        try (Repository repository = store.open()) {
            List<SnapshotTree> trees = new ArrayList<>();
            for (Mac snapshot : snapshots) {
                trees.add(new SnapshotTree(
                        new WatchedBlobs(repository, (type, id) -> {
                            if (type == BlobType.OBJECT) {
                                objectsRead.add(id);
                            }
                        }),
                        repository.header(snapshot)));
            }
            return SnapshotSearch.run(
                    trees,
                    BytePath.clean(top),
                    entry -> new String(entry.name(), StandardCharsets.UTF_8).contains(part),
                    limit,
                    new SnapshotSearch.Sink() {
                        @Override
                        public void found(Entry entry, Mac mac, BitSet having) {
                            found.add(entry.path() + " " + entry.info().size() + " " + having);
                        }

                        @Override
                        public void problem(SnapshotTree tree, KlosetException failure) {
                            problems.add(String.valueOf(failure.getMessage()));
                        }
                    });
        }
    }

    @Test
    void each_version_is_found_once_with_the_snapshots_that_have_it() throws KlosetException {
        MemorySource source = new MemorySource("/data")
                .file("/data/a/todo", text("1"), EngineFixture.NOON)
                .file("/data/b/todo", text("1"), EngineFixture.NOON)
                .file("/data/b/other", text("1"), EngineFixture.NOON);
        Mac first = backup(source);
        Mac second = backup(source.file("/data/b/todo", text("22"), EngineFixture.NOON));
        Mac third = backup(source.remove("/data/b/todo").file("/data/todo", text("333"), EngineFixture.NOON));
        assertThat(search("/", "todo", 100, third, second, first)).isFalse();
        assertThat(found)
                .containsExactlyInAnyOrder(
                        "/data/todo 3 {0}", "/data/a/todo 1 {0, 1, 2}", "/data/b/todo 1 {2}", "/data/b/todo 2 {1}");
        assertThat(problems).isEmpty();
        assertThat(objectsRead)
                .as("listings: one of /, two of /data, one of a, three of b")
                .hasSize(7)
                .doesNotHaveDuplicates();
    }

    @Test
    void it_stays_below_the_top_and_within_the_limit() throws KlosetException {
        MemorySource source = new MemorySource("/data");
        for (int i = 0; i < 30; i++) {
            source.file("/data/d" + i % 3 + "/f" + i, text("x"), EngineFixture.NOON);
        }
        source.file("/data/d1-more/f", text("x"), EngineFixture.NOON);
        Mac id = backup(source);
        assertThat(search("/data/d1", "f", 10, id)).isFalse();
        assertThat(found).hasSize(10).allMatch(line -> line.startsWith("/data/d1/"));
        found.clear();
        assertThat(search("/data", "f", 9, id)).isTrue();
        assertThat(found).hasSize(9);
    }

    @Test
    void a_lost_listing_is_told_and_the_rest_is_searched() throws KlosetException {
        MemorySource source = new MemorySource("/data")
                .file("/data/a/f", text("1"), EngineFixture.NOON)
                .file("/data/b/f", text("1"), EngineFixture.NOON);
        Mac id = backup(source);
        Mac lost;
        try (Repository repository = store.open()) {
            lost = repository
                    .tree(repository.header(id))
                    .directoryPack(BytePath.clean("/data/a"))
                    .orElseThrow();
            SnapshotTree tree = new SnapshotTree(
                    new WatchedBlobs(repository, (type, blob) -> {
                        if (type == BlobType.OBJECT && blob.equals(lost)) {
                            throw new KlosetException.Corrupt("object is damaged");
                        }
                    }),
                    repository.header(id));
            SnapshotSearch.run(List.of(tree), BytePath.ROOT, Entry::isRegular, 10, new SnapshotSearch.Sink() {
                @Override
                public void found(Entry entry, Mac mac, BitSet having) {
                    found.add(entry.path().toString());
                }

                @Override
                public void problem(SnapshotTree damaged, KlosetException failure) {
                    problems.add(String.valueOf(failure.getMessage()));
                }
            });
        }
        assertThat(found).containsExactly("/data/b/f");
        assertThat(problems).containsExactly("object is damaged");
    }
}
