package io.plakar.cli.text;

import java.util.Arrays;

/** Makes names fit to be shown: what could move a cursor or start an escape sequence becomes {@code ?}. */
public final class DisplayNames {
    private DisplayNames() {}

    /**
     * {@code name} with each character that cannot be printed replaced by one {@code ?}. Bytes which are not UTF-8 stay
     * as they are. Returns {@code name} itself if there is nothing to replace.
     */
    public static byte[] sanitize(byte[] name) {
        if (isPlain(name)) {
            return name;
        }
        byte[] out = new byte[name.length];
        int size = 0;
        int width;
        for (int at = 0; at < name.length; at += width) {
            int codePoint = Utf8.codePoint(name, at);
            width = Utf8.width(codePoint);
            if (codePoint == Utf8.INVALID || Utf8.isPrintable(codePoint)) {
                System.arraycopy(name, at, out, size, width);
                size += width;
            } else {
                out[size++] = '?';
            }
        }
        return Arrays.copyOf(out, size);
    }

    private static boolean isPlain(byte[] name) {
        for (byte b : name) {
            if (b < ' ' || b == 0x7f) {
                return false;
            }
        }
        return true;
    }
}
