package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import net.jpountz.xxhash.XXHashFactory;

/** Single LZ4 blocks and the checksum of the frame format. Stateless; the native library is loaded on first use. */
final class Lz4 {
    private static final LZ4Compressor COMPRESSOR;
    private static final LZ4SafeDecompressor DECOMPRESSOR;
    private static final XXHashFactory HASHES;

    static {
        LZ4Factory blocks;
        XXHashFactory hashes;
        try {
            blocks = LZ4Factory.nativeInstance();
            hashes = XXHashFactory.nativeInstance();
        } catch (LinkageError | RuntimeException noNativeLibrary) {
            // Slower, and the only other one which needs no Unsafe.
            blocks = LZ4Factory.safeInstance();
            hashes = XXHashFactory.safeInstance();
        }
        COMPRESSOR = blocks.fastCompressor();
        DECOMPRESSOR = blocks.safeDecompressor();
        HASHES = hashes;
    }

    private Lz4() {}

    /** Room {@link #compress} needs for {@code length} bytes of any content. */
    static int maxCompressed(int length) {
        return COMPRESSOR.maxCompressedLength(length);
    }

    /**
     * Compresses into {@code out} from {@code at} on, positions untouched; returns the size. Data that cannot be compressed
     * needs no look ahead: the compressor skips through it many times faster than through text.
     */
    static int compress(ByteBuffer in, int offset, int length, ByteBuffer out, int at) {
        return COMPRESSOR.compress(in, offset, length, out, at, out.capacity() - at);
    }

    /** Decompresses one independent block; positions untouched. Returns the size. */
    static int decompress(ByteBuffer in, int offset, int length, ByteBuffer out, int at, int max)
            throws KlosetException {
        try {
            return DECOMPRESSOR.decompress(in, offset, length, out, at, max);
        } catch (LZ4Exception malformed) {
            throw new KlosetException.Corrupt("LZ4 block is damaged", malformed);
        }
    }

    /**
     * Decompresses one block which may refer back to {@code out[start, at)}; returns the size. Linked blocks are legal but no
     * Kloset writer makes them, so this is plain code, not fast code.
     */
    static int decompressLinked(byte[] in, int offset, int length, byte[] out, int start, int at, int max)
            throws KlosetException {
        int i = offset;
        final int end = offset + length;
        int o = at;
        final int limit = at + max;
        while (i < end) {
            int token = in[i++] & 0xff;
            int literals = token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    if (i == end || literals > max) {
                        throw damaged();
                    }
                    more = in[i++] & 0xff;
                    literals += more;
                } while (more == 255);
            }
            if (literals > end - i || literals > limit - o) {
                throw damaged();
            }
            System.arraycopy(in, i, out, o, literals);
            i += literals;
            o += literals;
            if (i == end) {
                return o - at;
            }
            if (end - i < 2) {
                throw damaged();
            }
            int distance = (in[i] & 0xff) | (in[i + 1] & 0xff) << 8;
            i += 2;
            int match = token & 15;
            if (match == 15) {
                int more;
                do {
                    if (i == end || match > max) {
                        throw damaged();
                    }
                    more = in[i++] & 0xff;
                    match += more;
                } while (more == 255);
            }
            match += 4;
            if (distance == 0 || distance > o - start || match > limit - o) {
                throw damaged();
            }
            for (int from = o - distance, to = o + match; o < to; ) {
                out[o++] = out[from++];
            }
        }
        throw damaged();
    }

    private static KlosetException damaged() {
        return new KlosetException.Corrupt("LZ4 block is damaged");
    }

    static int checksum(byte[] data, int offset, int length) {
        return HASHES.hash32().hash(data, offset, length, 0);
    }

    static int checksum(ByteBuffer data, int offset, int length) {
        return HASHES.hash32().hash(data, offset, length, 0);
    }

    /** A checksum fed in pieces; the owner closes it. */
    static net.jpountz.xxhash.StreamingXXHash32 checksumStream() {
        return HASHES.newStreamingHash32(0);
    }
}
