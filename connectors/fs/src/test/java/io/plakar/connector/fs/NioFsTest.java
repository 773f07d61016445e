package io.plakar.connector.fs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.plakar.connector.BytePath;
import io.plakar.connector.CollectedRecords;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names, paths and the three connectors on the file systems of Windows and macOS, in memory. */
class NioFsTest {
    private final FileSystem windows = Jimfs.newFileSystem(Configuration.windows());
    private final FileSystem mac = Jimfs.newFileSystem(Configuration.osX());

    @TempDir
    Path temporary;

    @AfterEach
    void close() throws Exception {
        windows.close();
        mac.close();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ExportEntry entry(String path, int mode) {
        BytePath at = BytePath.clean(path);
        FileInfo info = new FileInfo(at.name(), 0, mode, Instant.ofEpochSecond(1_600_000_000), 0, 0, 0, 0, 1, "", "");
        return new ExportEntry(at, info, text("target"), List.of());
    }

    private static void assertReason(Reason reason, org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private FsExporter exporter(FileSystem system, String place) {
        return new FsExporter(new NioFs(system), BytePath.clean(place), ExportOptions.DEFAULT, Contexts.at(temporary));
    }

    private FsImporter importer(FileSystem system, String place) throws Exception {
        return new FsImporter(new NioFs(system), BytePath.clean(place), false, Contexts.at(temporary));
    }

    @Test
    void windows_locations_become_slash_paths_and_back() throws Exception {
        NioFs tree = new NioFs(windows);
        Path work = windows.getPath("C:\\work");
        assertThat(tree.resolve("C:\\Users\\x", work)).isEqualTo(BytePath.clean("/C:/Users/x"));
        assertThat(tree.resolve("c:/Users/./y/../x/", work)).isEqualTo(BytePath.clean("/C:/Users/x"));
        assertThat(tree.resolve("/C:/Users/x", work)).isEqualTo(BytePath.clean("/C:/Users/x"));
        assertThat(tree.resolve("data\\x", work)).isEqualTo(BytePath.clean("/C:/work/data/x"));
        assertThat(tree.resolve("\\\\host\\share\\x", work)).isEqualTo(BytePath.clean("/UNC/host/share/x"));
        assertThat(tree.display(BytePath.clean("/C:/Users/x"))).isEqualTo("C:\\Users\\x");
        assertThat(tree.display(BytePath.clean("/UNC/host/share/x"))).isEqualTo("\\\\host\\share\\x");
        assertReason(Reason.INVALID, () -> tree.resolve("C:\\a\0b", work));
        assertReason(Reason.MISSING, () -> tree.stat(BytePath.clean("/no drive"), true));
    }

    @Test
    void the_root_of_windows_holds_the_drives() throws Exception {
        NioFs tree = new NioFs(windows);
        assertThat(tree.stat(BytePath.ROOT, true).isDirectory()).isTrue();
        try (Directory root = tree.directory(BytePath.ROOT, true)) {
            assertThat(List.of(root.names())).containsExactly(text("C:"));
        }
    }

    @Test
    void mac_locations_are_slash_paths_already() throws Exception {
        NioFs tree = new NioFs(mac);
        Path work = mac.getPath("/work");
        assertThat(tree.resolve("/Users//x/", work)).isEqualTo(BytePath.clean("/Users/x"));
        assertThat(tree.resolve("data", work)).isEqualTo(BytePath.clean("/work/data"));
        assertThat(tree.resolve("C:\\x", work)).isEqualTo(BytePath.clean("/work/C:\\x"));
    }

    @Test
    void names_which_windows_cannot_hold_are_refused_with_the_reason() throws Exception {
        try (FsExporter exporter = exporter(windows, "/C:/restore")) {
            for (String name : List.of(
                    "CON",
                    "nul",
                    "aux.txt",
                    "COM1",
                    "lpt9.tar.gz",
                    "COM\u00b9",
                    "CONIN$",
                    "dot.",
                    "blank ",
                    "a:b",
                    "what?",
                    "star*",
                    "q\"",
                    "a|b",
                    "a<b",
                    "a\\b",
                    "bell\u0007")) {
                assertReason(Reason.INVALID, () -> exporter.writeFile(entry("/" + name, 0644), target -> {}));
                assertReason(
                        Reason.INVALID, () -> exporter.makeDirectory(entry("/d/" + name, GoMode.DIRECTORY | 0755)));
            }
            for (String name : List.of("CONSOLE", "COM", "COM0", "COM10", ".hidden", "a.b", "nullable", "ünï")) {
                exporter.writeFile(entry("/" + name, 0644), target -> {});
            }
            assertThatThrownBy(() -> exporter.writeFile(entry("/nul.txt", 0644), target -> {}))
                    .hasMessageContaining("reserved on Windows");
        }
    }

    @Test
    void names_which_are_not_utf8_are_refused() {
        for (FileSystem system : List.of(windows, mac)) {
            FsExporter exporter = exporter(system, system == windows ? "/C:/r" : "/r");
            BytePath odd = BytePath.ofClean(new byte[] {'/', 'a', (byte) 0xff});
            ExportEntry entry = new ExportEntry(odd, entry("/a", 0644).info(), new byte[0], List.of());
            assertReason(Reason.INVALID, () -> exporter.writeFile(entry, target -> {}));
        }
    }

    @Test
    void names_that_differ_in_case_only_do_not_overwrite_each_other() throws Exception {
        for (FileSystem system : List.of(windows, mac)) {
            FsExporter exporter = exporter(system, system == windows ? "/C:/r" : "/r");
            exporter.writeFile(entry("/Name", 0644), target -> target.write(ByteBuffer.wrap(text("first"))));
            assertReason(
                    Reason.EXISTS,
                    () -> exporter.writeFile(
                            entry("/NAME", 0644), target -> target.write(ByteBuffer.wrap(text("second")))));
            exporter.makeDirectory(entry("/Dir", GoMode.DIRECTORY | 0755));
            assertReason(Reason.EXISTS, () -> exporter.makeDirectory(entry("/dir", GoMode.DIRECTORY | 0755)));
            exporter.writeFile(entry("/Name", 0644), target -> target.write(ByteBuffer.wrap(text("again"))));
            Path file = system.getPath(system == windows ? "C:\\r\\Name" : "/r/Name");
            assertThat(Files.readAllBytes(file)).isEqualTo(text("again"));
        }
    }

    @Test
    void files_and_links_go_in_and_come_out() throws Exception {
        for (FileSystem system : List.of(windows, mac)) {
            String place = system == windows ? "/C:/r" : "/r";
            try (FsExporter exporter = exporter(system, place)) {
                exporter.ping();
                exporter.makeDirectory(entry("/", GoMode.DIRECTORY | 0755));
                exporter.makeDirectory(entry("/d", GoMode.DIRECTORY | 0755));
                exporter.writeFile(entry("/d/f", 0444), target -> {
                    target.write(ByteBuffer.wrap(new byte[8192]));
                    target.write(ByteBuffer.wrap(text("end")));
                    target.write(ByteBuffer.wrap(new byte[8192]));
                });
                exporter.makeSymlink(entry("/d/l", GoMode.SYMLINK | 0777));
                assertThat(exporter.hardLink(entry("/g", 0444), BytePath.clean("/d/f")))
                        .isTrue();
                exporter.finishDirectory(entry("/d", GoMode.DIRECTORY | 0755));
                assertReason(Reason.UNSUPPORTED, () -> exporter.makeSpecial(entry("/p", GoMode.NAMED_PIPE | 0600)));
                assertThatThrownBy(() -> exporter.writeFile(entry("/d/l/x", 0644), target -> {}))
                        .hasMessageContaining("symbolic link");
                assertReason(Reason.EXISTS, () -> exporter.makeSymlink(entry("/d", GoMode.SYMLINK | 0777)));
            }
            FsImporter importer = importer(system, place);
            CollectedRecords records = CollectedRecords.of(importer);
            BytePath root = importer.root();
            assertThat(records.failures()).isEmpty();
            assertThat(records.below(root))
                    .containsExactly(
                            root,
                            root.child("d"),
                            root.child("d").child("f"),
                            root.child("d").child("l"),
                            root.child("g"));
            byte[] content = records.content(root.child("g"));
            assertThat(content).hasSize(16_387);
            assertThat(new String(content, 8192, 3, StandardCharsets.UTF_8)).isEqualTo("end");
            assertThat(records.get(root.child("d").child("l")).linkTarget()).isEqualTo(text("target"));
            assertThat(records.get(root.child("d").child("f")).info().modTime())
                    .isEqualTo(Instant.ofEpochSecond(1_600_000_000));
            assertThat(records.get(root).info().isDirectory()).isTrue();
            if (system == windows) {
                assertThat(records.entries()).containsKeys(BytePath.ROOT, BytePath.clean("/C:"));
            }
        }
    }

    @Test
    void a_store_can_be_kept() throws Exception {
        for (FileSystem system : List.of(windows, mac)) {
            BytePath place = BytePath.clean(system == windows ? "/C:/backups/store" : "/backups/store");
            Mac name = Mac.fromHex("b3".repeat(32));
            try (FsStore store = new FsStore(new NioFs(system), place)) {
                store.create(text("config"));
                assertThat(store.root()).isEqualTo(system == windows ? "C:\\backups\\store" : "/backups/store");
                try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
                    writer.write(ByteBuffer.wrap(text("0123456789")));
                    writer.commit(name);
                }
                store.put(Resource.STATE).close();
            }
            try (FsStore store = new FsStore(new NioFs(system), place)) {
                assertThat(store.open()).isEqualTo(text("config"));
                List<Mac> found = new ArrayList<>();
                store.list(Resource.PACKFILE, found::add);
                assertThat(found).containsExactly(name);
                ByteBuffer into = ByteBuffer.allocate(3);
                store.read(name, 7, into);
                assertThat(into.array()).isEqualTo(text("789"));
                assertReason(Reason.MALFORMED, () -> store.read(name, 9, ByteBuffer.allocate(2)));
                assertThat(store.size()).isEqualTo(16);
                assertThat(store.foreignFiles(10)).isEmpty();
                assertReason(Reason.EXISTS, store::checkCreatable);
                store.delete(Resource.PACKFILE, name);
                assertReason(Reason.MISSING, () -> store.read(name, 0, ByteBuffer.allocate(1)));
            }
        }
    }

    @Test
    void one_interrupted_reader_does_not_disturb_the_others() throws Exception {
        // On the real file system: only its channels close when a thread is interrupted.
        NioFs tree = new NioFs(java.nio.file.FileSystems.getDefault());
        Path file = Files.write(temporary.resolve("f"), text("0123456789"));
        try (InputFile input = tree.read(BytePath.clean(file.toString()), false)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> input.read(ByteBuffer.allocate(3), 0)).isInstanceOf(ConnectorException.class);
            assertThat(Thread.interrupted()).isTrue();
            ByteBuffer into = ByteBuffer.allocate(3);
            assertThat(input.read(into, 4)).isEqualTo(3);
            assertThat(into.array()).isEqualTo(text("456"));
        }
    }
}
