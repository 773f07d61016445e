package io.plakar.connector.stdio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class StdioTest {
    private static final Instant NOW = Instant.parse("2026-11-24T01:02:03.000000004Z");
    private final ByteArrayOutputStream standardOutput = new ByteArrayOutputStream();
    private final ByteArrayOutputStream standardError = new ByteArrayOutputStream();

    private ConnectorContext context(InputStream in) {
        Path here = Path.of("").toAbsolutePath();
        return new ConnectorContext("box", here, here, 1, true, "plakar/test", in, standardOutput, standardError);
    }

    private static final class Collected implements RecordSink {
        final List<SourceEntry> entries = new ArrayList<>();

        @Override
        public void entry(SourceEntry entry) {
            entries.add(entry);
        }

        @Override
        public void failure(BytePath path, String message) {
            throw new AssertionError(path + ": " + message);
        }

        @Override
        public boolean excluded(BytePath path, boolean directory) {
            return false;
        }
    }

    @Test
    void what_arrives_on_standard_input_is_one_file_below_its_ancestors() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        InputStream in = new ByteArrayInputStream("dump".getBytes(StandardCharsets.UTF_8)) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        try (StdinImporter importer =
                StdinImporter.of("a/../db/x//dump.sql", context(in), Clock.fixed(NOW, ZoneOffset.UTC))) {
            Collected sink = new Collected();
            importer.run(sink);
            assertThat(sink.entries)
                    .extracting(entry -> entry.path().toString())
                    .containsExactly("/", "/db", "/db/x", "/db/x/dump.sql");
            for (SourceEntry directory : sink.entries.subList(0, 3)) {
                assertThat(directory.info().mode()).isEqualTo(GoMode.DIRECTORY | 0755);
                assertThat(directory.info().modTime()).isEqualTo(NOW);
            }
            SourceEntry file = sink.entries.get(3);
            FileInfo info = file.info();
            assertThat(info.name()).isEqualTo("dump.sql".getBytes(StandardCharsets.UTF_8));
            assertThat(info.size()).isEqualTo(-1);
            assertThat(info.mode()).isEqualTo(0644);
            try (var content = file.open()) {
                assertThat(Channels.newInputStream(content).readAllBytes())
                        .asString()
                        .isEqualTo("dump");
            }
            assertThatThrownBy(file::open).isInstanceOf(IOException.class).hasMessageContaining("only once");
            assertThat(importer.origin()).isEqualTo("box");
            assertThat(importer.type()).isEqualTo("stdin");
            assertThat(importer.root()).isEqualTo(BytePath.ROOT);
            assertThat(importer.flags()).containsExactly(ConnectorFlag.STREAM);
        }
        assertThat(closed).isFalse();
    }

    @Test
    void standard_input_without_a_name_is_refused() {
        for (String name : new String[] {"", "/", ".", "a/.."}) {
            assertThatThrownBy(() -> provider()
                            .importer(new Location("stdin", name), Map.of(), context(InputStream.nullInputStream())))
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(ConnectorException.Reason.INVALID))
                    .hasMessageContaining("stdin: a name");
        }
    }

    private static ConnectorProvider provider() {
        return ServiceLoader.load(ConnectorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(StdioProvider.class::isInstance)
                .findFirst()
                .orElseThrow();
    }

    private static ExportEntry entry(String path, int mode) {
        BytePath at = BytePath.clean(path);
        return new ExportEntry(
                at, new FileInfo(at.name(), 1, mode, NOW, 0, 0, 0, 0, 1, "", ""), new byte[0], List.of());
    }

    @Test
    void the_provider_makes_both_directions() throws Exception {
        try (Importer importer =
                provider().importer(Location.parse("stdin:x"), Map.of(), context(InputStream.nullInputStream()))) {
            assertThat(importer.type()).isEqualTo("stdin");
        }
        assertThat(provider().storeSchemes()).isEmpty();
    }

    @Test
    void contents_go_to_the_stream_one_after_the_other_and_nothing_else_does() throws Exception {
        for (String scheme : new String[] {"stdout", "stderr"}) {
            ConnectorContext context = context(InputStream.nullInputStream());
            try (Exporter exporter =
                    provider().exporter(Location.parse(scheme + ":"), Map.of(), ExportOptions.DEFAULT, context)) {
                ExportEntry directory = entry("/d", GoMode.DIRECTORY | 0755);
                exporter.makeDirectory(directory);
                exporter.writeFile(entry("/d/a", 0644), target -> {
                    target.write(ByteBuffer.wrap(new byte[] {'o'}));
                    target.write(ByteBuffer.allocateDirect(2)
                            .put((byte) 'n')
                            .put((byte) 'e')
                            .flip());
                });
                assertThat(exporter.makeSymlink(entry("/d/l", GoMode.SYMLINK | 0777)))
                        .isEmpty();
                exporter.writeFile(entry("/d/b", 0644), target -> target.write(ByteBuffer.wrap(new byte[] {'2'})));
                assertThat(exporter.hardLink(entry("/d/c", 0644), directory.path()))
                        .isFalse();
                assertThat(exporter.finishDirectory(directory)).isEmpty();
                assertThat(exporter.existing(directory.path())).isEmpty();
                assertThatThrownBy(() -> exporter.makeSpecial(entry("/d/p", GoMode.NAMED_PIPE | 0644)))
                        .isInstanceOf(ConnectorException.class);
                assertThat(exporter.type()).isEqualTo("stdio");
                assertThat(exporter.root()).isEqualTo("/");
            }
            assertThat(scheme.equals("stdout") ? standardOutput : standardError).hasToString("one2");
        }
    }

    @Test
    void contents_written_by_many_threads_are_not_mixed() throws Exception {
        StdoutExporter exporter = new StdoutExporter("box", "standard output", standardOutput);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<List<String>>> tasks = new ArrayList<>();
            for (int i = 0; i < 26; i++) {
                byte letter = (byte) ('a' + i);
                tasks.add(() -> exporter.writeFile(entry("/" + (char) letter, 0644), target -> {
                    for (int n = 0; n < 100; n++) {
                        target.write(ByteBuffer.wrap(new byte[] {letter}));
                    }
                }));
            }
            for (var result : threads.invokeAll(tasks)) {
                assertThat(result.get()).isEmpty();
            }
        }
        String text = standardOutput.toString(StandardCharsets.US_ASCII);
        assertThat(text).hasSize(2600);
        for (int i = 0; i < 2600; i += 100) {
            assertThat(text.substring(i, i + 100))
                    .isEqualTo(text.substring(i, i + 1).repeat(100));
        }
    }

    @Test
    void a_stream_nobody_reads_any_more_is_an_error_even_behind_a_print_stream() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        for (OutputStream out : new OutputStream[] {broken, new PrintStream(broken, true, StandardCharsets.UTF_8)}) {
            StdoutExporter exporter = new StdoutExporter("box", "standard output", out);
            assertThatThrownBy(() -> exporter.writeFile(
                            entry("/a", 0644), target -> target.write(ByteBuffer.wrap(new byte[1000]))))
                    .isInstanceOf(ConnectorException.class)
                    .hasMessageStartingWith("write standard output: ");
        }
    }
}
