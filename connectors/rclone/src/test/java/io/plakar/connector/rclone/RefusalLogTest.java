package io.plakar.connector.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalLogTest {
    private final RefusalLog log = new RefusalLog();

    private Duration take(String... lines) {
        Duration wait = Duration.ZERO;
        for (String line : lines) {
            wait = wait.plus(log.take(line));
            log.speaks(line);
        }
        return wait;
    }

    private static String said(String words) {
        return "2026/11/24 09:08:05 DEBUG : " + words;
    }

    private Duration answer(String status, String... headers) {
        take(said("<".repeat(60)), said("HTTP RESPONSE (req 0xc000839a00)"), said("HTTP/1.1 " + status));
        Duration wait = take(headers).plus(take("\r"));
        take(said("<".repeat(60)));
        return wait;
    }

    @Test
    void a_refusal_tells_how_long_to_wait() {
        assertThat(answer("429 \r", "Content-Length: 104\r", "Retry-After: 17\r"))
                .isEqualTo(Duration.ofSeconds(17));
        assertThat(answer("429 Too Many Requests", "retry-after: 300")).isEqualTo(Duration.ofSeconds(300));
    }

    @Test
    void a_refusal_that_does_not_say_how_long_is_waited_for_a_second() {
        assertThat(answer("429 \r", "Retry-After: Tue, 24 Nov 2026 09:08:05 GMT\r"))
                .isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void nothing_else_is_taken_for_a_refusal() {
        assertThat(answer("200 OK\r", "Retry-After: 17\r")).isZero();
        assertThat(take(
                        said("HTTP REQUEST (req 0xc000839a00)"),
                        said("POST /2/files/upload HTTP/1.1\r"),
                        "Dropbox-Api-Arg: {\"path\":\"/HTTP/1.1 429\"}\r",
                        "\r",
                        said(">".repeat(60)),
                        "Retry-After: 17",
                        "2026/11/24 09:08:05 NOTICE: HTTP/1.1 429",
                        "Retry-After: 17",
                        ""))
                .isZero();
    }

    @Test
    void only_what_is_meant_for_people_is_shown() {
        List<String> shown = List.of(
                "2026/11/24 09:08:05 Can't set -v and --log-level",
                "2026/11/24 09:08:05 NOTICE: too_many_requests/..: Too many requests",
                "Error: unknown command \"rcd\"");
        List<String> hidden = List.of(
                said("Setting dropbox_token=\"{}\" from environment variable RCLONE_DROPBOX_TOKEN"),
                "2026/11/24 09:08:05 INFO  : Exiting...",
                "2026/11/24 09:08:05 NOTICE: You have specified to dump information. Please be noted",
                said("HTTP REQUEST (req 0xc000839a00)"),
                said("POST /2/files/upload HTTP/1.1"),
                "Host: content.dropboxapi.com",
                "",
                said(">".repeat(60)));
        for (String line : hidden) {
            log.take(line);
            assertThat(log.speaks(line)).as(line).isFalse();
        }
        for (String line : shown) {
            log.take(line);
            assertThat(log.speaks(line)).as(line).isTrue();
        }
    }
}
