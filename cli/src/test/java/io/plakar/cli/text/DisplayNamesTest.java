package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayNamesTest {
    private static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:b | a:b",
                "esc\u001b[31mred | esc?[31mred",
                "ünïcode | ünïcode",
                "日本 | 日本",
                "a b | a b",
                "del\u007f | del?",
                "c1\u009b31m | c1?31m",
                "nbsp\u00a0x | nbsp?x",
                "rtl\u202ex | rtl?x",
                "\ud83d\ude00 | \ud83d\ude00",
            })
    void onlyWhatCannotBePrintedIsReplaced(String name, String shown) {
        assertThat(DisplayNames.sanitize(name.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo(shown.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void lineEndsAndTabsAreReplaced() {
        assertThat(DisplayNames.sanitize(bytes("new\nline\ttab\r"))).isEqualTo(bytes("new?line?tab?"));
    }

    @Test
    void bytesWhichAreNotUtf8StayAsTheyAre() {
        byte[] name = bytes("bad\u00ffbyte\n\u00c3");
        assertThat(DisplayNames.sanitize(name)).isEqualTo(bytes("bad\u00ffbyte?\u00c3"));
    }

    @Test
    void aPlainNameIsNotCopied() {
        byte[] name = bytes("plain.txt");
        assertThat(DisplayNames.sanitize(name)).isSameAs(name);
    }

    @Test
    void noControlByteIsLeft() {
        long seed = 84;
        Random random = new Random(seed);
        for (int round = 0; round < 10_000; round++) {
            byte[] name = new byte[random.nextInt(16)];
            random.nextBytes(name);
            for (byte b : DisplayNames.sanitize(name)) {
                assertThat(b >= 0 && b < ' ' || b == 0x7f)
                        .as("seed %d round %d", seed, round)
                        .isFalse();
            }
        }
    }
}
