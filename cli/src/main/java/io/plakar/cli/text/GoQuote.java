package io.plakar.cli.text;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Texts in double quotes with escapes, as in the reference's messages. */
public final class GoQuote {
    private GoQuote() {}

    /** {@code text} in quotes; what cannot be printed, and bytes which are not UTF-8, as escapes. */
    public static String quote(byte[] text) {
        StringBuilder out = new StringBuilder(text.length + 2).append('"');
        int width;
        for (int at = 0; at < text.length; at += width) {
            int codePoint = Utf8.codePoint(text, at);
            width = Utf8.width(codePoint);
            switch (codePoint) {
                case Utf8.INVALID -> append(out, "\\x%02x", text[at] & 0xff);
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case 0x07 -> out.append("\\a");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case 0x0b -> out.append("\\v");
                default -> {
                    if (Utf8.isPrintable(codePoint)) {
                        out.appendCodePoint(codePoint);
                    } else if (codePoint < 0x80) {
                        append(out, "\\x%02x", codePoint);
                    } else if (codePoint < 0x10000) {
                        append(out, "\\u%04x", codePoint);
                    } else {
                        append(out, "\\U%08x", codePoint);
                    }
                }
            }
        }
        return out.append('"').toString();
    }

    /** {@link #quote(byte[])} of the UTF-8 form of {@code text}. */
    public static String quote(String text) {
        return quote(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void append(StringBuilder out, String format, int value) {
        out.append(String.format(Locale.ROOT, format, value));
    }
}
