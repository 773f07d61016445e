package io.plakar.kloset.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The compression function of BLAKE3 on one 64-byte block, in scalar code; the first 8 of its 16 output words. */
final class Blake3Block {
    static final int IV0 = 0x6a09e667;
    static final int IV1 = 0xbb67ae85;
    static final int IV2 = 0x3c6ef372;
    static final int IV3 = 0xa54ff53a;
    static final int IV4 = 0x510e527f;
    static final int IV5 = 0x9b05688c;
    static final int IV6 = 0x1f83d9ab;
    static final int IV7 = 0x5be0cd19;

    static final int CHUNK_START = 1;
    static final int CHUNK_END = 2;
    static final int PARENT = 4;
    static final int ROOT = 8;
    static final int KEYED_HASH = 16;

    private Blake3Block() {}

    /**
     * Reads {@code count} words of the message. In one go, because until it is compiled a view of single words costs more
     * than the hash.
     */
    static void words(byte[] data, int offset, int[] to, int count) {
        ByteBuffer.wrap(data, offset, Integer.BYTES * count)
                .order(ByteOrder.LITTLE_ENDIAN)
                .asIntBuffer()
                .get(to, 0, count);
    }

    /**
     * Compresses the 16 words of {@code data} from {@code offset} on. {@code out} may be {@code cv}. One round is written out over locals and
     * the message is renamed between rounds: seven rounds written out would not be compiled at all.
     */
    static void compress(int[] cv, int[] data, int offset, int blockLength, long counter, int flags, int[] out) {
        int m0 = data[offset];
        int m1 = data[offset + 1];
        int m2 = data[offset + 2];
        int m3 = data[offset + 3];
        int m4 = data[offset + 4];
        int m5 = data[offset + 5];
        int m6 = data[offset + 6];
        int m7 = data[offset + 7];
        int m8 = data[offset + 8];
        int m9 = data[offset + 9];
        int m10 = data[offset + 10];
        int m11 = data[offset + 11];
        int m12 = data[offset + 12];
        int m13 = data[offset + 13];
        int m14 = data[offset + 14];
        int m15 = data[offset + 15];
        int v0 = cv[0];
        int v1 = cv[1];
        int v2 = cv[2];
        int v3 = cv[3];
        int v4 = cv[4];
        int v5 = cv[5];
        int v6 = cv[6];
        int v7 = cv[7];
        int v8 = IV0;
        int v9 = IV1;
        int v10 = IV2;
        int v11 = IV3;
        int v12 = (int) counter;
        int v13 = (int) (counter >>> 32);
        int v14 = blockLength;
        int v15 = flags;
        int swap;
        for (int round = 0; ; round++) {
            v0 += v4 + m0;
            v12 = Integer.rotateRight(v12 ^ v0, 16);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 12);
            v0 += v4 + m1;
            v12 = Integer.rotateRight(v12 ^ v0, 8);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 7);
            v1 += v5 + m2;
            v13 = Integer.rotateRight(v13 ^ v1, 16);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 12);
            v1 += v5 + m3;
            v13 = Integer.rotateRight(v13 ^ v1, 8);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 7);
            v2 += v6 + m4;
            v14 = Integer.rotateRight(v14 ^ v2, 16);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 12);
            v2 += v6 + m5;
            v14 = Integer.rotateRight(v14 ^ v2, 8);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 7);
            v3 += v7 + m6;
            v15 = Integer.rotateRight(v15 ^ v3, 16);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 12);
            v3 += v7 + m7;
            v15 = Integer.rotateRight(v15 ^ v3, 8);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 7);
            v0 += v5 + m8;
            v15 = Integer.rotateRight(v15 ^ v0, 16);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 12);
            v0 += v5 + m9;
            v15 = Integer.rotateRight(v15 ^ v0, 8);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 7);
            v1 += v6 + m10;
            v12 = Integer.rotateRight(v12 ^ v1, 16);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 12);
            v1 += v6 + m11;
            v12 = Integer.rotateRight(v12 ^ v1, 8);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 7);
            v2 += v7 + m12;
            v13 = Integer.rotateRight(v13 ^ v2, 16);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 12);
            v2 += v7 + m13;
            v13 = Integer.rotateRight(v13 ^ v2, 8);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 7);
            v3 += v4 + m14;
            v14 = Integer.rotateRight(v14 ^ v3, 16);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 12);
            v3 += v4 + m15;
            v14 = Integer.rotateRight(v14 ^ v3, 8);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 7);
            if (round == 6) {
                break;
            }
            swap = m0;
            m0 = m2;
            m2 = m3;
            m3 = m10;
            m10 = m12;
            m12 = m9;
            m9 = m11;
            m11 = m5;
            m5 = swap;
            swap = m1;
            m1 = m6;
            m6 = m4;
            m4 = m7;
            m7 = m13;
            m13 = m14;
            m14 = m15;
            m15 = m8;
            m8 = swap;
        }
        out[0] = v0 ^ v8;
        out[1] = v1 ^ v9;
        out[2] = v2 ^ v10;
        out[3] = v3 ^ v11;
        out[4] = v4 ^ v12;
        out[5] = v5 ^ v13;
        out[6] = v6 ^ v14;
        out[7] = v7 ^ v15;
    }
}
