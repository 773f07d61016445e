package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;

/**
 * The descriptor at the front of an LZ4 frame.
 *
 * @param length bytes it takes, magic included
 * @param blockMax largest block, in decoded bytes
 * @param linked whether blocks refer to earlier ones
 * @param blockChecksums whether each block is followed by its checksum
 * @param contentChecksum whether the frame ends with the checksum of the content
 * @param contentSize decoded size of the frame, or −1 if not told
 */
record Lz4Header(
        int length, int blockMax, boolean linked, boolean blockChecksums, boolean contentChecksum, long contentSize) {
    static final int MAGIC = 0x184d2204;

    /** Length of the shortest and of the longest descriptor. */
    static final int MIN = 7;

    static final int MAX = 19;

    /** A block size with this bit is of a block stored raw. */
    static final int RAW = 0x80000000;

    /** The descriptor our frames have: {@code 04224d18 6470b9}, blocks of 4 MiB. */
    private static final byte[] OURS = {0x04, 0x22, 0x4d, 0x18, 0x64, 0x70, (byte) 0xb9};

    static final int OUR_BLOCK = 4 << 20;

    static byte[] ours() {
        return OURS.clone();
    }

    static void putOurs(ByteBuffer out) {
        out.put(OURS);
    }

    /** Length of the descriptor whose first {@link #MIN} bytes are given. */
    static int length(byte[] head) throws KlosetException {
        int magic = (head[0] & 0xff) | (head[1] & 0xff) << 8 | (head[2] & 0xff) << 16 | (head[3] & 0xff) << 24;
        if (magic != MAGIC) {
            throw new KlosetException.Corrupt("not an LZ4 frame: it begins with " + Integer.toHexString(magic));
        }
        int flags = head[4];
        return MIN + ((flags & 0x08) != 0 ? 8 : 0) + ((flags & 0x01) != 0 ? 4 : 0);
    }

    /** Parses a whole descriptor from the front of {@code bytes}. */
    static Lz4Header parse(byte[] bytes) throws KlosetException {
        int length = length(bytes);
        int flags = bytes[4] & 0xff;
        int sizes = bytes[5] & 0xff;
        if (flags >>> 6 != 1 || (flags & 0x02) != 0 || (sizes & 0x8f) != 0 || sizes >>> 4 < 4) {
            throw new KlosetException.Corrupt("LZ4 frame of an unknown version");
        }
        byte check = (byte) (Lz4.checksum(bytes, 4, length - 5) >>> 8);
        if (check != bytes[length - 1]) {
            throw new KlosetException.Corrupt("LZ4 frame header is damaged");
        }
        if ((flags & 0x01) != 0) {
            throw new KlosetException.UnsupportedVersion("LZ4 frame needs a dictionary");
        }
        long contentSize = -1;
        if ((flags & 0x08) != 0) {
            contentSize = 0;
            for (int i = 7; i >= 0; i--) {
                contentSize = contentSize << 8 | bytes[6 + i] & 0xff;
            }
            if (contentSize < 0) {
                throw new KlosetException.Corrupt("LZ4 frame claims an impossible size");
            }
        }
        int blockMax = 1 << (8 + 2 * (sizes >>> 4));
        return new Lz4Header(
                length, blockMax, (flags & 0x20) == 0, (flags & 0x10) != 0, (flags & 0x04) != 0, contentSize);
    }

    /** Size of the block in bytes as stored, from its size field. */
    int blockLength(int field) throws KlosetException {
        int size = field & ~RAW;
        if (size > blockMax) {
            throw new KlosetException.Corrupt("LZ4 block of " + size + " bytes in a frame that allows " + blockMax);
        }
        return size;
    }
}
