package io.plakar.kloset.msgpack;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;

/**
 * Reads msgpack from a range of an array, leniently: any width of integer, nil for the zero of every type, bin for str
 * and the other way round. Every method throws {@link KlosetException.Corrupt} on bytes it cannot read, and never
 * allocates more than the range holds. For one thread.
 */
public final class MsgpackReader {
    /** What a missing or nil time means: the first instant of the year 1. */
    public static final Instant ZERO_TIME = Instant.ofEpochSecond(-62_135_596_800L);

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] EMPTY = new byte[0];
    private static final int NIL = 0xc0;

    private final byte[] bytes;
    private final int limit;
    private int position;

    public MsgpackReader(byte[] bytes) {
        this(bytes, 0, bytes.length);
    }

    public MsgpackReader(byte[] bytes, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
        this.bytes = bytes;
        this.position = offset;
        this.limit = offset + length;
    }

    /** Index in the array of the next byte. */
    public int position() {
        return position;
    }

    public int remaining() {
        return limit - position;
    }

    /** Whether the next value is nil; it is not consumed. */
    public boolean isNil() {
        return position < limit && (bytes[position] & 0xff) == NIL;
    }

    /** Number of pairs of a map; 0 for nil. */
    public int mapHeader() throws KlosetException {
        int code = code();
        long count;
        if ((code & 0xf0) == 0x80) {
            count = code & 0x0f;
        } else {
            count = switch (code) {
                case NIL -> 0;
                case 0xde -> take16();
                case 0xdf -> take32();
                default -> throw unexpected(code, "a map");
            };
        }
        return bounded(count, 2);
    }

    /** Number of elements of an array; 0 for nil. */
    public int arrayHeader() throws KlosetException {
        int code = code();
        long count;
        if ((code & 0xf0) == 0x90) {
            count = code & 0x0f;
        } else {
            count = switch (code) {
                case NIL -> 0;
                case 0xdc -> take16();
                case 0xdd -> take32();
                default -> throw unexpected(code, "an array");
            };
        }
        return bounded(count, 1);
    }

    /**
     * The next key of a map as its index in {@code names}, or -1 for one which is not among them; its value comes next.
     *
     * @param hint the index expected, usually the last one plus 1; any number
     */
    public int key(FieldNames names, int hint) throws KlosetException {
        int length = stringLength();
        int offset = position;
        position += length;
        return names.find(bytes, offset, length, hint);
    }

    /** An integer of any form as 64 bits; unsigned ones above 2^63 wrap. */
    public long integer() throws KlosetException {
        int code = code();
        if (code <= 0x7f) {
            return code;
        }
        if (code >= 0xe0) {
            return (byte) code;
        }
        return switch (code) {
            case NIL -> 0;
            case 0xcc -> take8();
            case 0xcd -> take16();
            case 0xce -> take32();
            case 0xcf, 0xd3 -> take64();
            case 0xd0 -> (byte) take8();
            case 0xd1 -> (short) take16();
            case 0xd2 -> (int) take32();
            default -> throw unexpected(code, "an integer");
        };
    }

    /** The low 32 bits of {@link #integer()}. */
    public int integer32() throws KlosetException {
        return (int) integer();
    }

    /** A float of either width, or an integer. */
    public double f64() throws KlosetException {
        if (position < limit) {
            int code = bytes[position] & 0xff;
            if (code == 0xcb) {
                position++;
                return Double.longBitsToDouble(take64());
            }
            if (code == 0xca) {
                position++;
                return Float.intBitsToFloat((int) take32());
            }
        }
        return integer();
    }

    /** A boolean; nil is false. */
    public boolean bool() throws KlosetException {
        int code = code();
        return switch (code) {
            case NIL, 0xc2 -> false;
            case 0xc3 -> true;
            default -> throw unexpected(code, "a boolean");
        };
    }

    /** The bytes of a str or bin as a fresh array; empty for nil. */
    public byte[] bytes() throws KlosetException {
        int length = stringLength();
        if (length == 0) {
            return EMPTY;
        }
        byte[] out = Arrays.copyOfRange(bytes, position, position + length);
        position += length;
        return out;
    }

    /** A str as text; for fields which are text, never for names of files. */
    public String text() throws KlosetException {
        int length = stringLength();
        String out = length == 0 ? "" : new String(bytes, position, length, StandardCharsets.UTF_8);
        position += length;
        return out;
    }

    /**
     * A str as text, returning {@code known} itself when it holds the same ASCII characters: names of owners and content
     * types repeat from entry to entry.
     */
    public String text(String known) throws KlosetException {
        int start = position;
        int length = stringLength();
        if (length == known.length()) {
            boolean same = true;
            for (int i = 0; i < length && same; i++) {
                int b = bytes[position + i];
                same = b >= 0 && b == known.charAt(i);
            }
            if (same) {
                position += length;
                return known;
            }
        }
        position = start;
        return text();
    }

    /** An id: a bin (or str) of 32 bytes; zero for nil. */
    public Mac mac() throws KlosetException {
        if (isNil()) {
            position++;
            return Mac.ZERO;
        }
        int length = stringLength();
        if (length != Mac.BYTES) {
            throw corrupt("an id of " + length + " bytes");
        }
        Mac out = Mac.of(bytes, position);
        position += Mac.BYTES;
        return out;
    }

    /** An instant in any of the three forms of extension -1; {@link #ZERO_TIME} for nil. */
    public Instant time() throws KlosetException {
        int code = code();
        int length;
        switch (code) {
            case NIL -> {
                return ZERO_TIME;
            }
            case 0xd6 -> length = 4;
            case 0xd7 -> length = 8;
            case 0xc7 -> length = take8();
            case 0xc8 -> length = take16();
            default -> throw unexpected(code, "a time");
        }
        int type = take8();
        if (type != 0xff) {
            throw corrupt("extension type " + (byte) type + " where a time is expected");
        }
        long seconds;
        long nanos;
        switch (length) {
            case 4 -> {
                seconds = take32();
                nanos = 0;
            }
            case 8 -> {
                long both = take64();
                nanos = both >>> 34;
                seconds = both & 0x3ffffffffL;
            }
            case 12 -> {
                nanos = take32();
                seconds = take64();
            }
            default -> throw corrupt("a time of " + length + " bytes");
        }
        if (nanos > 999_999_999) {
            throw corrupt("a time with " + nanos + " nanoseconds");
        }
        try {
            return Instant.ofEpochSecond(seconds, nanos);
        } catch (DateTimeException | ArithmeticException e) {
            throw new KlosetException.Corrupt("msgpack: a time out of range: " + seconds + " s", e);
        }
    }

    /** Passes over one value of any kind and depth; works without recursion. */
    public void skip() throws KlosetException {
        long pending = 1;
        while (pending > 0) {
            pending--;
            int code = code();
            if (code <= 0x7f || code >= 0xe0) {
                continue;
            }
            if (code <= 0x8f) {
                pending += 2L * (code & 0x0f);
            } else if (code <= 0x9f) {
                pending += code & 0x0f;
            } else if (code <= 0xbf) {
                advance(code & 0x1f);
            } else {
                switch (code) {
                    case NIL, 0xc2, 0xc3 -> {}
                    case 0xc4, 0xd9 -> advance(take8());
                    case 0xc5, 0xda -> advance(take16());
                    case 0xc6, 0xdb -> advance(take32());
                    case 0xc7 -> advance(take8() + 1L);
                    case 0xc8 -> advance(take16() + 1L);
                    case 0xc9 -> advance(take32() + 1L);
                    case 0xcc, 0xd0 -> advance(1);
                    case 0xcd, 0xd1, 0xd4 -> advance(2);
                    case 0xd5 -> advance(3);
                    case 0xca, 0xce, 0xd2 -> advance(4);
                    case 0xd6 -> advance(5);
                    case 0xcb, 0xcf, 0xd3 -> advance(8);
                    case 0xd7 -> advance(9);
                    case 0xd8 -> advance(17);
                    case 0xdc -> pending += take16();
                    case 0xdd -> pending += take32();
                    case 0xde -> pending += 2L * take16();
                    case 0xdf -> pending += 2L * take32();
                    default -> throw unexpected(code, "a value");
                }
            }
            if (pending > remaining()) {
                throw truncated();
            }
        }
    }

    /** Passes over a str or bin and gives its length; its bytes end at the new {@link #position()}. */
    public int skipString() throws KlosetException {
        int length = stringLength();
        position += length;
        return length;
    }

    private int stringLength() throws KlosetException {
        int code = code();
        long length;
        if ((code & 0xe0) == 0xa0) {
            length = code & 0x1f;
        } else {
            length = switch (code) {
                case NIL -> 0;
                case 0xc4, 0xd9 -> take8();
                case 0xc5, 0xda -> take16();
                case 0xc6, 0xdb -> take32();
                default -> throw unexpected(code, "a string");
            };
        }
        return bounded(length, 1);
    }

    private int bounded(long count, int bytesEach) throws KlosetException {
        if (count * bytesEach > remaining()) {
            throw truncated();
        }
        return (int) count;
    }

    private void advance(long count) throws KlosetException {
        if (count > remaining()) {
            throw truncated();
        }
        position += (int) count;
    }

    private int code() throws KlosetException {
        if (position >= limit) {
            throw truncated();
        }
        return bytes[position++] & 0xff;
    }

    private int take8() throws KlosetException {
        return code();
    }

    private int take16() throws KlosetException {
        advance(2);
        return (short) SHORT.get(bytes, position - 2) & 0xffff;
    }

    private long take32() throws KlosetException {
        advance(4);
        return (int) INT.get(bytes, position - 4) & 0xffffffffL;
    }

    private long take64() throws KlosetException {
        advance(8);
        return (long) LONG.get(bytes, position - 8);
    }

    private KlosetException.Corrupt truncated() {
        return corrupt("the value goes on beyond the end");
    }

    private KlosetException.Corrupt unexpected(int code, String wanted) {
        return corrupt("byte 0x" + Integer.toHexString(code) + " where " + wanted + " is expected");
    }

    private KlosetException.Corrupt corrupt(String what) {
        return new KlosetException.Corrupt("msgpack: " + what + " (at byte " + position + ")");
    }
}
