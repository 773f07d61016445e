package io.plakar.kloset.msgpack;

import io.plakar.connector.Mac;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/**
 * Writes msgpack into a growing array, in exactly the widths of format-snapshot §1. Reusable through {@link #reset()};
 * for one thread.
 */
public final class MsgpackWriter {
    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] buffer;
    private int length;

    public MsgpackWriter() {
        this(512);
    }

    public MsgpackWriter(int capacity) {
        buffer = new byte[Math.max(16, capacity)];
    }

    /** Forgets what was written; keeps the array. */
    public void reset() {
        length = 0;
    }

    /** Number of bytes written. */
    public int length() {
        return length;
    }

    /** The array behind this writer, valid from 0 to {@link #length()} until the next write. */
    public byte[] array() {
        return buffer;
    }

    /** A fresh array of what was written. */
    public byte[] toByteArray() {
        return Arrays.copyOf(buffer, length);
    }

    /** {@code cc}; the low 8 bits of {@code value}. */
    public void u8(int value) {
        room(2);
        buffer[length] = (byte) 0xcc;
        buffer[length + 1] = (byte) value;
        length += 2;
    }

    /** {@code cd}; the low 16 bits of {@code value}. */
    public void u16(int value) {
        head16(0xcd, value);
    }

    /** {@code ce}; all 32 bits, unsigned. */
    public void u32(int value) {
        head32(0xce, value);
    }

    /** {@code cf}; all 64 bits, unsigned. */
    public void u64(long value) {
        head64(0xcf, value);
    }

    /** {@code d3}. */
    public void i64(long value) {
        head64(0xd3, value);
    }

    /** The shortest form of a signed number; one which is not negative takes an unsigned form. */
    public void smallest(long value) {
        if (value >= 0) {
            if (value <= 0x7f) {
                code((int) value);
            } else if (value <= 0xff) {
                u8((int) value);
            } else if (value <= 0xffff) {
                u16((int) value);
            } else if (value <= 0xffffffffL) {
                u32((int) value);
            } else {
                u64(value);
            }
        } else if (value >= -32) {
            code((int) value);
        } else if (value >= Byte.MIN_VALUE) {
            room(2);
            buffer[length] = (byte) 0xd0;
            buffer[length + 1] = (byte) value;
            length += 2;
        } else if (value >= Short.MIN_VALUE) {
            head16(0xd1, (int) value);
        } else if (value >= Integer.MIN_VALUE) {
            head32(0xd2, (int) value);
        } else {
            i64(value);
        }
    }

    /** {@code cb}; the bits are kept, those of a NaN too. */
    public void f64(double value) {
        head64(0xcb, Double.doubleToRawLongBits(value));
    }

    public void bool(boolean value) {
        code(value ? 0xc3 : 0xc2);
    }

    public void nil() {
        code(0xc0);
    }

    /** Raw bytes as a string; they need not be UTF-8. */
    public void str(byte[] bytes) {
        str(bytes, 0, bytes.length);
    }

    public void str(byte[] bytes, int offset, int count) {
        if (count <= 31) {
            code(0xa0 | count);
        } else if (count <= 0xff) {
            head8(0xd9, count);
        } else if (count <= 0xffff) {
            head16(0xda, count);
        } else {
            head32(0xdb, count);
        }
        raw(bytes, offset, count);
    }

    /** A string in UTF-8. */
    public void str(String text) {
        str(text.getBytes(StandardCharsets.UTF_8));
    }

    public void bin(byte[] bytes) {
        bin(bytes, 0, bytes.length);
    }

    public void bin(byte[] bytes, int offset, int count) {
        if (count <= 0xff) {
            head8(0xc4, count);
        } else if (count <= 0xffff) {
            head16(0xc5, count);
        } else {
            head32(0xc6, count);
        }
        raw(bytes, offset, count);
    }

    /** An id as a bin of 32 bytes. */
    public void mac(Mac id) {
        room(2 + Mac.BYTES);
        buffer[length] = (byte) 0xc4;
        buffer[length + 1] = Mac.BYTES;
        id.copyTo(buffer, length + 2);
        length += 2 + Mac.BYTES;
    }

    public void arrayHeader(int count) {
        if (count <= 15) {
            code(0x90 | count);
        } else if (count <= 0xffff) {
            head16(0xdc, count);
        } else {
            head32(0xdd, count);
        }
    }

    /** @param count number of key-value pairs */
    public void mapHeader(int count) {
        if (count <= 15) {
            code(0x80 | count);
        } else if (count <= 0xffff) {
            head16(0xde, count);
        } else {
            head32(0xdf, count);
        }
    }

    /** Extension -1, in the shortest of its three forms which holds the instant. */
    public void time(Instant instant) {
        long seconds = instant.getEpochSecond();
        int nanos = instant.getNano();
        if (seconds >>> 34 == 0) {
            if (nanos == 0 && seconds <= 0xffffffffL) {
                code(0xd6);
                head32(0xff, (int) seconds);
            } else {
                code(0xd7);
                head64(0xff, ((long) nanos << 34) | seconds);
            }
        } else {
            room(15);
            buffer[length] = (byte) 0xc7;
            buffer[length + 1] = 12;
            buffer[length + 2] = (byte) 0xff;
            INT.set(buffer, length + 3, nanos);
            LONG.set(buffer, length + 7, seconds);
            length += 15;
        }
    }

    /** Bytes which are msgpack already, or belong to the frame around it. */
    public void raw(byte[] bytes, int offset, int count) {
        room(count);
        System.arraycopy(bytes, offset, buffer, length, count);
        length += count;
    }

    public void raw(byte[] bytes) {
        raw(bytes, 0, bytes.length);
    }

    private void code(int value) {
        room(1);
        buffer[length++] = (byte) value;
    }

    private void head8(int code, int value) {
        room(2);
        buffer[length] = (byte) code;
        buffer[length + 1] = (byte) value;
        length += 2;
    }

    private void head16(int code, int value) {
        room(3);
        buffer[length] = (byte) code;
        SHORT.set(buffer, length + 1, (short) value);
        length += 3;
    }

    private void head32(int code, int value) {
        room(5);
        buffer[length] = (byte) code;
        INT.set(buffer, length + 1, value);
        length += 5;
    }

    private void head64(int code, long value) {
        room(9);
        buffer[length] = (byte) code;
        LONG.set(buffer, length + 1, value);
        length += 9;
    }

    private void room(int count) {
        if (buffer.length - length < count) {
            long needed = (long) length + count;
            if (needed > Integer.MAX_VALUE - 8) {
                throw new IllegalStateException("a msgpack value of more than 2 GiB");
            }
            buffer = Arrays.copyOf(buffer, (int) Math.min(Math.max(needed, buffer.length * 2L), Integer.MAX_VALUE - 8));
        }
    }
}
