package io.plakar.mount.http;

import io.plakar.connector.BytePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Paths as bytes and as they stand in URLs. */
final class UrlPath {
    /** Longer than any path a system has. */
    private static final int LONGEST = 16 << 10;

    private static final String HEX = "0123456789ABCDEF";

    private UrlPath() {}

    /** The path meant by the path of a request; empty when it is no path: a broken escape, a NUL, or far too long. */
    static Optional<BytePath> parse(String raw) {
        byte[] text = raw.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length);
        for (int i = 0; i < text.length; i++) {
            int b = text[i];
            if (b == '%') {
                int high = i + 2 < text.length ? Character.digit(text[i + 1], 16) : -1;
                int low = i + 2 < text.length ? Character.digit(text[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return Optional.empty();
                }
                b = high << 4 | low;
                i += 2;
            }
            if (b == 0) {
                return Optional.empty();
            }
            out.write(b);
        }
        return out.size() > LONGEST ? Optional.empty() : Optional.of(BytePath.clean(out.toByteArray()));
    }

    /** The path for a URL, absolute; directories end with a slash. */
    static String of(BytePath path, boolean directory) {
        StringBuilder out = new StringBuilder(path.bytes().length + 16);
        escape(out, path.bytes(), true);
        if (directory && !path.isRoot()) {
            out.append('/');
        }
        return out.toString();
    }

    /** A name for a URL that is relative to its directory. */
    static String ofName(byte[] name, boolean directory) {
        StringBuilder out = new StringBuilder(name.length + 16);
        // A name with a colon would be a scheme.
        out.append("./");
        escape(out, name, false);
        return directory ? out.append('/').toString() : out.toString();
    }

    private static void escape(StringBuilder out, byte[] bytes, boolean slashes) {
        for (byte b : bytes) {
            int c = b & 0xff;
            boolean plain =
                    c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
            if (plain || slashes && c == '/') {
                out.append((char) c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
    }
}
