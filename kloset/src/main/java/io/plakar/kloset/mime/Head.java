package io.plakar.kloset.mime;

/** The first bytes of a content: a window on somebody else's array, read only. */
record Head(byte[] bytes, int offset, int length) {
    /** The unsigned byte at {@code index}, -1 past the end. */
    int at(int index) {
        return index >= 0 && index < length ? bytes[offset + index] & 0xff : -1;
    }

    /** Big-endian 32 bits at {@code index}; 0 if they are not all there. */
    int int32(int index) {
        return index + 4 > length ? 0 : at(index) << 24 | at(index + 1) << 16 | at(index + 2) << 8 | at(index + 3);
    }

    /** Little-endian 16 bits at {@code index}; -1 if they are not all there. */
    int short16(int index) {
        return index + 2 > length ? -1 : at(index + 1) << 8 | at(index);
    }

    /** Little-endian 32 bits at {@code index}; 0 if they are not all there. */
    int littleInt32(int index) {
        return Integer.reverseBytes(int32(index));
    }

    /** Whether the bytes at {@code index} are those of {@code magic}, one byte per character. */
    boolean is(int index, String magic) {
        int size = magic.length();
        if (index < 0 || index > length - size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if ((bytes[offset + index + i] & 0xff) != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** {@link #is} without regard to ASCII case; {@code magic} is in lower case. */
    boolean isIgnoreCase(int index, String magic) {
        int size = magic.length();
        if (index < 0 || index > length - size) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            int b = bytes[offset + index + i] & 0xff;
            if (b >= 'A' && b <= 'Z') {
                b += 'a' - 'A';
            }
            if (b != magic.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** Where {@code magic} first occurs from {@code from} on, or -1. */
    int find(String magic, int from) {
        byte first = (byte) magic.charAt(0);
        for (int i = Math.max(from, 0); i <= length - magic.length(); i++) {
            if (bytes[offset + i] == first && is(i, magic)) {
                return i;
            }
        }
        return -1;
    }

    boolean contains(String magic) {
        return find(magic, 0) >= 0;
    }

    /** The first index from {@code from} on which holds no blank, tab or line end. */
    int skipSpace(int from) {
        int i = from;
        while (i < length && isSpace(at(i))) {
            i++;
        }
        return i;
    }

    static boolean isSpace(int b) {
        return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f';
    }
}
