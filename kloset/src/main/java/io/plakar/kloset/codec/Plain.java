package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.util.Arrays;

/** Where decoded bytes gather: an array that grows up to a limit, or a caller's array that does not. One thread. */
final class Plain {
    private byte[] array;
    private int start;
    private int size;
    private int max;
    private boolean fixed;

    Plain() {
        array = new byte[0];
    }

    /** Starts anew in the own array, for at most {@code max} bytes. */
    void restart(int max) {
        if (fixed) {
            array = new byte[0];
            fixed = false;
        }
        this.start = 0;
        this.size = 0;
        this.max = max;
    }

    /** Starts anew in {@code out[offset, offset + max)}. */
    void restart(byte[] out, int offset, int max) {
        array = out;
        fixed = true;
        start = offset;
        size = 0;
        this.max = max;
    }

    byte[] array() {
        return array;
    }

    int start() {
        return start;
    }

    /** Index in the array behind the last byte. */
    int end() {
        return start + size;
    }

    int size() {
        return size;
    }

    int room() {
        return max - size;
    }

    /** Makes room for as many more bytes as {@code wanted} and the limit allow; returns how many fit. */
    int reserve(int wanted) {
        int granted = Math.min(wanted, max - size);
        if (!fixed && array.length - size < granted) {
            int capacity = (int) Math.min(max, Math.max((long) size + granted, 2L * array.length));
            array = Arrays.copyOf(array, capacity);
        }
        return granted;
    }

    /** Makes room for exactly {@code wanted} more bytes, or fails. */
    void require(int wanted) throws KlosetException {
        if (reserve(wanted) < wanted) {
            throw tooLarge();
        }
    }

    void advance(int bytes) {
        size += bytes;
    }

    KlosetException tooLarge() {
        return new KlosetException.Corrupt("encoded data is larger than the " + max + " bytes it may decode to");
    }

    byte[] copy() {
        return Arrays.copyOfRange(array, start, start + size);
    }
}
