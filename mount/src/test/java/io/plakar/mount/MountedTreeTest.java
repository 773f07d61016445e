package io.plakar.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.content.SeekingReader;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.testkit.MemorySource;
import io.plakar.testkit.MemoryStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountedTreeTest {
    private static final Instant TIME = Instant.parse("2026-11-24T10:00:00Z");
    private static final MountedTree.Owner OWNER = new MountedTree.Owner(12, 34);

    @TempDir
    Path directory;

    private final MemoryStore.Contents contents = new MemoryStore.Contents();

    private EngineContext context() {
        return new EngineContext(
                InstantSource.system(),
                new SecureRandom(),
                directory.resolve("cache"),
                directory.resolve("scratch"),
                2,
                "testhost",
                true);
    }

    /** Each request is dear, as from a store far away. */
    private Repository openFar() throws KlosetException {
        return Repository.open(new MemoryStore(contents, "/far", Set.of()), null, context());
    }

    private SnapshotHeader backup(MemorySource source) throws KlosetException {
        if (contents.config() == null) {
            Repository.create(new MemoryStore(contents, "/far"), CreateOptions.DEFAULT, null, context());
        }
        BackupOptions options = new BackupOptions(
                "default", "", "", "", "", "", List.of(), null, false, true, ExcludeRules.NONE, List.of());
        try (Repository repository = Repository.open(new MemoryStore(contents, "/far"), null, context())) {
            return repository.header(Backup.run(repository, List.of(source), options, BackupListener.NONE)
                    .snapshot());
        }
    }

    private static List<String> names(MountedTree tree, String path) throws KlosetException {
        List<String> names = new ArrayList<>();
        try (MountedTree.Children children =
                tree.children(tree.find(BytePath.clean(path)).orElseThrow())) {
            while (children.next()) {
                names.add(new String(children.name(), StandardCharsets.UTF_8));
            }
        }
        return names;
    }

    @Test
    void the_top_holds_a_directory_for_each_snapshot_with_the_whole_tree_below() throws Exception {
        MemorySource source = new MemorySource("/home/me")
                .file("/home/me/a", "content".getBytes(StandardCharsets.UTF_8), TIME)
                .symlink("/home/me/link", "a");
        SnapshotHeader header = backup(source);
        String id = header.id().toHex();
        try (Repository repository = openFar();
                MountedTree tree = MountedTree.ofSnapshots(repository, repository::snapshots, OWNER)) {
            assertThat(names(tree, "/")).containsExactly(id.substring(0, 8));
            String root = "/" + id.substring(0, 8);
            assertThat(names(tree, root)).containsExactly("home");
            assertThat(names(tree, root + "/home/me")).containsExactly("a", "link");
            Node.Attributes snapshot =
                    tree.find(BytePath.clean(root)).orElseThrow().attributes();
            assertThat(snapshot.isDirectory()).isTrue();
            assertThat(snapshot.uid()).isEqualTo(12);
            assertThat(snapshot.time()).isEqualTo(header.timestamp());
            for (String name :
                    List.of(id, id.substring(0, 5), id.substring(0, 8).toUpperCase(java.util.Locale.ROOT))) {
                assertThat(tree.find(BytePath.clean("/" + name + "/home/me/a")))
                        .as(name)
                        .isPresent();
            }
            for (String name : List.of("", id.substring(0, 3), "zzzzzzzz", id + "0", "..")) {
                assertThat(tree.find(BytePath.clean("/" + name + "/home")))
                        .as(name)
                        .isEmpty();
            }
            Node link = tree.find(BytePath.clean(root + "/home/me/link")).orElseThrow();
            Node target = tree.resolve(BytePath.clean(root + "/home/me/link")).orElseThrow();
            Node file = tree.find(BytePath.clean(root + "/home/me/a")).orElseThrow();
            assertThat(link.attributes().isSymlink()).isTrue();
            assertThat(link.attributes().size()).isEqualTo(1);
            assertThat(target.attributes()).isEqualTo(file.attributes());
            assertThat(file.attributes().inode()).isNotEqualTo(link.attributes().inode());
        }
    }

    @Test
    void one_directory_of_a_snapshot_can_be_the_top() throws Exception {
        SnapshotHeader header = backup(new MemorySource("/home/me")
                .file("/home/me/a", "content".getBytes(StandardCharsets.UTF_8), TIME)
                .symlink("/home/here", "me"));
        try (Repository repository = openFar()) {
            try (MountedTree tree = MountedTree.of(repository, header, BytePath.clean("/home/here"), OWNER)) {
                assertThat(names(tree, "/")).containsExactly("a");
                ByteBuffer read = ByteBuffer.allocate(100);
                Node node = tree.find(BytePath.clean("/a")).orElseThrow();
                assertThat(tree.open((Node.Stored) node).read(3, read)).isEqualTo(4);
                assertThat(new String(read.array(), 0, 4, StandardCharsets.UTF_8))
                        .isEqualTo("tent");
                assertThat(tree.find(BytePath.clean("/../here"))).isEmpty();
            }
            assertThatThrownBy(() -> MountedTree.of(repository, header, BytePath.clean("/home/me/a"), OWNER))
                    .isInstanceOf(KlosetException.Invalid.class)
                    .hasMessageContaining("not a directory");
            assertThatThrownBy(() -> MountedTree.of(repository, header, BytePath.clean("/nowhere"), OWNER))
                    .isInstanceOf(KlosetException.Invalid.class)
                    .hasMessageContaining("no such directory");
        }
    }

    @Test
    void a_seek_far_away_fetches_little_before_it_plays_on_and_playing_on_fetches_ahead() throws Exception {
        byte[] video = new byte[64 << 20];
        new SplittableRandom(20261124).nextBytes(video);
        SnapshotHeader header = backup(new MemorySource("/data").file("/data/video.mp4", video, TIME));
        try (Repository far = openFar();
                MountedTree tree = MountedTree.of(far, header, BytePath.clean("/data"), OWNER)) {
            long before = far.bytesFetched();
            SeekingReader reader = tree.open(
                    (Node.Stored) tree.find(BytePath.clean("/video.mp4")).orElseThrow());
            int at = 41_234_567;
            ByteBuffer part = ByteBuffer.allocate(128 << 10);
            assertThat(reader.read(at, part)).isEqualTo(part.capacity());
            assertThat(far.bytesFetched() - before).isLessThanOrEqualTo(3 << 20);
            while (at < 60 << 20) {
                assertThat(Arrays.equals(part.array(), Arrays.copyOfRange(video, at, at + part.capacity())))
                        .as("at %d", at)
                        .isTrue();
                at += part.capacity();
                reader.read(at, part.clear());
            }
            // Blocks that lie together come in requests of several megabytes then.
            assertThat(far.requests()).isLessThan(60);
        }
    }
}
