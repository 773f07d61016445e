package io.plakar.connector.tar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.Xattr;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TarTest {
    private static final Instant TIME = Instant.parse("2001-02-03T04:05:06.789012345Z");
    private static final long SEED = 20261124;

    @TempDir
    Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] random(int length) {
        byte[] content = new byte[length];
        new Random(SEED).nextBytes(content);
        return content;
    }

    private static FileInfo info(int mode, long size) {
        return new FileInfo(bytes("x"), size, mode, TIME, 0, 0, 1001, 1002, 1, "al", "staff");
    }

    private static FileBody body(byte[] content) {
        return target -> {
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(content.length).put(content).flip();
            target.write(direct);
        };
    }

    private ConnectorContext context() {
        return new ConnectorContext(
                "box",
                directory,
                directory.resolve("scratch"),
                2,
                true,
                "plakar/test",
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                new ByteArrayOutputStream());
    }

    /** What a test puts into an archive. */
    private interface Members {
        void writeTo(TarWriter tar) throws IOException, InterruptedException;
    }

    private Path archive(String scheme, Members members) throws Exception {
        Path file = directory.resolve("archive-" + scheme);
        OutputStream out = Files.newOutputStream(file);
        try (TarWriter tar = new TarWriter(scheme.equals("tar") ? out : new GZIPOutputStream(out))) {
            members.writeTo(tar);
        }
        return file;
    }

    private CollectingSink deliver(String scheme, Path file) throws Exception {
        CollectingSink sink = new CollectingSink();
        deliver(scheme, file, sink);
        return sink;
    }

    private void deliver(String scheme, Path file, RecordSink sink) throws Exception {
        try (TarImporter importer = TarImporter.of(scheme, file, context())) {
            importer.run(sink);
        }
    }

    private static void file(TarWriter tar, String name, byte[] content) throws IOException, InterruptedException {
        tar.file(bytes(name), info(0644, content.length), List.of(), body(content));
    }

    @Nested
    class Source {
        @ParameterizedTest
        @ValueSource(strings = {"tar", "tgz"})
        void everything_a_member_has_arrives(String scheme) throws Exception {
            byte[] binary = {0, (byte) 0xff, '\n', '=', (byte) 0xc3};
            List<Xattr> xattrs = List.of(
                    new Xattr(bytes("security.capability"), Xattr.EXTENDED, binary),
                    new Xattr(bytes("user.a=b c%"), Xattr.EXTENDED, binary),
                    new Xattr(bytes("user.empty"), Xattr.EXTENDED, new byte[0]));
            byte[] content = random(100_000);
            Path file = archive(scheme, tar -> {
                tar.directory(bytes("d"), info(GoMode.DIRECTORY | GoMode.STICKY | 0777, 0), xattrs);
                tar.file(bytes("d/f"), info(GoMode.SETUID | 0755, content.length), xattrs, body(content));
                tar.symlink(bytes("d/l"), info(GoMode.SYMLINK | 0777, 0), bytes("../\u00ff"), List.of());
                tar.fifo(bytes("d/p"), info(GoMode.NAMED_PIPE | 0600, 0), List.of());
                file(tar, "d/empty", new byte[0]);
            });
            CollectingSink sink = deliver(scheme, file);
            assertThat(sink.failures).isEmpty();
            assertThat(sink.entries.keySet())
                    .extracting(BytePath::toString)
                    .containsExactlyInAnyOrder("/", "/d", "/d/f", "/d/l", "/d/p", "/d/empty");
            FileInfo info = sink.at("/d/f").info();
            assertThat(info.name()).isEqualTo(bytes("f"));
            assertThat(info.size()).isEqualTo(content.length);
            assertThat(info.mode()).isEqualTo(GoMode.SETUID | 0755);
            assertThat(info.modTime()).isEqualTo(TIME);
            assertThat(info.uid()).isEqualTo(1001);
            assertThat(info.gid()).isEqualTo(1002);
            assertThat(info.username()).isEqualTo("al");
            assertThat(info.groupname()).isEqualTo("staff");
            assertThat(info.nlink()).isEqualTo(1);
            assertThat(sink.content("/d/f")).isEqualTo(content);
            assertThat(sink.content("/d/empty")).isEmpty();
            assertThat(sink.at("/d").info().mode()).isEqualTo(GoMode.DIRECTORY | GoMode.STICKY | 0777);
            assertThat(sink.at("/d/l").info().isSymlink()).isTrue();
            assertThat(sink.at("/d/l").linkTarget()).isEqualTo(bytes("../\u00ff"));
            assertThat(sink.at("/d/p").info().mode()).isEqualTo(GoMode.NAMED_PIPE | 0600);
            for (String path : new String[] {"/d", "/d/f"}) {
                List<Xattr> found = sink.at(path).xattrs();
                assertThat(found).usingRecursiveFieldByFieldElementComparator().containsExactlyElementsOf(xattrs);
            }
        }

        @Test
        void names_are_bytes_of_any_length() throws Exception {
            byte[] latin = bytes("caf\u00e9");
            byte[] longName = bytes("n".repeat(300) + "\u00ff");
            Path file = archive("tar", tar -> {
                tar.file(latin, info(0644, 1), List.of(), body(new byte[1]));
                tar.file(longName, info(0644, 1), List.of(), body(new byte[1]));
                tar.symlink(bytes("l"), info(GoMode.SYMLINK | 0777, 0), longName, List.of());
            });
            CollectingSink sink = deliver("tar", file);
            assertThat(sink.entries).containsKeys(BytePath.clean(latin), BytePath.clean(longName));
            assertThat(sink.at("/l").linkTarget()).isEqualTo(longName);
        }

        @ParameterizedTest
        @ValueSource(strings = {"tar", "tgz"})
        void all_names_of_one_file_share_its_content_and_number(String scheme) throws Exception {
            byte[] content = random(9 << 20);
            Path file = archive(scheme, tar -> {
                file(tar, "first", content);
                file(tar, "alone", bytes("alone"));
                tar.hardLink(bytes("d/second"), info(0644, 0), bytes("first"));
                tar.hardLink(bytes("third"), info(0644, 0), bytes("./d/second"));
            });
            CollectingSink sink = deliver(scheme, file);
            assertThat(sink.failures).isEmpty();
            FileInfo first = sink.at("/first").info();
            for (String path : new String[] {"/first", "/d/second", "/third"}) {
                FileInfo info = sink.at(path).info();
                assertThat(info.nlink()).isEqualTo(3);
                assertThat(info.ino()).isEqualTo(first.ino()).isPositive();
                assertThat(info.size()).isEqualTo(content.length);
                assertThat(info.isRegular()).isTrue();
                assertThat(sink.content(path)).isEqualTo(content);
            }
            assertThat(sink.at("/alone").info().nlink()).isEqualTo(1);
            try (var scratch = Files.exists(directory.resolve("scratch"))
                    ? Files.list(directory.resolve("scratch"))
                    : java.util.stream.Stream.<Path>empty()) {
                assertThat(scratch).isEmpty();
            }
        }

        @Test
        void a_link_to_nothing_is_a_failure_of_that_path() throws Exception {
            Path file = archive("tar", tar -> {
                tar.hardLink(bytes("early"), info(0644, 0), bytes("later"));
                file(tar, "later", bytes("content"));
                tar.hardLink(bytes("none"), info(0644, 0), bytes("nowhere"));
                tar.hardLink(bytes("self"), info(0644, 0), bytes("self"));
            });
            CollectingSink sink = deliver("tar", file);
            assertThat(sink.failures.keySet())
                    .extracting(BytePath::toString)
                    .containsExactly("/early", "/none", "/self");
            assertThat(sink.content("/later")).isEqualTo(bytes("content"));
        }

        @Test
        void no_name_leaves_the_root_and_none_is_given_twice() throws Exception {
            Path file = archive("tar", tar -> {
                file(tar, "../../etc/passwd", bytes("1"));
                file(tar, "/abs/./f", bytes("2"));
                file(tar, "abs//f", bytes("3"));
                tar.symlink(bytes("link"), info(GoMode.SYMLINK | 0777, 0), bytes("/etc"), List.of());
                file(tar, "link/shadow", bytes("4"));
                file(tar, "abs", bytes("5"));
                file(tar, "..", bytes("6"));
                file(tar, "n\0ul" + "x".repeat(200), bytes("7"));
            });
            CollectingSink sink = deliver("tar", file);
            assertThat(sink.entries.keySet())
                    .extracting(BytePath::toString)
                    .containsExactlyInAnyOrder("/", "/etc/passwd", "/abs/f", "/link");
            assertThat(sink.content("/abs/f")).isEqualTo(bytes("2"));
            assertThat(sink.failures.values())
                    .satisfiesExactlyInAnyOrder(
                            text -> assertThat(text).contains("more than once"),
                            text -> assertThat(text).contains("lies below /link"),
                            text -> assertThat(text).contains("others lie below it"),
                            text -> assertThat(text).contains("the root"),
                            text -> assertThat(text).contains("zero byte"));
        }

        @ParameterizedTest
        @ValueSource(strings = {"g", "p00", "p01", "p10"})
        void sparse_files_of_every_format_are_expanded(String format) throws Exception {
            byte[] holes = new byte[4 << 20];
            Arrays.fill(holes, 0, 4096, (byte) 'A');
            Arrays.fill(holes, 1 << 20, (1 << 20) + 4096, (byte) 'B');
            Arrays.fill(holes, 3 << 20, (3 << 20) + 100, (byte) 'C');
            byte[] many = new byte[40 * 65536];
            for (int i = 0; i < 40; i++) {
                Arrays.fill(many, i * 65536, i * 65536 + 4096, (byte) ('A' + i % 26));
            }
            Path compressed = directory.resolve("sparse.tgz");
            Path plain = directory.resolve("sparse.tar");
            try (InputStream in = TarTest.class.getResourceAsStream("/sparse-" + format + ".tar.gz")) {
                Files.write(compressed, in.readAllBytes());
            }
            try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
                Files.copy(in, plain);
            }
            for (String scheme : new String[] {"tar", "tgz"}) {
                CollectingSink sink = deliver(scheme, scheme.equals("tar") ? plain : compressed);
                assertThat(sink.failures).isEmpty();
                assertThat(sink.at("/holes").info().size()).isEqualTo(holes.length);
                assertThat(sink.content("/holes")).isEqualTo(holes);
                assertThat(sink.content("/many")).isEqualTo(many);
            }
        }

        @Test
        void a_large_member_of_a_compressed_archive_is_read_while_the_run_waits() throws Exception {
            byte[] large = random(9 << 20);
            Path file = archive("tgz", tar -> {
                file(tar, "skipped", large);
                file(tar, "half", large);
                file(tar, "whole", large);
                file(tar, "small", bytes("small"));
            });
            CollectingSink sink = new CollectingSink();
            sink.reading = false;
            try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<?>[] read = new Future<?>[1];
                deliver("tgz", file, new RecordSink() {
                    @Override
                    public void entry(SourceEntry entry) {
                        sink.entry(entry);
                        switch (entry.path().toString()) {
                            case "/skipped" -> workers.submit(entry::release);
                            case "/half" ->
                                workers.submit(() -> {
                                    try (var channel = entry.open()) {
                                        return channel.read(ByteBuffer.allocate(1000));
                                    }
                                });
                            case "/whole" ->
                                read[0] = workers.submit(
                                        () -> sink.contents.put(entry.path(), CollectingSink.read(entry)));
                            default -> {}
                        }
                    }

                    @Override
                    public void failure(BytePath path, String message) {
                        throw new AssertionError(message);
                    }

                    @Override
                    public boolean excluded(BytePath path, boolean directory) {
                        return false;
                    }
                });
                read[0].get();
            }
            assertThat(sink.content("/whole")).isEqualTo(large);
            assertThat(CollectingSink.read(sink.at("/small"))).isEqualTo(bytes("small"));
            assertThatThrownBy(() -> sink.at("/whole").open()).isInstanceOf(IOException.class);
        }

        @Test
        void what_the_user_does_not_want_is_passed_over_with_all_below() throws Exception {
            byte[] content = random(1000);
            Path file = archive("tgz", tar -> {
                file(tar, "no/deep/f", content);
                tar.hardLink(bytes("yes"), info(0644, 0), bytes("no/deep/f"));
            });
            CollectingSink sink = new CollectingSink();
            sink.unwanted = path -> path.toString().equals("/no");
            deliver("tgz", file, sink);
            assertThat(sink.entries.keySet()).extracting(BytePath::toString).containsExactlyInAnyOrder("/", "/yes");
            assertThat(sink.content("/yes")).isEqualTo(content);
        }

        @Test
        void every_truncation_is_one_clear_error_and_nothing_is_delivered() throws Exception {
            byte[] whole = Files.readAllBytes(archive("tar", tar -> {
                file(tar, "a", random(600));
                tar.directory(bytes("d"), info(GoMode.DIRECTORY | 0755, 0), List.of());
            }));
            int mark = whole.length;
            while (whole[mark - 1] == 0) {
                mark--;
            }
            int end = (mark + 511) / 512 * 512 + 512;
            Path cut = directory.resolve("cut.tar");
            for (int length = 0; length < end; length += 37) {
                Files.write(cut, Arrays.copyOf(whole, length));
                CollectingSink sink = new CollectingSink();
                assertThatThrownBy(() -> deliver("tar", cut, sink))
                        .as("length %d", length)
                        .isInstanceOfSatisfying(
                                ConnectorException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED))
                        .hasMessageStartingWith("read tar archive " + cut + ": ");
                assertThat(sink.entries).isEmpty();
            }
            byte[] zipped = Files.readAllBytes(archive("tgz", tar -> file(tar, "a", random(5000))));
            Files.write(cut, Arrays.copyOf(zipped, zipped.length - 2000));
            assertThatThrownBy(() -> deliver("tgz", cut, new CollectingSink())).isInstanceOf(ConnectorException.class);
        }

        @Test
        void garbage_and_damage_give_typed_errors_only() throws Exception {
            Random random = new Random(SEED);
            byte[] whole = Files.readAllBytes(archive("tar", tar -> {
                tar.file(
                        bytes("a".repeat(200)),
                        info(0644, 600),
                        List.of(new Xattr(bytes("user.x"), 0, bytes("v"))),
                        body(random(600)));
                tar.symlink(bytes("l"), info(GoMode.SYMLINK | 0777, 0), bytes("t"), List.of());
            }));
            Path hostile = directory.resolve("hostile.tar");
            for (int run = 0; run < 600; run++) {
                byte[] content = whole.clone();
                if (run % 3 == 0) {
                    content = new byte[random.nextInt(3000)];
                    random.nextBytes(content);
                } else {
                    for (int i = 0; i < 1 + run % 5; i++) {
                        content[random.nextInt(content.length)] = (byte) random.nextInt();
                    }
                    if (run % 3 == 1) {
                        repairChecksums(content);
                    }
                }
                Files.write(hostile, content);
                try {
                    deliver("tar", hostile, new CollectingSink());
                } catch (ConnectorException e) {
                    assertThat(e.reason()).as("seed %d run %d", SEED, run).isEqualTo(Reason.MALFORMED);
                }
            }
        }

        private void repairChecksums(byte[] content) {
            for (int at = 0; at + 512 <= content.length; at += 512) {
                if (content[at + 257] != 'u') {
                    continue;
                }
                int sum = 8 * ' ';
                for (int i = 0; i < 512; i++) {
                    sum += i >= 148 && i < 156 ? 0 : content[at + i] & 0xff;
                }
                byte[] digits = bytes(String.format("%06o\0 ", sum));
                System.arraycopy(digits, 0, content, at + 148, 8);
            }
        }

        @Test
        void a_wrong_scheme_says_which_one_is_right() throws Exception {
            Path compressed = archive("tgz", tar -> file(tar, "a", bytes("a")));
            assertThatThrownBy(() -> deliver("tar", compressed, new CollectingSink()))
                    .hasMessageContaining("use tgz:" + compressed);
            Path plain = archive("tar", tar -> file(tar, "a", bytes("a")));
            assertThatThrownBy(() -> deliver("tgz", plain, new CollectingSink()))
                    .hasMessageContaining("tar:" + plain);
        }

        @Test
        void the_provider_makes_sources_named_by_their_scheme() throws Exception {
            Path file = archive("tgz", tar -> file(tar, "a", bytes("a")));
            ConnectorProvider provider = ServiceLoader.load(ConnectorProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .filter(TarProvider.class::isInstance)
                    .findFirst()
                    .orElseThrow();
            try (Importer importer =
                    provider.importer(Location.parse("tar+gz:" + file.getFileName()), Map.of(), context())) {
                assertThat(importer.type()).isEqualTo("tar+gz");
                assertThat(importer.origin()).isEqualTo("box");
                assertThat(importer.root()).isEqualTo(BytePath.ROOT);
                assertThat(importer.flags()).containsExactlyInAnyOrder(ConnectorFlag.LOCALFS, ConnectorFlag.STREAM);
            }
            assertThatThrownBy(() -> provider.importer(Location.parse("tar:none"), Map.of(), context()))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.MISSING));
        }
    }

    @Nested
    class Destination {
        private ExportEntry entry(String path, int mode, byte[] content, String link) {
            BytePath at = BytePath.clean(path);
            return new ExportEntry(
                    at,
                    new FileInfo(at.name(), content.length, mode, TIME, 0, 7, 1001, 1002, 1, "al", "staff"),
                    bytes(link),
                    List.of(new Xattr(bytes("user.x"), Xattr.EXTENDED, bytes("\0\u00ff"))));
        }

        private Exporter exporter(String scheme, Path target) throws ConnectorException {
            return new TarProvider()
                    .exporter(new Location(scheme, target.toString()), Map.of(), ExportOptions.DEFAULT, context());
        }

        @ParameterizedTest
        @ValueSource(strings = {"tar", "tgz", "tar+gz"})
        void what_is_stored_can_be_imported_again(String scheme) throws Exception {
            Path target = directory.resolve("out");
            byte[] large = random(3 << 20);
            try (Exporter exporter = exporter(scheme, target)) {
                ExportEntry root = entry("/", GoMode.DIRECTORY | 0750, new byte[0], "");
                ExportEntry below = entry("/d", GoMode.DIRECTORY | 0700, new byte[0], "");
                exporter.makeDirectory(root);
                exporter.makeDirectory(below);
                exporter.makeDirectory(below);
                ExportEntry big = entry("/d/large", 0600, large, "");
                assertThat(exporter.writeFile(big, body(large))).isEmpty();
                assertThat(exporter.writeFile(entry("/d/small", 0640, bytes("hi"), ""), body(bytes("hi"))))
                        .isEmpty();
                assertThat(exporter.hardLink(entry("/again", 0600, large, ""), big.path()))
                        .isTrue();
                exporter.makeSymlink(entry("/l", GoMode.SYMLINK | 0777, new byte[0], "d/large"));
                exporter.makeSpecial(entry("/p", GoMode.NAMED_PIPE | 0600, new byte[0], ""));
                assertThatThrownBy(() -> exporter.makeSpecial(entry("/dev", GoMode.DEVICE | 0600, new byte[0], "")))
                        .isInstanceOf(ConnectorException.class);
                exporter.finishDirectory(below);
                assertThat(target).doesNotExist();
            }
            CollectingSink sink = deliver(scheme, target);
            assertThat(sink.failures).isEmpty();
            assertThat(sink.entries.keySet())
                    .extracting(BytePath::toString)
                    .containsExactlyInAnyOrder("/", "/d", "/d/large", "/d/small", "/again", "/l", "/p");
            assertThat(sink.content("/again")).isEqualTo(large);
            assertThat(sink.content("/d/large")).isEqualTo(large);
            assertThat(sink.at("/d/large").info().modTime()).isEqualTo(TIME);
            assertThat(sink.at("/d").info().uid()).isEqualTo(1001);
            assertThat(sink.at("/d/small").xattrs().get(0).value()).isEqualTo(bytes("\0\u00ff"));
            try (var files = Files.list(directory)) {
                assertThat(files)
                        .noneMatch(file -> file.getFileName().toString().startsWith(".tmp"));
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"tar", "tgz"})
        void a_file_whose_content_fails_leaves_no_bytes(String scheme) throws Exception {
            Path target = directory.resolve("out");
            byte[] large = random(3 << 20);
            byte[] small = bytes("small");
            try (Exporter exporter = exporter(scheme, target)) {
                exporter.writeFile(entry("/before", 0600, small, ""), body(small));
                for (byte[] content : new byte[][] {small, large}) {
                    ExportEntry bad = entry("/bad", 0600, content, "");
                    assertThatThrownBy(() -> exporter.writeFile(bad, to -> {
                                to.write(ByteBuffer.wrap(content, 0, content.length / 2));
                                throw new IOException("damaged");
                            }))
                            .hasMessage("damaged");
                    assertThatThrownBy(() -> exporter.writeFile(
                                    bad, to -> to.write(ByteBuffer.wrap(content, 0, content.length - 1))))
                            .hasMessageContaining("bytes, not " + content.length);
                    assertThatThrownBy(() -> exporter.writeFile(
                                    bad, to -> to.write(ByteBuffer.wrap(Arrays.copyOf(content, content.length + 1)))))
                            .hasMessageContaining("longer than " + content.length);
                    exporter.writeFile(entry("/after" + content.length, 0600, content, ""), body(content));
                }
            }
            CollectingSink sink = deliver(scheme, target);
            assertThat(sink.failures).isEmpty();
            assertThat(sink.entries.keySet())
                    .extracting(BytePath::toString)
                    .containsExactlyInAnyOrder("/", "/before", "/after5", "/after" + large.length);
            assertThat(sink.content("/after" + large.length)).isEqualTo(large);
        }

        @Test
        void a_path_which_is_not_clean_is_refused_and_the_archive_goes_on() throws Exception {
            Path target = directory.resolve("out.tar");
            try (Exporter exporter = exporter("tar", target)) {
                for (String hostile : new String[] {"/../x", "/d/../../x", "/..", "/d/./x", "/d//x", "/d/x\0y", "x"}) {
                    BytePath path = BytePath.ofClean(bytes(hostile));
                    ExportEntry bad = new ExportEntry(path, info(0644, 1), bytes("t"), List.of());
                    ExportEntry good = entry("/good", 0644, bytes("g"), "");
                    assertThatThrownBy(() -> exporter.writeFile(bad, body(new byte[1])))
                            .isInstanceOf(ConnectorException.class);
                    assertThatThrownBy(() -> exporter.makeDirectory(bad)).isInstanceOf(ConnectorException.class);
                    assertThatThrownBy(() -> exporter.makeSymlink(bad)).isInstanceOf(ConnectorException.class);
                    assertThatThrownBy(() -> exporter.hardLink(good, path)).isInstanceOf(ConnectorException.class);
                }
                exporter.writeFile(entry("/a", 0600, bytes("a"), ""), body(bytes("a")));
            }
            assertThat(deliver("tar", target).entries.keySet())
                    .extracting(BytePath::toString)
                    .containsExactlyInAnyOrder("/", "/a");
        }

        @Test
        void nothing_stored_leaves_no_file_and_an_existing_one_is_kept() throws Exception {
            Path target = directory.resolve("out.tar");
            exporter("tar", target).close();
            assertThat(directory).isEmptyDirectory();
            Files.writeString(target, "precious");
            assertThatThrownBy(() -> exporter("tar", target))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.EXISTS));
            assertThat(target).hasContent("precious");
            Map<String, String> overwrite = Map.of("overwrite", "true");
            try (Exporter exporter = new TarProvider()
                    .exporter(new Location("tar", target.toString()), overwrite, ExportOptions.DEFAULT, context())) {
                exporter.writeFile(entry("/a", 0600, bytes("a"), ""), body(bytes("a")));
            }
            assertThat(deliver("tar", target).content("/a")).isEqualTo(bytes("a"));
        }
    }

    @Nested
    class Writers {
        @Test
        void a_foreign_reader_understands_the_tar() throws Exception {
            Instant early = Instant.ofEpochSecond(-2, 250_000_000);
            FileInfo odd = new FileInfo(
                    bytes("x"), 3, 0644, early, 0, 0, 1L << 40, 5_000_000, 1, "u".repeat(40), "\u00e9quipe");
            String name = "long/".repeat(40) + "\u00e9";
            Path file = archive("tar", tar -> {
                tar.file(name.getBytes(StandardCharsets.UTF_8), odd, List.of(), body(bytes("abc")));
                tar.hardLink(bytes("h"), info(0644, 0), name.getBytes(StandardCharsets.UTF_8));
                tar.directory(bytes("d"), info(GoMode.DIRECTORY | GoMode.SETGID | 0755, 0), List.of());
            });
            assertThat(Files.size(file) % 10240).isZero();
            try (TarArchiveInputStream in = new TarArchiveInputStream(Files.newInputStream(file), "UTF-8")) {
                TarArchiveEntry entry = in.getNextEntry();
                assertThat(entry.getName()).isEqualTo(name);
                assertThat(entry.getLastModifiedTime().toInstant()).isEqualTo(early);
                assertThat(entry.getLongUserId()).isEqualTo(1L << 40);
                assertThat(entry.getLongGroupId()).isEqualTo(5_000_000);
                assertThat(entry.getUserName()).isEqualTo("u".repeat(40));
                assertThat(entry.getGroupName()).isEqualTo("\u00e9quipe");
                assertThat(in.readAllBytes()).isEqualTo(bytes("abc"));
                entry = in.getNextEntry();
                assertThat(entry.isLink()).isTrue();
                assertThat(entry.getLinkName()).isEqualTo(name);
                entry = in.getNextEntry();
                assertThat(entry.isDirectory()).isTrue();
                assertThat(entry.getMode()).isEqualTo(02755);
                assertThat(in.getNextEntry()).isNull();
            }
            FileInfo back = deliver("tar", file).at("/" + name).info();
            assertThat(back.modTime()).isEqualTo(early);
            assertThat(back.uid()).isEqualTo(1L << 40);
        }

        @Test
        void a_foreign_reader_understands_the_zip() throws Exception {
            Path file = directory.resolve("a.zip");
            byte[] content = new byte[200_000];
            try (ZipWriter zip = new ZipWriter(Files.newOutputStream(file))) {
                zip.directory(bytes("d"), info(GoMode.DIRECTORY | 0750, 0));
                zip.file("d/\u00e9".getBytes(StandardCharsets.UTF_8), info(0640, content.length), body(content));
                zip.symlink(bytes("l"), info(GoMode.SYMLINK | 0777, 0), bytes("d/f"));
            }
            assertThat(Files.size(file)).isLessThan(2000);
            try (ZipFile zip = ZipFile.builder().setPath(file).get()) {
                assertThat(zip.getEntry("d/").getUnixMode()).isEqualTo(040750);
                ZipArchiveEntry entry = zip.getEntry("d/\u00e9");
                assertThat(entry.getUnixMode()).isEqualTo(0100640);
                assertThat(entry.getLastModifiedTime().toInstant().getEpochSecond())
                        .isEqualTo(TIME.getEpochSecond());
                try (InputStream in = zip.getInputStream(entry)) {
                    assertThat(in.readAllBytes()).isEqualTo(content);
                }
                assertThat(zip.getEntry("l").isUnixSymlink()).isTrue();
                assertThat(zip.getUnixSymlink(zip.getEntry("l"))).isEqualTo("d/f");
            }
            ZipWriter zip = new ZipWriter(new ByteArrayOutputStream());
            assertThatThrownBy(() -> zip.file(bytes("f"), info(0644, 2), body(new byte[1])))
                    .hasMessageContaining("1 bytes, not 2");
        }
    }
}
