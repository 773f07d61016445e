package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0s",
        "1, 1ns",
        "1100, 1.1µs",
        "7991, 7.991µs",
        "2870, 2.87µs",
        "199344004, 199.344004ms",
        "19947560, 19.94756ms",
        "1000000, 1ms",
        "1500000000, 1.5s",
        "62300000000, 1m2.3s",
        "60000000000, 1m0s",
        "3600000000000, 1h0m0s",
        "3661000000001, 1h1m1.000000001s",
        "-1500000000, -1.5s",
        "9223372036854775807, 2562047h47m16.854775807s",
        "-9223372036854775808, -2562047h47m16.854775808s",
    })
    void aDurationIsWrittenWithItsUnits(long nanos, String text) {
        assertThat(Durations.format(nanos)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0s", "499, 0s", "500, 1s", "64600, 1m5s", "65400, 1m5s", "-500, -1s", "3599500, 1h0m0s"})
    void listingsRoundToSeconds(long millis, String text) {
        assertThat(Durations.formatSeconds(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "1m30s, 90000000000",
        "0, 0",
        "5s, 5000000000",
        "-1.5h, -5400000000000",
        "+5s, 5000000000",
        ".5s, 500000000",
        "1.s, 1000000000",
        "10.5s4m, 250500000000",
        "3us, 3000",
        "3µs, 3000",
        "3μs, 3000",
        "2ms3ns, 2000003",
        "1h15m30.918273645s, 4530918273645",
    })
    void whatIsWrittenCanBeRead(String text, long nanos) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofNanos(nanos));
    }

    @ParameterizedTest
    @CsvSource({
        "'', 'time: invalid duration \"\"'",
        "x, 'time: invalid duration \"x\"'",
        "3, 'time: missing unit in duration \"3\"'",
        "1d, 'time: unknown unit \"d\" in duration \"1d\"'",
        "-, 'time: invalid duration \"-\"'",
        "., 'time: invalid duration \".\"'",
        "9999999999h, 'time: invalid duration \"9999999999h\"'",
        "' 1s', 'time: invalid duration \" 1s\"'",
    })
    void whatIsNoDurationIsNamed(String text, String message) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void readingUndoesWriting() {
        long seed = 90;
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long nanos = random.nextLong() >> random.nextInt(63);
            if (nanos == Long.MIN_VALUE) {
                continue;
            }
            assertThat(Durations.parse(Durations.format(nanos)).toNanos())
                    .as("seed %d round %d", seed, i)
                    .isEqualTo(nanos);
        }
    }
}
