package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "7, 7 B",
        "9, 9 B",
        "10, 10 B",
        "18, 18 B",
        "42, 42 B",
        "209, 209 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "4096, 4.0 KiB",
        "10188, 9.9 KiB",
        "10239, 10 KiB",
        "10752, 10 KiB",
        "11776, 12 KiB",
        "380928, 372 KiB",
        "524288, 512 KiB",
        "1041408, 1017 KiB",
        "1048576, 1.0 MiB",
        "3147532, 3.0 MiB",
        "4462157, 4.3 MiB",
        "8802863, 8.4 MiB",
        "15738086, 15 MiB",
        "67108864, 64 MiB",
        "1099511627776, 1.0 TiB",
        "9223372036854775807, 8.0 EiB",
    })
    void aSizeHasTwoOrThreeDigitsAndAUnit(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @Test
    void bothFormsAreShownTogether() {
        assertThat(Sizes.formatExact(67108864)).isEqualTo("64 MiB (67108864 bytes)");
        assertThat(Sizes.formatExact(0)).isEqualTo("0 B (0 bytes)");
    }

    @Test
    void aNegativeSizeIsRefused() {
        assertThatThrownBy(() -> Sizes.format(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
