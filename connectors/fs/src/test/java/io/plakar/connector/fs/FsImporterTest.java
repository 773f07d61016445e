package io.plakar.connector.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.BytePath;
import io.plakar.connector.CollectedRecords;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.ImporterConformance;
import io.plakar.connector.Location;
import io.plakar.connector.SourceEntry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories of this machine as a source, by calls of the C library. */
class FsImporterTest extends ImporterConformance {
    @TempDir
    Path temporary;

    private final FileTree tree = new NativeFs();

    @Override
    protected BytePath place() {
        return BytePath.clean(temporary.toString()).child("place");
    }

    /** The directory of {@code path}, made if it is the place itself. */
    private Directory parent(BytePath path) throws Exception {
        tree.makeDirectories(place(), 0700);
        return tree.directory(path.parent(), false);
    }

    @Override
    protected Importer connect(BytePath root) throws Exception {
        tree.makeDirectories(place(), 0700);
        String text = PathText.decode(root.bytes());
        return new FsProvider().importer(new Location("fs", text), Map.of(), Contexts.at(temporary));
    }

    @Override
    protected void makeDirectory(BytePath path) throws Exception {
        try (Directory parent = parent(path)) {
            parent.makeDirectory(path.name(), 0700);
        }
    }

    @Override
    protected void makeFile(BytePath path, byte[] content) throws Exception {
        try (Directory parent = parent(path)) {
            if (parent.find(path.name()).isPresent()) {
                // In place: the file must be the same one.
                Files.write(Path.of(path.toString()), content);
                return;
            }
            try (OutputFile file = parent.create(path.name())) {
                file.write(ByteBuffer.wrap(content));
            }
        }
    }

    @Override
    protected boolean makeSymlink(BytePath path, byte[] target) throws Exception {
        try (Directory parent = parent(path)) {
            parent.makeSymlink(path.name(), target);
        }
        return true;
    }

    @Override
    protected boolean makeUnreadable(BytePath directory) throws Exception {
        if (tree.privileged()) {
            return false;
        }
        Files.setPosixFilePermissions(Path.of(directory.toString()), PosixFilePermissions.fromString("---------"));
        return true;
    }

    private Path path(String relative) {
        return Path.of(place().toString() + relative);
    }

    private BytePath at(String relative) {
        return place().resolve(BytePath.clean(relative));
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void children_of_a_directory_come_in_byte_order_and_ancestors_first() throws Exception {
        for (String name : List.of("/b", "/a", "/B", "/a b", "/ä", "/a/x", "/a/b", "/b/y")) {
            BytePath path = at(name);
            makeDirectory(path);
        }
        CollectedRecords records = CollectedRecords.of(open(place()));
        List<BytePath> order = records.order();
        for (BytePath directory : List.of(place(), at("/a"))) {
            List<BytePath> children =
                    order.stream().filter(p -> p.parent().equals(directory)).toList();
            assertThat(children).isSorted();
        }
        List<BytePath> ancestors = new ArrayList<>();
        for (BytePath path = place().parent(); !path.isRoot(); path = path.parent()) {
            ancestors.addFirst(path);
        }
        ancestors.addFirst(BytePath.ROOT);
        assertThat(order.subList(0, ancestors.size())).isEqualTo(ancestors);
        assertThat(records.get(BytePath.ROOT).info().username()).isEmpty();
        assertThat(records.get(BytePath.ROOT).info().name()).containsExactly('/');
        assertThat(records.get(place()).info().username()).isNotEmpty();
    }

    @Test
    void attributes_are_those_that_the_system_tells_in_other_ways() throws Exception {
        makeFile(at("/f"), text("12345"));
        Files.createLink(path("/g"), path("/f"));
        Files.setPosixFilePermissions(path("/f"), PosixFilePermissions.fromString("rwxr-x--x"));
        FileInfo info = CollectedRecords.of(open(place())).get(at("/f")).info();
        Map<String, Object> unix = Files.readAttributes(path("/f"), "unix:*");
        assertThat(info.size()).isEqualTo(5);
        assertThat(info.mode()).isEqualTo(0751);
        assertThat(info.modTime())
                .isEqualTo(Files.getLastModifiedTime(path("/f")).toInstant());
        assertThat(info.ino()).isEqualTo(unix.get("ino"));
        assertThat(info.dev()).isEqualTo(unix.get("dev"));
        assertThat((Object) (int) info.uid()).isEqualTo(unix.get("uid"));
        assertThat((Object) (int) info.gid()).isEqualTo(unix.get("gid"));
        assertThat(info.nlink()).isEqualTo(2);
        assertThat(info.username()).isEqualTo(String.valueOf(unix.get("owner")));
        assertThat(info.groupname()).isEqualTo(String.valueOf(unix.get("group")));
    }

    @Test
    void a_link_as_root_is_recorded_with_its_text_and_what_it_leads_to() throws Exception {
        makeDirectory(at("/real"));
        makeFile(at("/real/f"), text("f"));
        makeDirectory(at("/links"));
        makeSymlink(at("/links/l"), text("../real"));
        CollectedRecords records = CollectedRecords.of(open(at("/links/l")));
        assertThat(records.failures()).isEmpty();
        assertThat(records.below(place()))
                .containsExactlyInAnyOrder(place(), at("/links"), at("/links/l"), at("/real"), at("/real/f"));
        assertThat(records.get(at("/links/l")).linkTarget()).isEqualTo(text("../real"));
        assertThat(records.content(at("/real/f"))).isEqualTo(text("f"));
    }

    @Test
    void a_link_as_root_that_leads_above_itself_gives_each_path_once() throws Exception {
        makeDirectory(at("/d"));
        makeFile(at("/d/f"), text("f"));
        makeSymlink(at("/d/up"), text(".."));
        CollectedRecords records = CollectedRecords.of(open(at("/d/up")));
        assertThat(records.below(place())).containsExactly(place(), at("/d"), at("/d/f"), at("/d/up"));
        assertThat(records.get(at("/d/up")).linkTarget()).isEqualTo(text(".."));
    }

    @Test
    void an_ancestor_which_is_a_link_is_given_as_the_directory_it_leads_to() throws Exception {
        makeDirectory(at("/real"));
        makeDirectory(at("/real/sub"));
        makeFile(at("/real/sub/f"), text("f"));
        makeSymlink(at("/l"), text("real"));
        CollectedRecords records = CollectedRecords.of(open(at("/l/sub")));
        assertThat(records.get(at("/l")).info().isDirectory()).isTrue();
        assertThat(records.content(at("/l/sub/f"))).isEqualTo(text("f"));
    }

    @Test
    void special_files_are_recorded_and_never_waited_for() throws Exception {
        makeFile(at("/f"), text("f"));
        try (Directory directory = tree.directory(place(), false)) {
            directory.makeSpecial(text("pipe"), GoMode.NAMED_PIPE);
            directory.makeSpecial(text("socket"), GoMode.SOCKET);
        }
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.get(at("/pipe")).info().mode()).isEqualTo(GoMode.NAMED_PIPE | 0600);
        assertThat(records.get(at("/socket")).info().mode()).isEqualTo(GoMode.SOCKET | 0600);
        // A file that became a pipe after it was listed must not stop the backup.
        SourceEntry file = records.get(at("/f"));
        try (Directory directory = tree.directory(place(), false)) {
            directory.rename(text("pipe"), directory, text("f"));
        }
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> CollectedRecords.content(file))
                .hasMessageContaining("not a regular file");
    }

    @Test
    void a_file_that_became_a_link_is_not_followed() throws Exception {
        makeFile(at("/f"), text("f"));
        SourceEntry file = CollectedRecords.of(open(place())).get(at("/f"));
        Files.delete(path("/f"));
        makeFile(at("/other"), text("other"));
        makeSymlink(at("/f"), text("other"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> CollectedRecords.content(file))
                .hasMessageContaining("symbolic links");
    }

    @Test
    void reading_does_not_change_the_access_time() throws Exception {
        makeFile(at("/f"), text("f"));
        Files.setAttribute(path("/f"), "lastAccessTime", java.nio.file.attribute.FileTime.fromMillis(1000));
        CollectedRecords.of(open(place())).content(at("/f"));
        assertThat(Files.getAttribute(path("/f"), "lastAccessTime"))
                .isEqualTo(java.nio.file.attribute.FileTime.fromMillis(1000));
    }

    @Test
    void extended_attributes_are_read_unless_not_wanted() throws Exception {
        makeFile(at("/f"), text("f"));
        try (Directory directory = tree.directory(place(), false)) {
            directory.node(text("f")).setXattr(new io.plakar.connector.Xattr(text("user.x"), 0, text("value")));
        }
        SourceEntry entry = CollectedRecords.of(open(place())).get(at("/f"));
        assertThat(entry.xattrs()).hasSize(1);
        assertThat(entry.xattrs().getFirst().name()).isEqualTo(text("user.x"));
        assertThat(entry.xattrs().getFirst().value()).isEqualTo(text("value"));
    }

    @Test
    void other_devices_are_left_out_when_asked_for() throws Exception {
        makeDirectory(at("/mounted"));
        makeFile(at("/f"), text("f"));
        boolean mounted = tree.privileged()
                && new ProcessBuilder(
                                        "mount",
                                        "-t",
                                        "tmpfs",
                                        "tmpfs",
                                        path("/mounted").toString())
                                .start()
                                .waitFor()
                        == 0;
        assumeTrue(mounted, "SKIPPED: only root can mount another file system");
        try {
            makeFile(at("/mounted/x"), text("x"));
            Location location = new Location("fs", place().toString());
            for (String word : List.of("true", "T", "yes")) {
                try (Importer importer =
                        new FsProvider().importer(location, Map.of("dont_traverse_fs", word), Contexts.at(temporary))) {
                    List<BytePath> found = CollectedRecords.of(importer).below(place());
                    if (word.equals("yes")) {
                        assertThat(found).contains(at("/mounted"), at("/mounted/x"));
                    } else {
                        assertThat(found).containsExactly(place(), at("/f"));
                    }
                }
            }
        } finally {
            new ProcessBuilder("umount", "-l", path("/mounted").toString())
                    .start()
                    .waitFor();
        }
    }

    @Test
    void paths_longer_than_the_system_takes_at_once_are_read() throws Exception {
        byte[] name = text("n".repeat(200));
        BytePath path = place();
        tree.makeDirectories(place(), 0700);
        for (int i = 0; i < 30; i++) {
            path = path.child(name);
            try (Directory parent = tree.directory(path.parent(), false)) {
                parent.makeDirectory(name, 0700);
            }
        }
        makeFile(path.child("f"), text("deep"));
        CollectedRecords records = CollectedRecords.of(open(place()));
        assertThat(records.failures()).isEmpty();
        assertThat(records.content(path.child("f"))).isEqualTo(text("deep"));
        assertThat(records.get(path.child("f")).xattrs()).isEmpty();
        assertThat(records.get(path.child("f")).current()).isPresent();
        // The JVM cannot delete so deep a tree.
        new ProcessBuilder("rm", "-rf", place().toString()).start().waitFor();
    }

    @Test
    void locations_are_relative_to_the_working_directory() throws Exception {
        makeFile(at("/f"), text("f"));
        for (String text : List.of("place", "./place/", "x/../place", "fs:place", "fs://place")) {
            try (Importer importer =
                    new FsProvider().importer(Location.parse(text), Map.of(), Contexts.at(temporary))) {
                assertThat(importer.root()).isEqualTo(place());
                assertThat(importer.origin()).isEqualTo("host.example");
                assertThat(importer.type()).isEqualTo("fs");
            }
        }
    }

    @Test
    void a_location_of_any_bytes_is_found() throws Exception {
        BytePath odd = place().child(new byte[] {'o', (byte) 0xff});
        makeDirectory(odd);
        makeFile(odd.child("f"), text("f"));
        CollectedRecords records = CollectedRecords.of(open(odd));
        assertThat(records.content(odd.child("f"))).isEqualTo(text("f"));
    }
}
