package io.plakar.kloset.codec;

import java.util.Arrays;

/** The lane kernel in plain Java: loops over rows of one array, shaped so that C2 turns them into vector code. */
final class ArrayLanes implements LaneKernel {
    // Row r of the array holds word r of every lane. C2 vectorises a loop only if it can prove that no store hits a
    // later
    // load, and it proves that for constant distances within one array, not between two arrays. So state, message and
    // chaining values share one array, all row numbers are constants, and the message is permuted where it lies, in a
    // loop of its own. The loops always run over all lanes, because a constant trip count is worth more than idle
    // lanes:
    // what is left over at both ends of a vectorised loop runs one lane at a time, hence so many lanes.

    private static final int LANES = 128;

    /** From this many chunks on a run is faster here than in scalar code, in spite of the idle lanes. */
    static final int WORTHWHILE = 64;

    private static final int CHAINING = 32;

    private static final int CHUNK_WORDS = 256;

    private final int[] rows = new int[40 * LANES];
    private final int[] words = new int[CHUNK_WORDS * LANES];

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public int worthwhile() {
        return WORTHWHILE;
    }

    @Override
    public void chunks(byte[] data, int offset, int count, long counter, int[] key, int flags, int[] out) {
        final int[] s = rows;
        loadKey(s, key);
        Blake3Block.words(data, offset, words, CHUNK_WORDS * count);
        for (int block = 0; block < 16; block++) {
            transpose(words, 16 * block, CHUNK_WORDS, count, s);
            int blockFlags = flags;
            if (block == 0) {
                blockFlags |= Blake3Block.CHUNK_START;
            } else if (block == 15) {
                blockFlags |= Blake3Block.CHUNK_END;
            }
            compress(s, counter, 1, blockFlags);
        }
        store(s, count, out);
    }

    @Override
    public void parents(int[] values, int count, int[] key, int flags) {
        final int[] s = rows;
        loadKey(s, key);
        transpose(values, 0, 16, count, s);
        compress(s, 0, 0, flags);
        store(s, count, values);
    }

    /** Puts the 16 words which each lane has at {@code offset}, {@code stride} apart, into the rows of the message. */
    private static void transpose(int[] from, int offset, int stride, int count, int[] s) {
        for (int l = 0, at = offset; l < count; l++, at += stride) {
            s[16 * LANES + l] = from[at];
            s[17 * LANES + l] = from[at + 1];
            s[18 * LANES + l] = from[at + 2];
            s[19 * LANES + l] = from[at + 3];
            s[20 * LANES + l] = from[at + 4];
            s[21 * LANES + l] = from[at + 5];
            s[22 * LANES + l] = from[at + 6];
            s[23 * LANES + l] = from[at + 7];
            s[24 * LANES + l] = from[at + 8];
            s[25 * LANES + l] = from[at + 9];
            s[26 * LANES + l] = from[at + 10];
            s[27 * LANES + l] = from[at + 11];
            s[28 * LANES + l] = from[at + 12];
            s[29 * LANES + l] = from[at + 13];
            s[30 * LANES + l] = from[at + 14];
            s[31 * LANES + l] = from[at + 15];
        }
    }

    private static void loadKey(int[] s, int[] key) {
        for (int w = 0; w < 8; w++) {
            int row = (CHAINING + w) * LANES;
            Arrays.fill(s, row, row + LANES, key[w]);
        }
    }

    private static void store(int[] s, int count, int[] out) {
        for (int l = 0; l < count; l++) {
            for (int w = 0; w < 8; w++) {
                out[8 * l + w] = s[(CHAINING + w) * LANES + l];
            }
        }
    }

    private static void compress(int[] s, long counter, int step, int flags) {
        System.arraycopy(s, CHAINING * LANES, s, 0, 8 * LANES);
        Arrays.fill(s, 8 * LANES, 9 * LANES, Blake3Block.IV0);
        Arrays.fill(s, 9 * LANES, 10 * LANES, Blake3Block.IV1);
        Arrays.fill(s, 10 * LANES, 11 * LANES, Blake3Block.IV2);
        Arrays.fill(s, 11 * LANES, 12 * LANES, Blake3Block.IV3);
        for (int l = 0; l < LANES; l++) {
            long number = counter + (long) step * l;
            s[12 * LANES + l] = (int) number;
            s[13 * LANES + l] = (int) (number >>> 32);
        }
        Arrays.fill(s, 14 * LANES, 15 * LANES, 64);
        Arrays.fill(s, 15 * LANES, 16 * LANES, flags);
        for (int round = 0; ; round++) {
            round(s);
            if (round == 6) {
                break;
            }
            permute(s);
        }
        mix(s);
    }

    /** One round: the four columns, then the four diagonals. */
    private static void round(int[] s) {
        for (int l = 0; l < LANES; l++) {
            int v0 = s[0 * LANES + l];
            int v1 = s[1 * LANES + l];
            int v2 = s[2 * LANES + l];
            int v3 = s[3 * LANES + l];
            int v4 = s[4 * LANES + l];
            int v5 = s[5 * LANES + l];
            int v6 = s[6 * LANES + l];
            int v7 = s[7 * LANES + l];
            int v8 = s[8 * LANES + l];
            int v9 = s[9 * LANES + l];
            int v10 = s[10 * LANES + l];
            int v11 = s[11 * LANES + l];
            int v12 = s[12 * LANES + l];
            int v13 = s[13 * LANES + l];
            int v14 = s[14 * LANES + l];
            int v15 = s[15 * LANES + l];
            v0 += v4 + s[16 * LANES + l];
            v12 = Integer.rotateRight(v12 ^ v0, 16);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 12);
            v0 += v4 + s[17 * LANES + l];
            v12 = Integer.rotateRight(v12 ^ v0, 8);
            v8 += v12;
            v4 = Integer.rotateRight(v4 ^ v8, 7);
            v1 += v5 + s[18 * LANES + l];
            v13 = Integer.rotateRight(v13 ^ v1, 16);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 12);
            v1 += v5 + s[19 * LANES + l];
            v13 = Integer.rotateRight(v13 ^ v1, 8);
            v9 += v13;
            v5 = Integer.rotateRight(v5 ^ v9, 7);
            v2 += v6 + s[20 * LANES + l];
            v14 = Integer.rotateRight(v14 ^ v2, 16);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 12);
            v2 += v6 + s[21 * LANES + l];
            v14 = Integer.rotateRight(v14 ^ v2, 8);
            v10 += v14;
            v6 = Integer.rotateRight(v6 ^ v10, 7);
            v3 += v7 + s[22 * LANES + l];
            v15 = Integer.rotateRight(v15 ^ v3, 16);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 12);
            v3 += v7 + s[23 * LANES + l];
            v15 = Integer.rotateRight(v15 ^ v3, 8);
            v11 += v15;
            v7 = Integer.rotateRight(v7 ^ v11, 7);
            v0 += v5 + s[24 * LANES + l];
            v15 = Integer.rotateRight(v15 ^ v0, 16);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 12);
            v0 += v5 + s[25 * LANES + l];
            v15 = Integer.rotateRight(v15 ^ v0, 8);
            v10 += v15;
            v5 = Integer.rotateRight(v5 ^ v10, 7);
            v1 += v6 + s[26 * LANES + l];
            v12 = Integer.rotateRight(v12 ^ v1, 16);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 12);
            v1 += v6 + s[27 * LANES + l];
            v12 = Integer.rotateRight(v12 ^ v1, 8);
            v11 += v12;
            v6 = Integer.rotateRight(v6 ^ v11, 7);
            v2 += v7 + s[28 * LANES + l];
            v13 = Integer.rotateRight(v13 ^ v2, 16);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 12);
            v2 += v7 + s[29 * LANES + l];
            v13 = Integer.rotateRight(v13 ^ v2, 8);
            v8 += v13;
            v7 = Integer.rotateRight(v7 ^ v8, 7);
            v3 += v4 + s[30 * LANES + l];
            v14 = Integer.rotateRight(v14 ^ v3, 16);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 12);
            v3 += v4 + s[31 * LANES + l];
            v14 = Integer.rotateRight(v14 ^ v3, 8);
            v9 += v14;
            v4 = Integer.rotateRight(v4 ^ v9, 7);
            s[0 * LANES + l] = v0;
            s[1 * LANES + l] = v1;
            s[2 * LANES + l] = v2;
            s[3 * LANES + l] = v3;
            s[4 * LANES + l] = v4;
            s[5 * LANES + l] = v5;
            s[6 * LANES + l] = v6;
            s[7 * LANES + l] = v7;
            s[8 * LANES + l] = v8;
            s[9 * LANES + l] = v9;
            s[10 * LANES + l] = v10;
            s[11 * LANES + l] = v11;
            s[12 * LANES + l] = v12;
            s[13 * LANES + l] = v13;
            s[14 * LANES + l] = v14;
            s[15 * LANES + l] = v15;
        }
    }

    /** Moves the message words to where the next round wants them. */
    private static void permute(int[] s) {
        for (int l = 0; l < LANES; l++) {
            int m0 = s[16 * LANES + l];
            int m1 = s[17 * LANES + l];
            int m2 = s[18 * LANES + l];
            int m3 = s[19 * LANES + l];
            int m4 = s[20 * LANES + l];
            int m5 = s[21 * LANES + l];
            int m6 = s[22 * LANES + l];
            int m7 = s[23 * LANES + l];
            int m8 = s[24 * LANES + l];
            int m9 = s[25 * LANES + l];
            int m10 = s[26 * LANES + l];
            int m11 = s[27 * LANES + l];
            int m12 = s[28 * LANES + l];
            int m13 = s[29 * LANES + l];
            int m14 = s[30 * LANES + l];
            int m15 = s[31 * LANES + l];
            s[16 * LANES + l] = m2;
            s[17 * LANES + l] = m6;
            s[18 * LANES + l] = m3;
            s[19 * LANES + l] = m10;
            s[20 * LANES + l] = m7;
            s[21 * LANES + l] = m0;
            s[22 * LANES + l] = m4;
            s[23 * LANES + l] = m13;
            s[24 * LANES + l] = m1;
            s[25 * LANES + l] = m11;
            s[26 * LANES + l] = m12;
            s[27 * LANES + l] = m5;
            s[28 * LANES + l] = m9;
            s[29 * LANES + l] = m14;
            s[30 * LANES + l] = m15;
            s[31 * LANES + l] = m8;
        }
    }

    private static void mix(int[] s) {
        for (int l = 0; l < LANES; l++) {
            s[32 * LANES + l] = s[0 * LANES + l] ^ s[8 * LANES + l];
            s[33 * LANES + l] = s[1 * LANES + l] ^ s[9 * LANES + l];
            s[34 * LANES + l] = s[2 * LANES + l] ^ s[10 * LANES + l];
            s[35 * LANES + l] = s[3 * LANES + l] ^ s[11 * LANES + l];
            s[36 * LANES + l] = s[4 * LANES + l] ^ s[12 * LANES + l];
            s[37 * LANES + l] = s[5 * LANES + l] ^ s[13 * LANES + l];
            s[38 * LANES + l] = s[6 * LANES + l] ^ s[14 * LANES + l];
            s[39 * LANES + l] = s[7 * LANES + l] ^ s[15 * LANES + l];
        }
    }
}
