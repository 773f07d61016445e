package io.plakar.kloset.chunking;

import io.plakar.kloset.KlosetException;
import java.util.Locale;

/**
 * The content-defined chunker of a store: finds the end of the next chunk in a window of bytes. Immutable and free of
 * allocation, so that one instance serves all threads.
 */
public final class FastCdc {
    // Gear hashing: the fingerprint is shifted left by one for each byte, so a byte leaves it after 64 steps and no
    // window has to be kept. A cut is a fingerprint with zeros under a mask: a strict mask before the normal size, a
    // loose one after it, which draws chunk sizes towards the normal size. The plain loop in two phases over a local
    // table is what C2 compiles best; unrolled and interleaved forms are slower.

    private static final long[] GEAR = Gear.table();

    /** The masks of the first published FastCDC, tuned for 8 KiB chunks; {@code fastcdc} stores have them for any size. */
    private static final long LEGACY_STRICT = 0x0003590703530000L;

    private static final long LEGACY_LOOSE = 0x0000d90003530000L;

    private static final int MAX_CHUNK = 1 << 30;

    private final long[] gear;
    private final int min;
    private final int normal;
    private final int max;
    private final long strict;
    private final long loose;

    FastCdc(long[] gear, int min, int normal, int max, boolean legacy) {
        this.gear = gear;
        this.min = min;
        this.normal = normal;
        this.max = max;
        int bits = 31 - Integer.numberOfLeadingZeros(normal);
        this.strict = legacy ? LEGACY_STRICT : spread(bits + 2);
        this.loose = legacy ? LEGACY_LOOSE : spread(bits - 2);
    }

    /**
     * The chunker a store's configuration names.
     *
     * @param algorithm {@code fastcdc-v1.0.0} or {@code fastcdc}, in any case
     * @param min smallest chunk in bytes, but for the last of a stream
     * @param normal size chunks are drawn to
     * @param max largest chunk in bytes, and the size of the window {@link #cut} wants
     * @throws KlosetException.UnsupportedVersion if the algorithm is another one
     * @throws KlosetException.Corrupt unless {@code 0 < min <= normal <= max <= 1 GiB}
     */
    public static FastCdc of(String algorithm, int min, int normal, int max) throws KlosetException {
        boolean legacyName = switch (algorithm.toLowerCase(Locale.ROOT)) {
            case "fastcdc-v1.0.0" -> false;
            case "fastcdc" -> true;
            default ->
                throw new KlosetException.UnsupportedVersion("unsupported chunking algorithm \"" + algorithm + "\"");
        };
        if (min <= 0 || min > normal || normal > max || max > MAX_CHUNK) {
            throw new KlosetException.Corrupt(
                    "impossible chunk sizes in the store configuration: " + min + ", " + normal + ", " + max);
        }
        return new FastCdc(GEAR, min, normal, max, legacyName || (min == 2048 && normal == 8192 && max == 65536));
    }

    /** Smallest chunk in bytes; only the last chunk of a stream may be shorter. */
    public int minSize() {
        return min;
    }

    /** Largest chunk in bytes: the window {@link #cut} needs to see, unless the stream ends earlier. */
    public int maxSize() {
        return max;
    }

    /**
     * Length of the chunk that begins at {@code offset}: between 1 and {@code min(length, max)}, or 0 if {@code length}
     * is 0.
     *
     * @param length bytes left in the window; at least {@link #maxSize()} unless the stream ends there
     */
    public int cut(byte[] data, int offset, int length) {
        int end = Math.min(length, max);
        if (end <= min) {
            return end;
        }
        final long[] table = gear;
        final int turn = offset + Math.min(normal, end);
        final int last = offset + end;
        long fingerprint = 0;
        int i = offset + min;
        final long first = strict;
        for (; i < turn; i++) {
            fingerprint = (fingerprint << 1) + table[data[i] & 0xff];
            if ((fingerprint & first) == 0) {
                return i - offset;
            }
        }
        final long second = loose;
        for (; i < last; i++) {
            fingerprint = (fingerprint << 1) + table[data[i] & 0xff];
            if ((fingerprint & second) == 0) {
                return i - offset;
            }
        }
        return end;
    }

    /** A mask of {@code bits} ones spread evenly from the top bit down. */
    private static long spread(int bits) {
        if (bits <= 0) {
            return 0;
        }
        if (bits >= Long.SIZE) {
            return -1;
        }
        int step = Long.SIZE / bits;
        long mask = 0;
        for (int i = 0; i < bits; i++) {
            mask |= 1L << (63 - i * step);
        }
        return mask;
    }
}
