package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimesTest {
    /** A Monday. */
    private static final Instant NOW = Instant.parse("2026-11-23T10:40:46.5Z");

    private static final ZoneId PARIS = ZoneId.of("Europe/Paris");

    @Test
    void listingsShowWholeSecondsInUtc() {
        assertThat(Times.listing(NOW)).isEqualTo("2026-11-23T10:40:46Z");
        assertThat(Times.listing(Instant.EPOCH)).isEqualTo("1970-01-01T00:00:00Z");
    }

    @Test
    void theDetailedFormHasFractionOffsetAndZone() {
        Instant time = Instant.parse("2026-11-23T10:21:56.745231094Z");
        assertThat(Times.detailed(time, ZoneOffset.UTC)).isEqualTo("2026-11-23 10:21:56.745231094 +0000 UTC");
        assertThat(Times.detailed(time, ZoneId.of("UTC"))).isEqualTo("2026-11-23 10:21:56.745231094 +0000 UTC");
        assertThat(Times.detailed(NOW, ZoneOffset.UTC)).isEqualTo("2026-11-23 10:40:46.5 +0000 UTC");
        assertThat(Times.detailed(Instant.parse("2025-01-02T00:00:00Z"), ZoneOffset.UTC))
                .isEqualTo("2025-01-02 00:00:00 +0000 UTC");
        assertThat(Times.detailed(NOW, PARIS)).isEqualTo("2026-11-23 11:40:46.5 +0100 CET");
        assertThat(Times.detailed(NOW, ZoneOffset.ofHours(-3))).isEqualTo("2026-11-23 07:40:46.5 -0300 -0300");
    }

    @ParameterizedTest
    @CsvSource({
        "2024-01-02, 2024-01-02T00:00:00Z",
        "2024/01/02, 2024-01-02T00:00:00Z",
        "2024-01-02 03:04, 2024-01-02T03:04:00Z",
        "2024-01-02 03:04:05, 2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05Z, 2024-01-02T03:04:05Z",
        "2024-01-02T03:04:05.25Z, 2024-01-02T03:04:05.25Z",
        "2024-01-02T03:04:05+02:00, 2024-01-02T01:04:05Z",
        "2024-01-02T03:04:05-00:30, 2024-01-02T03:34:05Z",
        "now, 2026-11-23T10:40:46.5Z",
        "today, 2026-11-23T00:00:00Z",
        "Yesterday, 2026-11-22T00:00:00Z",
        "last monday, 2026-11-16T00:00:00Z",
        "last sunday, 2026-11-22T00:00:00Z",
    })
    void aPointInTimeIsTaken(String text, Instant time) {
        assertThat(Times.parse(text, NOW)).contains(time);
    }

    @ParameterizedTest
    @CsvSource({
        "1h, PT1H",
        "2d, PT48H",
        "3w, PT504H",
        "1mo, PT720H",
        "1y, PT8760H",
        "90m, PT64800H",
        "2 days, PT48H",
        "1d12h, PT36H",
        "-1h, PT1H",
        "1h30m, PT1H30M",
        "2m30s, PT2M30S",
        "1h30m5s, PT1H30M5S",
        "1h 30m, PT1H30M",
        "1d 30m, PT21624H",
        "1d 2h 30m, PT26H30M",
        "30m 1h, PT21601H",
        "10sec, PT10S",
        "5 min, PT5M",
        "5mi, PT5M",
        "2HR, PT2H",
        "1.5d, PT36H",
        "0.5 hours, PT30M",
        "1 week and 2 days, PT216H",
        "1 second, PT1S",
        "2 years 3 months, PT19680H",
        "half an hour, PT30M",
        "an hour and a half, PT1H30M",
        "half a day, PT12H",
        "a second, PT1S",
        "a minute, PT1M",
        "an hour, PT1H",
        "A Day, PT24H",
        "a week, PT168H",
        "a month, PT720H",
        "a year, PT8760H",
    })
    void aSpanIsCountedBackFromNow(String text, Duration back) {
        assertThat(Times.parse(text, NOW)).contains(NOW.minus(back));
    }

    @Test
    void emptyMeansNotGiven() {
        assertThat(Times.parse("", NOW)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2024-01-02T03:04",
                "nonsense",
                " 1h",
                "1h ",
                " ",
                "5",
                "5x",
                "2024-13-01",
                "2024-02-30",
                "2024-01-02 25:00",
                "2024-01-02T03:04:05",
                "2024-01-02T03:04:05.Z",
                "2024-01-02T03:04:05+2",
                "1234567890123456789d",
                "999999999999999999y",
            })
    void whatIsNoTimeIsNamed(String text) {
        assertThatThrownBy(() -> Times.parse(text, NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("invalid time format: \"" + text + "\"");
    }

    @Test
    void daysBeginInTheZoneGiven() {
        assertThat(Times.parse("today", NOW, PARIS)).contains(Instant.parse("2026-11-22T23:00:00Z"));
        assertThat(Times.parse("2024-07-02", NOW, PARIS)).contains(Instant.parse("2024-07-01T22:00:00Z"));
        assertThat(Times.parse("2024-07-02 12:00", NOW, PARIS)).contains(Instant.parse("2024-07-02T10:00:00Z"));
    }

    @Test
    void anyTextIsATimeOrATypedError() {
        long seed = 24;
        Random random = new Random(seed);
        String alphabet = "0123456789.-:/ TZ+hmsdwyoan\u00e9";
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(24); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Times.parse(text.toString(), NOW);
            } catch (IllegalArgumentException e) {
                assertThat(e).as("seed %d round %d", seed, round).hasMessageStartingWith("invalid time format: ");
            }
        }
    }
}
