package io.plakar.kloset.msgpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of one kind of map, so that a reader tells them apart by their bytes. An index is a name's position.
 * Immutable.
 */
public final class FieldNames {
    private final byte[][] names;

    private FieldNames(byte[][] names) {
        this.names = names;
    }

    /** The names in the order in which they are written. */
    public static FieldNames of(String... names) {
        byte[][] bytes = new byte[names.length][];
        for (int i = 0; i < names.length; i++) {
            bytes[i] = names[i].getBytes(StandardCharsets.UTF_8);
        }
        return new FieldNames(bytes);
    }

    /** The bytes of a name; shared, not to be changed. */
    byte[] name(int index) {
        return names[index];
    }

    /** Index of the name, or -1. Canonical maps come in order, so the search starts at {@code hint} (any number). */
    int find(byte[] bytes, int offset, int length, int hint) {
        int start = hint < 0 || hint >= names.length ? 0 : hint;
        for (int i = 0; i < names.length; i++) {
            int index = start + i;
            if (index >= names.length) {
                index -= names.length;
            }
            byte[] name = names[index];
            if (name.length == length && Arrays.equals(name, 0, length, bytes, offset, offset + length)) {
                return index;
            }
        }
        return -1;
    }
}
