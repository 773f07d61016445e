package io.plakar.connector.rclone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files too large for memory, and remotes that do not exist. */
@Timeout(120)
class RcloneExporterTest {
    private static final Instant TIME = Instant.parse("2001-02-03T04:05:06Z");
    private static final int LARGE = 100 << 20;

    @TempDir
    private Path directory;

    @BeforeEach
    void needRclone() {
        RealRclone.require();
    }

    private static ExportEntry entry(long size) {
        BytePath path = BytePath.clean("/large file");
        return new ExportEntry(
                path, new FileInfo(path.name(), size, 0600, TIME, 1, 2, 0, 0, 1, "", ""), new byte[0], List.of());
    }

    @Test
    void a_large_file_is_streamed_with_and_without_a_known_size() throws Exception {
        try (Exporter exporter = RealRclone.exporter(RealRclone.aliasOf(directory), "")) {
            for (long announced : new long[] {LARGE, 0}) {
                exporter.writeFile(entry(announced), target -> {
                    for (int i = 0; i < LARGE >> 20; i++) {
                        byte[] piece = new byte[1 << 20];
                        piece[0] = (byte) i;
                        target.write(ByteBuffer.wrap(piece));
                    }
                });
                Path file = directory.resolve("large file");
                assertThat(Files.size(file)).isEqualTo(LARGE);
                assertThat(Files.getLastModifiedTime(file).toInstant()).isEqualTo(TIME);
                Files.delete(file);
            }
        }
    }

    @Test
    void a_streamed_file_that_breaks_off_leaves_what_was_there() throws Exception {
        Files.writeString(directory.resolve("large file"), "old");
        try (Exporter exporter = RealRclone.exporter(RealRclone.aliasOf(directory), "")) {
            IOException broken = new IOException("broken");
            for (long announced : new long[] {LARGE, 0}) {
                assertThatThrownBy(() -> exporter.writeFile(entry(announced), target -> {
                            target.write(ByteBuffer.wrap(new byte[20 << 20]));
                            throw broken;
                        }))
                        .isSameAs(broken);
            }
        }
        assertThat(Files.readString(directory.resolve("large file"))).isEqualTo("old");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void a_remote_that_does_not_exist_is_named_in_one_line() {
        assertThatThrownBy(() -> RealRclone.exporter(Map.of(), "no-such-remote-here:dir"))
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.INVALID))
                .hasMessageContaining("no-such-remote-here")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> RealRclone.exporter(Map.of(), "mydropbox"))
                .hasMessageContaining("missing type in configuration for rclone");
    }
}
