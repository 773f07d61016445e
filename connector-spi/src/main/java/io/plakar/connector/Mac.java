package io.plakar.connector;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * A 32-byte identifier: the keyed MAC of some content, or a random id of the same width (format-storage §8.1).
 * Immutable; ordered as unsigned big-endian bytes.
 */
public final class Mac implements Comparable<Mac> {
    /** Width in bytes. */
    public static final int BYTES = 32;

    /** Thirty-two zero bytes: "none". */
    public static final Mac ZERO = new Mac(0, 0, 0, 0);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long a;
    private final long b;
    private final long c;
    private final long d;

    private Mac(long a, long b, long c, long d) {
        this.a = a;
        this.b = b;
        this.c = c;
        this.d = d;
    }

    /** The id made of four big-endian longs. */
    public static Mac of(long a, long b, long c, long d) {
        return new Mac(a, b, c, d);
    }

    /** The id held in exactly 32 bytes. */
    public static Mac of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("an id has 32 bytes, not " + bytes.length);
        }
        return of(bytes, 0);
    }

    /** The id held in the 32 bytes from {@code offset} on. */
    public static Mac of(byte[] bytes, int offset) {
        return new Mac(
                (long) LONGS.get(bytes, offset),
                (long) LONGS.get(bytes, offset + 8),
                (long) LONGS.get(bytes, offset + 16),
                (long) LONGS.get(bytes, offset + 24));
    }

    /** The id written as 64 hexadecimal digits. */
    public static Mac fromHex(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    /** Big-endian long number {@code index} (0..3); for hash tables and radix sorts. */
    public long word(int index) {
        return switch (index) {
            case 0 -> a;
            case 1 -> b;
            case 2 -> c;
            case 3 -> d;
            default -> throw new IndexOutOfBoundsException(index);
        };
    }

    /** A fresh array of the 32 bytes. */
    public byte[] bytes() {
        byte[] out = new byte[BYTES];
        copyTo(out, 0);
        return out;
    }

    /** Writes the 32 bytes into {@code out} from {@code offset} on. */
    public void copyTo(byte[] out, int offset) {
        LONGS.set(out, offset, a);
        LONGS.set(out, offset + 8, b);
        LONGS.set(out, offset + 16, c);
        LONGS.set(out, offset + 24, d);
    }

    public boolean isZero() {
        return (a | b | c | d) == 0;
    }

    /** 64 lowercase hexadecimal digits. */
    public String toHex() {
        return HexFormat.of().formatHex(bytes());
    }

    /** The first four bytes as 8 hexadecimal digits: the form shown to people. */
    public String toShortHex() {
        return HexFormat.of().toHexDigits((int) (a >>> 32));
    }

    @Override
    public int compareTo(Mac other) {
        int order = Long.compareUnsigned(a, other.a);
        if (order == 0) {
            order = Long.compareUnsigned(b, other.b);
        }
        if (order == 0) {
            order = Long.compareUnsigned(c, other.c);
        }
        return order != 0 ? order : Long.compareUnsigned(d, other.d);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Mac mac && a == mac.a && b == mac.b && c == mac.c && d == mac.d;
    }

    @Override
    public int hashCode() {
        return (int) (a ^ (a >>> 32));
    }

    @Override
    public String toString() {
        return toHex();
    }
}
