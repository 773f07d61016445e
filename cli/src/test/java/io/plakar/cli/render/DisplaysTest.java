package io.plakar.cli.render;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.cli.terminal.Output;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class DisplaysTest {
    private static final Mac ID = Mac.of(0xabcd123400000000L, 0, 0, 1);
    private static final TerminalState PIPE = TerminalState.NONE;
    private static final TerminalState SCREEN = new TerminalState(true, true, true, false, true, true);
    private static final TerminalState POOR_SCREEN = new TerminalState(true, true, true, true, false, false);

    private final ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errorBytes = new ByteArrayOutputStream();
    private final Output out = new Output(outBytes, false);
    private final Output error = new Output(errorBytes, true);
    private long now;

    private String out() {
        out.flush();
        return outBytes.toString(StandardCharsets.UTF_8);
    }

    private String error() {
        return errorBytes.toString(StandardCharsets.UTF_8);
    }

    private static Completion backup(long errors) {
        return new Completion(
                "backup", errors, Duration.ofMillis(1500), 3 << 20, 42, fields -> fields.number("files_new", 3));
    }

    @Test
    void onAPipeThereAreFailuresAndALastLine() {
        try (LineDisplay display = new LineDisplay(out, error, PIPE, false, false)) {
            display.ok(ID, BytePath.clean("/a"));
            display.failed(ID, BytePath.clean("/b"), "permission denied");
            display.completed(ID, backup(1));
        }
        assertThat(out()).isEqualTo("abcd1234: backup completed with 1 error in 1.5s (in: 3.0 MiB, out: 42 B)\n");
        assertThat(error()).isEqualTo("abcd1234: KO ✘ /b: permission denied\n");
    }

    @Test
    void failuresBetweenOtherLinesAreRepeatedAtTheEnd() {
        try (LineDisplay display = new LineDisplay(out, error, PIPE, true, false)) {
            display.failed(ID, BytePath.clean("/b"), "permission denied");
            display.ok(ID, BytePath.clean("/a"));
            display.completed(ID, backup(1));
        }
        assertThat(out()).startsWith("abcd1234: OK ✓ /a\nabcd1234: backup completed with 1 error in ");
        assertThat(error())
                .isEqualTo("abcd1234: KO ✘ /b: permission denied\nthese failed:\n"
                        + "abcd1234: KO ✘ /b: permission denied\n");
    }

    @Test
    void silenceIsSilence() {
        try (LineDisplay display = new LineDisplay(out, error, PIPE, true, true)) {
            display.failed(ID, BytePath.clean("/b"), "permission denied");
            display.warning("x");
            display.completed(ID, backup(1));
            assertThat(display.errors()).isEqualTo(1);
        }
        assertThat(out() + error()).isEmpty();
    }

    @Test
    void namesAreRawOnAPipeAndHarmlessOnATerminal() {
        BytePath evil = BytePath.clean(new byte[] {'/', 'e', 0x1b, '[', '3', '1', 'm', (byte) 0xff});
        new LineDisplay(out, error, PIPE, true, false).ok(ID, evil);
        out.flush();
        assertThat(outBytes.toByteArray()).endsWith(new byte[] {'/', 'e', 0x1b, '[', '3', '1', 'm', (byte) 0xff, '\n'});
        outBytes.reset();
        new LineDisplay(out, error, SCREEN, true, false).ok(ID, evil);
        assertThat(out()).startsWith("abcd1234: OK \u001b[38;5;46m✓\u001b[0m /e?[31m");
        outBytes.reset();
        new LineDisplay(out, error, POOR_SCREEN, true, false).ok(ID, BytePath.clean("/a"));
        assertThat(out()).isEqualTo("abcd1234: OK /a\n");
    }

    @Test
    void theProgressLineShowsBytesRateAndTimeLeft() {
        ProgressDisplay display = new ProgressDisplay(out, error, SCREEN, () -> now, () -> 100, false);
        display.snapshot(ID);
        display.phase("processing");
        display.planned(100 << 20);
        for (int second = 1; second <= 4; second++) {
            now = second * 1_000_000_000L;
            display.processed(10 << 20);
            display.current(BytePath.clean("/home/alice/data/d28/f54"));
            display.draw();
        }
        assertThat(error())
                .endsWith("\r\u001b[K[00:04] abcd1234 processing 40 MiB of 100 MiB 40% 10 MiB/s ETA 6s"
                        + " /home/alice/data/d28/f54");
        display.failed(ID, BytePath.clean("/x"), "gone");
        assertThat(error()).endsWith("\r\u001b[Kabcd1234: KO \u001b[38;5;196m✘\u001b[0m /x: gone\n");
        display.draw();
        assertThat(error()).endsWith("ETA 6s errors=1 /home/alice/data/d28/f54");
        display.close();
        assertThat(error()).endsWith("\r\u001b[K");
        display.completed(ID, backup(0));
        assertThat(out())
                .isEqualTo("abcd1234: backup completed \u001b[38;5;46mwithout errors\u001b[0m in 1.5s"
                        + " (in: 3.0 MiB, out: 42 B)\n");
    }

    @Test
    void theProgressLineNeverExceedsTheWidth() {
        for (int width = 20; width < 140; width++) {
            ProgressText text = new ProgressText(0);
            String line = text.at(
                    5_000_000_000L,
                    new ProgressText.State(
                            "abcd1234", "processing", 5 << 20, 10 << 20, 3, "/home/alice/some/long/path/to/a/file.txt"),
                    width);
            assertThat(line.length()).isLessThanOrEqualTo(width);
        }
        assertThat(ProgressText.shorten("/home/alice/data/file", 14)).isEqualTo(".../data/file");
        assertThat(ProgressText.shorten("/a-name-without-any-end", 10)).isEqualTo("...any-end");
    }

    @Test
    void eventsAreObjectsOnALineEach() {
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-24T06:00:00Z"));
        try (JsonDisplay display = new JsonDisplay(new JsonLines(out), error, clock, "repo", "backup", false)) {
            display.failed(ID, BytePath.clean(new byte[] {'/', (byte) 0xff}), "no \"entry\"");
            display.completed(ID, backup(1));
        }
        assertThat(out().lines().toList())
                .containsExactly(
                        "{\"version\":1,\"type\":\"path.error\",\"timestamp\":\"2026-11-24T06:00:00Z\","
                                + "\"repository\":\"repo\",\"snapshot\":\"" + ID.toHex()
                                + "\",\"level\":\"error\",\"workflow\":\"backup\",\"data\":{\"path\":\"/\ufffd\","
                                + "\"path_base64\":\"L/8=\",\"error\":\"no \\\"entry\\\"\"}}",
                        "{\"version\":1,\"type\":\"summary\",\"timestamp\":\"2026-11-24T06:00:00Z\","
                                + "\"repository\":\"repo\",\"workflow\":\"backup\",\"snapshot_id\":\"" + ID.toHex()
                                + "\",\"files_new\":3,\"bytes_fetched\":3145728,\"errors\":1,\"duration_ms\":1500}");
    }
}
