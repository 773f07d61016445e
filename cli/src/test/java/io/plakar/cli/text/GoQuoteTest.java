package io.plakar.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class GoQuoteTest {
    @Test
    void printableTextIsOnlyQuoted() {
        assertThat(GoQuote.quote("")).isEqualTo("\"\"");
        assertThat(GoQuote.quote("2024-01-02T03:04")).isEqualTo("\"2024-01-02T03:04\"");
        assertThat(GoQuote.quote("é日\ud83d\ude00")).isEqualTo("\"é日\ud83d\ude00\"");
    }

    @Test
    void theRestIsEscaped() {
        assertThat(GoQuote.quote("a\"b\\c")).isEqualTo("\"a\\\"b\\\\c\"");
        assertThat(GoQuote.quote("\u0007\b\f\n\r\t\u000b")).isEqualTo("\"\\a\\b\\f\\n\\r\\t\\v\"");
        assertThat(GoQuote.quote("\u0000\u001b\u007f")).isEqualTo("\"\\x00\\x1b\\x7f\"");
        assertThat(GoQuote.quote("\u00a0\u200b")).isEqualTo("\"\\u00a0\\u200b\"");
        assertThat(GoQuote.quote("\udb40\udc01")).isEqualTo("\"\\U000e0001\"");
        assertThat(GoQuote.quote("x\u00ffy".getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo("\"x\\xffy\"");
    }
}
