package io.plakar.server.api;

import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/** How JSON bodies are written: {@code <}, {@code >} and {@code &} escaped, numbers short, a newline at the end. */
final class JsonBody {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .characterEscapes(new HtmlSafe())
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();

    /** Writes the members or the value of a body. */
    @FunctionalInterface
    interface Content<X extends Exception> {
        void write(JsonGenerator json) throws X, java.io.IOException;
    }

    private JsonBody() {}

    static JsonGenerator generator(OutputStream out) {
        return FACTORY.createGenerator(ObjectWriteContext.empty(), out);
    }

    /** A text that may not be UTF-8: what is not becomes U+FFFD. */
    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** The shortest decimal that reads back as the same double, without an exponent where it can be. */
    static void number(JsonGenerator json, String name, double value) {
        json.writeName(name);
        if (value == 0 || Double.isNaN(value) || Double.isInfinite(value)) {
            json.writeNumber(0);
            return;
        }
        double size = Math.abs(value);
        if (size >= 1e-6 && size < 1e21) {
            json.writeNumber(
                    new BigDecimal(Double.toString(value)).stripTrailingZeros().toPlainString());
        } else {
            json.writeNumber(value);
        }
    }

    /** RFC 3339 in UTC with up to nine digits of a second, no trailing zeros. */
    static String time(Instant time) {
        LocalDateTime utc = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(32);
        digits(text, utc.getYear(), 4).append('-');
        digits(text, utc.getMonthValue(), 2).append('-');
        digits(text, utc.getDayOfMonth(), 2).append('T');
        digits(text, utc.getHour(), 2).append(':');
        digits(text, utc.getMinute(), 2).append(':');
        digits(text, utc.getSecond(), 2);
        if (utc.getNano() != 0) {
            text.append('.');
            digits(text, utc.getNano(), 9);
            while (text.charAt(text.length() - 1) == '0') {
                text.setLength(text.length() - 1);
            }
        }
        return text.append('Z').toString();
    }

    private static StringBuilder digits(StringBuilder text, int value, int width) {
        String plain = Integer.toString(value);
        return text.append("0".repeat(Math.max(0, width - plain.length()))).append(plain);
    }

    /** A body inside a page must not end a script element. */
    private static final class HtmlSafe extends CharacterEscapes {
        private static final long serialVersionUID = 1;
        private final int[] ascii = standardAsciiEscapesForJSON();

        HtmlSafe() {
            ascii['<'] = ESCAPE_STANDARD;
            ascii['>'] = ESCAPE_STANDARD;
            ascii['&'] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii;
        }

        @Override
        public @org.jspecify.annotations.Nullable SerializableString getEscapeSequence(int c) {
            return c == 0x2028 || c == 0x2029 ? new SerializedString(c == 0x2028 ? "\\u2028" : "\\u2029") : null;
        }
    }
}
