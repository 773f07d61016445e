package io.plakar.mount.http;

import java.nio.charset.StandardCharsets;

/** Text for XML and HTML. */
final class Markup {
    private Markup() {}

    /** A name as text: escaped, and with U+FFFD for what cannot stand in XML. */
    static String name(byte[] name) {
        return text(new String(name, StandardCharsets.UTF_8));
    }

    static String text(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&#34;");
                case '\'' -> out.append("&#39;");
                default -> out.append(c < ' ' || c >= 0x7f && c < 0xa0 || c >= 0xfffe ? '\uFFFD' : c);
            }
        }
        return out.toString();
    }
}
