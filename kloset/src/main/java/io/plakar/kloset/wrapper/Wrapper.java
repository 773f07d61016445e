package io.plakar.kloset.wrapper;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.MacAlgorithm;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/** Puts payloads into the envelope and takes them out again, for objects held in memory. Stateless. */
public final class Wrapper {
    /** Bytes before the payload. */
    public static final int HEADER_BYTES = 16;
    /** Bytes after the payload. */
    public static final int TRAILER_BYTES = Mac.BYTES;

    private static final byte[] MAGIC = "_KLOSET_".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OLD_MAGIC = "_PLAKAR_".getBytes(StandardCharsets.US_ASCII);

    private Wrapper() {}

    /** The 16 bytes that begin a wrapped object of that type in its current version. */
    public static byte[] header(WrappedType type) {
        return ByteBuffer.allocate(HEADER_BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putInt(type.number())
                .putInt(type.version())
                .array();
    }

    /**
     * Reads the version out of a header.
     *
     * @param what names the object in messages
     * @throws KlosetException.UnsupportedVersion when the version is newer than this program knows
     */
    public static int version(byte[] header, WrappedType type, String what) throws KlosetException {
        if (header.length < HEADER_BYTES) {
            throw new KlosetException.Corrupt(
                    what + " is damaged: it ends within its first " + HEADER_BYTES + " bytes");
        }
        if (!Arrays.equals(header, 0, 8, MAGIC, 0, 8) && !Arrays.equals(header, 0, 8, OLD_MAGIC, 0, 8)) {
            throw new KlosetException.Corrupt(what + " is damaged: it does not begin with the magic of a Kloset store");
        }
        ByteBuffer numbers = ByteBuffer.wrap(header, 8, 8).order(ByteOrder.LITTLE_ENDIAN);
        int number = numbers.getInt();
        if (number != type.number()) {
            throw new KlosetException.Corrupt(
                    what + " is damaged: resource type " + number + " where " + type.number() + " was expected");
        }
        int version = numbers.getInt();
        if (Integer.compareUnsigned(version, type.version()) > 0) {
            throw new KlosetException.UnsupportedVersion(what + " has version \"" + text(version) + "\", newer than \""
                    + text(type.version()) + "\" which this program knows; use a newer program");
        }
        return version;
    }

    /** {@code v1.2.3}. */
    public static String text(int version) {
        return "v" + (version >>> 16) + "." + (version >>> 8 & 0xff) + "." + (version & 0xff);
    }

    /** The whole wrapped object. */
    public static byte[] wrap(WrappedType type, byte[] payload, MacAlgorithm mac) {
        byte[] out = Arrays.copyOf(header(type), HEADER_BYTES + payload.length + TRAILER_BYTES);
        System.arraycopy(payload, 0, out, HEADER_BYTES, payload.length);
        mac.mac(out, 0, HEADER_BYTES + payload.length).copyTo(out, HEADER_BYTES + payload.length);
        return out;
    }

    /** A verified object taken apart. */
    public record Unwrapped(int version, byte[] payload) {}

    /** Checks everything and returns version and payload. */
    public static Unwrapped unwrap(WrappedType type, byte[] object, MacAlgorithm mac, String what)
            throws KlosetException {
        int version = version(object, type, what);
        byte[] payload = payload(object, what);
        verify(object, mac, what);
        return new Unwrapped(version, payload);
    }

    /** The payload, with nothing verified. */
    public static byte[] payload(byte[] object, String what) throws KlosetException {
        if (object.length < HEADER_BYTES + TRAILER_BYTES) {
            throw new KlosetException.Corrupt(what + " is damaged: only " + object.length + " bytes are left of it");
        }
        return Arrays.copyOfRange(object, HEADER_BYTES, object.length - TRAILER_BYTES);
    }

    /** Checks the MAC at the end. */
    public static void verify(byte[] object, MacAlgorithm mac, String what) throws KlosetException {
        int end = object.length - TRAILER_BYTES;
        if (!MessageDigest.isEqual(mac.mac(object, 0, end).bytes(), Arrays.copyOfRange(object, end, object.length))) {
            throw new KlosetException.Corrupt(what + " is damaged: its bytes do not match its MAC");
        }
    }
}
