package io.plakar.cli.text;

/** Steps through bytes which should be UTF-8 and may not be. */
final class Utf8 {
    /** Not a character: the byte at this place begins no valid sequence. */
    static final int INVALID = -1;

    private Utf8() {}

    /** The character that begins at {@code at}, or {@link #INVALID}. */
    static int codePoint(byte[] bytes, int at) {
        int b = bytes[at] & 0xff;
        if (b < 0x80) {
            return b;
        }
        int more;
        int value;
        int least;
        if (b >= 0xc2 && b < 0xe0) {
            more = 1;
            value = b & 0x1f;
            least = 0x80;
        } else if (b >= 0xe0 && b < 0xf0) {
            more = 2;
            value = b & 0x0f;
            least = 0x800;
        } else if (b >= 0xf0 && b < 0xf5) {
            more = 3;
            value = b & 0x07;
            least = 0x10000;
        } else {
            return INVALID;
        }
        if (at + more >= bytes.length) {
            return INVALID;
        }
        for (int i = 1; i <= more; i++) {
            int next = bytes[at + i] & 0xff;
            if ((next & 0xc0) != 0x80) {
                return INVALID;
            }
            value = value << 6 | next & 0x3f;
        }
        boolean surrogate = value >= 0xd800 && value < 0xe000;
        return value < least || value > Character.MAX_CODE_POINT || surrogate ? INVALID : value;
    }

    /** Bytes which {@code codePoint} takes; 1 for {@link #INVALID}. */
    static int width(int codePoint) {
        if (codePoint < 0x80) {
            return 1;
        }
        return codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }

    /** Letters, marks, numbers, punctuation, symbols and the plain blank. */
    static boolean isPrintable(int codePoint) {
        if (codePoint < 0x7f) {
            return codePoint >= ' ';
        }
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.SPACE_SEPARATOR,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> true;
        };
    }
}
