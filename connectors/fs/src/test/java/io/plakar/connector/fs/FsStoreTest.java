package io.plakar.connector.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Location;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConformance;
import io.plakar.connector.StoreConnector;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The store in a directory, by calls of the C library. */
class FsStoreTest extends StoreConformance {
    @TempDir
    Path temporary;

    private boolean mounted;

    Path place() {
        return temporary.resolve("with parents/store");
    }

    @Override
    protected StoreConnector connect() throws Exception {
        return new FsProvider().store(Location.parse("with parents/store"), Map.of(), Contexts.at(temporary));
    }

    @Override
    protected boolean addForeignFile(Resource beside, String name) throws Exception {
        String directory = switch (beside) {
            case PACKFILE -> "packfiles/00";
            case STATE -> "states";
            case LOCK -> "locks";
        };
        Files.createFile(place().resolve(directory).resolve(name));
        return true;
    }

    @Override
    protected boolean refuseWrites() throws Exception {
        if (FileTree.local().privileged()) {
            // Permissions do not stop root; a read-only mount does.
            String path = place().toString();
            mounted = command("mount", "--bind", path, path);
            return mounted && command("mount", "-o", "remount,ro,bind", path);
        }
        Files.setPosixFilePermissions(place().resolve("packfiles"), PosixFilePermissions.fromString("r-x------"));
        return true;
    }

    private static boolean command(String... words) throws Exception {
        return new ProcessBuilder(words).redirectErrorStream(true).start().waitFor() == 0;
    }

    @AfterEach
    void unmount() throws Exception {
        if (mounted) {
            command("umount", "-l", place().toString());
        }
    }

    @Override
    protected int leftovers() throws Exception {
        try (Stream<Path> all = Files.walk(place())) {
            return (int) all.filter(path -> path.getFileName().toString().startsWith("tmp."))
                    .count();
        }
    }

    private static String permissions(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void put(StoreConnector store, Resource resource, Mac name) throws Exception {
        try (ObjectWriter writer = store.put(resource)) {
            writer.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            writer.commit(name);
        }
    }

    private static final Mac NAME = Mac.fromHex("b3".repeat(32));

    @Test
    void the_layout_is_that_of_the_format() throws Exception {
        StoreConnector store = open();
        store.create(new byte[] {9});
        put(store, Resource.PACKFILE, NAME);
        put(store, Resource.STATE, NAME);
        put(store, Resource.LOCK, NAME);
        for (String kind : List.of("packfiles", "states")) {
            for (int i = 0; i < 256; i++) {
                assertThat(permissions(place().resolve(kind).resolve("%02x".formatted(i))))
                        .isEqualTo("rwx------");
            }
        }
        for (String directory : List.of("", "packfiles", "states", "locks")) {
            assertThat(permissions(place().resolve(directory))).isEqualTo("rwx------");
        }
        String hex = NAME.toHex();
        for (String file : List.of("CONFIG", "packfiles/b3/" + hex, "states/b3/" + hex, "locks/" + hex)) {
            assertThat(permissions(place().resolve(file))).isEqualTo("rw-------");
        }
        assertThat(store.size()).isEqualTo(10);
        assertThat(store.origin()).isEqualTo("localhost");
        assertThat(store.type()).isEqualTo("fs");
        assertThat(store.root()).isEqualTo(place().toString());
    }

    @Test
    void messages_are_those_of_the_reference() throws Exception {
        assertThatThrownBy(open()::open).hasMessage("open " + place() + "/CONFIG: no such file or directory");
        Files.createDirectories(place());
        Files.createFile(place().resolve(".hidden"));
        assertThatThrownBy(open()::checkCreatable).hasMessage("directory " + place() + " is not empty");
        assertThatThrownBy(() -> open().create(new byte[1])).hasMessage("directory " + place() + " is not empty");
        assertThat(place()).isDirectoryContaining("glob:**/.hidden");
        Files.delete(place().resolve(".hidden"));
        open().create(new byte[1]);
        assertThat(open().open()).hasSize(1);
    }

    @Test
    void a_missing_bucket_is_made_again() throws Exception {
        StoreConnector store = open();
        store.create(new byte[] {9});
        Files.delete(place().resolve("states/b3"));
        put(store, Resource.STATE, NAME);
        assertThat(place().resolve("states/b3").resolve(NAME.toHex())).exists();
    }

    @Test
    void an_object_in_the_wrong_bucket_is_listed_and_missing() throws Exception {
        StoreConnector store = open();
        store.create(new byte[] {9});
        Files.createFile(place().resolve("packfiles/00").resolve(NAME.toHex()));
        Files.createDirectory(place().resolve("packfiles/00").resolve("c4".repeat(32)));
        List<Mac> found = new java.util.ArrayList<>();
        store.list(Resource.PACKFILE, found::add);
        assertThat(found).containsExactly(NAME);
        assertThatThrownBy(() -> store.read(NAME, 0, ByteBuffer.allocate(1)))
                .isInstanceOf(ConnectorException.class)
                .hasMessageContaining("packfile not found");
    }

    @Test
    void temporary_files_are_removed_when_they_are_more_than_a_day_old() throws Exception {
        StoreConnector store = open();
        store.create(new byte[] {9});
        Path old = Files.createFile(place().resolve("packfiles/tmp.123"));
        Path young = Files.createFile(place().resolve("tmp.456"));
        Path other = Files.createFile(place().resolve("tmp.other"));
        FileTime twoDaysAgo = FileTime.from(Instant.now().minusSeconds(2 * 86400));
        Files.setLastModifiedTime(old, twoDaysAgo);
        Files.setLastModifiedTime(other, twoDaysAgo);
        put(open(), Resource.STATE, NAME);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
        assertThat(store.foreignFiles(10)).containsExactly("tmp.other");
    }

    @Test
    void a_configuration_too_large_to_be_one_is_malformed() throws Exception {
        Files.createDirectories(place());
        Files.write(place().resolve("CONFIG"), new byte[(1 << 20) + 1]);
        assertThatThrownBy(open()::open)
                .isInstanceOfSatisfying(
                        ConnectorException.class,
                        e -> assertThat(e.reason()).isEqualTo(ConnectorException.Reason.MALFORMED));
    }

    @Test
    void more_packfiles_than_are_kept_open_can_be_read() throws Exception {
        StoreConnector store = open();
        store.create(new byte[] {9});
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 200; i++) {
                Mac name = Mac.of(i, 0, 0, i);
                if (round == 0) {
                    put(store, Resource.PACKFILE, name);
                }
                ByteBuffer into = ByteBuffer.allocate(3);
                store.read(name, 0, into);
                assertThat(into.array()).containsExactly(1, 2, 3);
            }
        }
    }

    @Test
    void a_full_disk_is_told_as_such() throws Exception {
        Path small = Files.createDirectory(temporary.resolve("small"));
        boolean ready = FileTree.local().privileged()
                && command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", small.toString());
        org.junit.jupiter.api.Assumptions.assumeTrue(ready, "SKIPPED: only root can mount a small file system");
        try (FsStore store =
                new FsStore(FileTree.local(), BytePath.clean(small.resolve("s").toString()))) {
            store.create(new byte[] {9});
            assertThatThrownBy(() -> {
                        try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
                            for (int i = 0; i < 100; i++) {
                                writer.write(ByteBuffer.allocateDirect(1 << 17));
                            }
                        }
                    })
                    .hasMessageContaining("no space left on device")
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(ConnectorException.Reason.NO_SPACE));
            assertThat(store.size()).isEqualTo(1);
        } finally {
            command("umount", small.toString());
        }
    }
}
