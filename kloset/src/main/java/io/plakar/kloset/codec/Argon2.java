package io.plakar.kloset.codec;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bouncycastle.crypto.digests.Blake2bDigest;

/** Argon2id version 0x13 (RFC 9106) in plain Java, for machines without the system library. One run per instance. */
final class Argon2 {
    // The matrix of 1 KiB blocks lies off the heap and is given back at once, so that a small heap can open a store
    // whose
    // key wants 256 MiB. Block arithmetic happens in heap arrays of 128 longs, which the compiler keeps free of bounds
    // checks. Lanes run one after the other: the result is the same, and a store has one lane.

    private static final int VERSION = 0x13;
    private static final int TYPE_ID = 2;
    private static final int BLOCK_LONGS = 128;
    private static final int BLOCK_BYTES = 8 * BLOCK_LONGS;
    private static final int SLICES = 4;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final int passes;
    private final int lanes;
    private final int memory;
    private final int segment;
    private final int lane;
    private final MemorySegment matrix;

    private final long[] previous = new long[BLOCK_LONGS];
    private final long[] sum = new long[BLOCK_LONGS];
    private final long[] z = new long[BLOCK_LONGS];
    private final long[] addressInput = new long[BLOCK_LONGS];
    private final long[] addresses = new long[BLOCK_LONGS];

    private Argon2(int passes, int lanes, int memory, MemorySegment matrix) {
        this.passes = passes;
        this.lanes = lanes;
        this.memory = memory;
        this.lane = memory / lanes;
        this.segment = lane / SLICES;
        this.matrix = matrix;
    }

    /**
     * The key.
     *
     * @param memoryKiB at least {@code 8 * lanes}
     */
    static byte[] derive(
            byte[] password,
            byte[] salt,
            byte[] secret,
            byte[] associated,
            int passes,
            int memoryKiB,
            int lanes,
            int keyLength) {
        byte[] seed = seed(password, salt, secret, associated, passes, memoryKiB, lanes, keyLength);
        int memory = memoryKiB / (SLICES * lanes) * (SLICES * lanes);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment matrix = arena.allocate((long) memory * BLOCK_BYTES, 64);
            Argon2 run = new Argon2(passes, lanes, memory, matrix);
            run.start(seed);
            run.fill();
            return run.finish(keyLength);
        } finally {
            Arrays.fill(seed, (byte) 0);
        }
    }

    private static byte[] seed(
            byte[] password,
            byte[] salt,
            byte[] secret,
            byte[] associated,
            int passes,
            int memoryKiB,
            int lanes,
            int keyLength) {
        Blake2bDigest digest = new Blake2bDigest(512);
        for (int word : new int[] {lanes, keyLength, memoryKiB, passes, VERSION, TYPE_ID}) {
            update(digest, word);
        }
        for (byte[] part : new byte[][] {password, salt, secret, associated}) {
            update(digest, part.length);
            digest.update(part, 0, part.length);
        }
        byte[] out = new byte[64];
        digest.doFinal(out, 0);
        return out;
    }

    private static void update(Blake2bDigest digest, int word) {
        for (int i = 0; i < 4; i++) {
            digest.update((byte) (word >>> (8 * i)));
        }
    }

    /** The variable-length hash H'. */
    private static byte[] stretch(byte[] in, int length) {
        byte[] out = new byte[length];
        Blake2bDigest digest = new Blake2bDigest(8 * Math.min(64, length));
        update(digest, length);
        digest.update(in, 0, in.length);
        if (length <= 64) {
            digest.doFinal(out, 0);
            return out;
        }
        byte[] link = new byte[64];
        digest.doFinal(link, 0);
        int at = 0;
        System.arraycopy(link, 0, out, at, 32);
        at += 32;
        while (length - at > 64) {
            digest = new Blake2bDigest(512);
            digest.update(link, 0, 64);
            digest.doFinal(link, 0);
            System.arraycopy(link, 0, out, at, 32);
            at += 32;
        }
        digest = new Blake2bDigest(8 * (length - at));
        digest.update(link, 0, 64);
        digest.doFinal(out, at);
        return out;
    }

    /** Sets the first two blocks of each lane. */
    private void start(byte[] seed) {
        byte[] in = Arrays.copyOf(seed, seed.length + 8);
        for (int l = 0; l < lanes; l++) {
            in[68] = (byte) l;
            for (int column = 0; column < 2; column++) {
                in[64] = (byte) column;
                byte[] bytes = stretch(in, BLOCK_BYTES);
                for (int i = 0; i < BLOCK_LONGS; i++) {
                    z[i] = (long) LONGS.get(bytes, 8 * i);
                }
                store(z, l * lane + column);
            }
        }
        Arrays.fill(in, (byte) 0);
    }

    private void load(int block, long[] into) {
        MemorySegment.copy(matrix, ValueLayout.JAVA_LONG, (long) block * BLOCK_BYTES, into, 0, BLOCK_LONGS);
    }

    private void store(long[] from, int block) {
        MemorySegment.copy(from, 0, matrix, ValueLayout.JAVA_LONG, (long) block * BLOCK_BYTES, BLOCK_LONGS);
    }

    private void fill() {
        for (int pass = 0; pass < passes; pass++) {
            for (int slice = 0; slice < SLICES; slice++) {
                for (int l = 0; l < lanes; l++) {
                    fillSegment(pass, slice, l);
                }
            }
        }
    }

    private void fillSegment(int pass, int slice, int own) {
        boolean independent = pass == 0 && slice < 2;
        if (independent) {
            Arrays.fill(addressInput, 0);
            addressInput[0] = pass;
            addressInput[1] = own;
            addressInput[2] = slice;
            addressInput[3] = memory;
            addressInput[4] = passes;
            addressInput[5] = TYPE_ID;
        }
        int first = pass == 0 && slice == 0 ? 2 : 0;
        int column = slice * segment + first;
        load(own * lane + (column == 0 ? lane : column) - 1, previous);
        for (int index = first; index < segment; index++, column++) {
            long pseudo;
            if (independent) {
                if (index == first || index % BLOCK_LONGS == 0) {
                    nextAddresses();
                }
                pseudo = addresses[index % BLOCK_LONGS];
            } else {
                pseudo = previous[0];
            }
            int reference = reference(pass, slice, own, index, pseudo);
            fillBlock(reference, own * lane + column, pass > 0);
        }
    }

    /** Where the block at {@code index} of the segment takes its second input from. */
    private int reference(int pass, int slice, int own, int index, long pseudo) {
        int from = pass == 0 && slice == 0 ? own : (int) ((pseudo >>> 32) % lanes);
        int area = pass == 0 ? slice * segment : lane - segment;
        if (from == own) {
            area += index - 1;
        } else if (index == 0) {
            area--;
        }
        long x = pseudo & 0xffffffffL;
        x = (x * x) >>> 32;
        long back = area - 1 - ((area * x) >>> 32);
        int begin = pass == 0 || slice == SLICES - 1 ? 0 : (slice + 1) * segment;
        return from * lane + (int) ((begin + back) % lane);
    }

    private void nextAddresses() {
        addressInput[6]++;
        System.arraycopy(addressInput, 0, addresses, 0, BLOCK_LONGS);
        compressInPlace(addresses);
        compressInPlace(addresses);
    }

    private void compressInPlace(long[] block) {
        System.arraycopy(block, 0, z, 0, BLOCK_LONGS);
        permute(z);
        for (int i = 0; i < BLOCK_LONGS; i++) {
            block[i] ^= z[i];
        }
    }

    /** Computes one block from the previous one and {@code reference}; leaves it in {@code previous} as well. */
    private void fillBlock(int reference, int target, boolean overwrite) {
        final long[] r = sum;
        final long[] w = z;
        final long[] p = previous;
        load(reference, w);
        for (int i = 0; i < BLOCK_LONGS; i++) {
            long x = w[i] ^ p[i];
            w[i] = x;
            r[i] = x;
        }
        permute(w);
        if (overwrite) {
            load(target, p);
            for (int i = 0; i < BLOCK_LONGS; i++) {
                p[i] ^= w[i] ^ r[i];
            }
        } else {
            for (int i = 0; i < BLOCK_LONGS; i++) {
                p[i] = w[i] ^ r[i];
            }
        }
        store(p, target);
    }

    private static void permute(long[] z) {
        for (int i = 0; i < 8; i++) {
            row(z, 16 * i);
        }
        for (int i = 0; i < 8; i++) {
            column(z, 2 * i);
        }
    }

    private static long mix(long x, long y) {
        return x + y + 2 * (x & 0xffffffffL) * (y & 0xffffffffL);
    }

    /** The BLAKE2b round with multiplications over 16 words side by side. */
    private static void row(long[] z, int at) {
        long v0 = z[at];
        long v1 = z[at + 1];
        long v2 = z[at + 2];
        long v3 = z[at + 3];
        long v4 = z[at + 4];
        long v5 = z[at + 5];
        long v6 = z[at + 6];
        long v7 = z[at + 7];
        long v8 = z[at + 8];
        long v9 = z[at + 9];
        long v10 = z[at + 10];
        long v11 = z[at + 11];
        long v12 = z[at + 12];
        long v13 = z[at + 13];
        long v14 = z[at + 14];
        long v15 = z[at + 15];
        v0 = mix(v0, v4);
        v12 = Long.rotateRight(v12 ^ v0, 32);
        v8 = mix(v8, v12);
        v4 = Long.rotateRight(v4 ^ v8, 24);
        v0 = mix(v0, v4);
        v12 = Long.rotateRight(v12 ^ v0, 16);
        v8 = mix(v8, v12);
        v4 = Long.rotateRight(v4 ^ v8, 63);
        v1 = mix(v1, v5);
        v13 = Long.rotateRight(v13 ^ v1, 32);
        v9 = mix(v9, v13);
        v5 = Long.rotateRight(v5 ^ v9, 24);
        v1 = mix(v1, v5);
        v13 = Long.rotateRight(v13 ^ v1, 16);
        v9 = mix(v9, v13);
        v5 = Long.rotateRight(v5 ^ v9, 63);
        v2 = mix(v2, v6);
        v14 = Long.rotateRight(v14 ^ v2, 32);
        v10 = mix(v10, v14);
        v6 = Long.rotateRight(v6 ^ v10, 24);
        v2 = mix(v2, v6);
        v14 = Long.rotateRight(v14 ^ v2, 16);
        v10 = mix(v10, v14);
        v6 = Long.rotateRight(v6 ^ v10, 63);
        v3 = mix(v3, v7);
        v15 = Long.rotateRight(v15 ^ v3, 32);
        v11 = mix(v11, v15);
        v7 = Long.rotateRight(v7 ^ v11, 24);
        v3 = mix(v3, v7);
        v15 = Long.rotateRight(v15 ^ v3, 16);
        v11 = mix(v11, v15);
        v7 = Long.rotateRight(v7 ^ v11, 63);
        v0 = mix(v0, v5);
        v15 = Long.rotateRight(v15 ^ v0, 32);
        v10 = mix(v10, v15);
        v5 = Long.rotateRight(v5 ^ v10, 24);
        v0 = mix(v0, v5);
        v15 = Long.rotateRight(v15 ^ v0, 16);
        v10 = mix(v10, v15);
        v5 = Long.rotateRight(v5 ^ v10, 63);
        v1 = mix(v1, v6);
        v12 = Long.rotateRight(v12 ^ v1, 32);
        v11 = mix(v11, v12);
        v6 = Long.rotateRight(v6 ^ v11, 24);
        v1 = mix(v1, v6);
        v12 = Long.rotateRight(v12 ^ v1, 16);
        v11 = mix(v11, v12);
        v6 = Long.rotateRight(v6 ^ v11, 63);
        v2 = mix(v2, v7);
        v13 = Long.rotateRight(v13 ^ v2, 32);
        v8 = mix(v8, v13);
        v7 = Long.rotateRight(v7 ^ v8, 24);
        v2 = mix(v2, v7);
        v13 = Long.rotateRight(v13 ^ v2, 16);
        v8 = mix(v8, v13);
        v7 = Long.rotateRight(v7 ^ v8, 63);
        v3 = mix(v3, v4);
        v14 = Long.rotateRight(v14 ^ v3, 32);
        v9 = mix(v9, v14);
        v4 = Long.rotateRight(v4 ^ v9, 24);
        v3 = mix(v3, v4);
        v14 = Long.rotateRight(v14 ^ v3, 16);
        v9 = mix(v9, v14);
        v4 = Long.rotateRight(v4 ^ v9, 63);
        z[at] = v0;
        z[at + 1] = v1;
        z[at + 2] = v2;
        z[at + 3] = v3;
        z[at + 4] = v4;
        z[at + 5] = v5;
        z[at + 6] = v6;
        z[at + 7] = v7;
        z[at + 8] = v8;
        z[at + 9] = v9;
        z[at + 10] = v10;
        z[at + 11] = v11;
        z[at + 12] = v12;
        z[at + 13] = v13;
        z[at + 14] = v14;
        z[at + 15] = v15;
    }

    /** The same round over eight pairs of words, 16 apart; a copy, because constant distances spare the bounds checks. */
    private static void column(long[] z, int at) {
        long v0 = z[at];
        long v1 = z[at + 1];
        long v2 = z[at + 16];
        long v3 = z[at + 17];
        long v4 = z[at + 32];
        long v5 = z[at + 33];
        long v6 = z[at + 48];
        long v7 = z[at + 49];
        long v8 = z[at + 64];
        long v9 = z[at + 65];
        long v10 = z[at + 80];
        long v11 = z[at + 81];
        long v12 = z[at + 96];
        long v13 = z[at + 97];
        long v14 = z[at + 112];
        long v15 = z[at + 113];
        v0 = mix(v0, v4);
        v12 = Long.rotateRight(v12 ^ v0, 32);
        v8 = mix(v8, v12);
        v4 = Long.rotateRight(v4 ^ v8, 24);
        v0 = mix(v0, v4);
        v12 = Long.rotateRight(v12 ^ v0, 16);
        v8 = mix(v8, v12);
        v4 = Long.rotateRight(v4 ^ v8, 63);
        v1 = mix(v1, v5);
        v13 = Long.rotateRight(v13 ^ v1, 32);
        v9 = mix(v9, v13);
        v5 = Long.rotateRight(v5 ^ v9, 24);
        v1 = mix(v1, v5);
        v13 = Long.rotateRight(v13 ^ v1, 16);
        v9 = mix(v9, v13);
        v5 = Long.rotateRight(v5 ^ v9, 63);
        v2 = mix(v2, v6);
        v14 = Long.rotateRight(v14 ^ v2, 32);
        v10 = mix(v10, v14);
        v6 = Long.rotateRight(v6 ^ v10, 24);
        v2 = mix(v2, v6);
        v14 = Long.rotateRight(v14 ^ v2, 16);
        v10 = mix(v10, v14);
        v6 = Long.rotateRight(v6 ^ v10, 63);
        v3 = mix(v3, v7);
        v15 = Long.rotateRight(v15 ^ v3, 32);
        v11 = mix(v11, v15);
        v7 = Long.rotateRight(v7 ^ v11, 24);
        v3 = mix(v3, v7);
        v15 = Long.rotateRight(v15 ^ v3, 16);
        v11 = mix(v11, v15);
        v7 = Long.rotateRight(v7 ^ v11, 63);
        v0 = mix(v0, v5);
        v15 = Long.rotateRight(v15 ^ v0, 32);
        v10 = mix(v10, v15);
        v5 = Long.rotateRight(v5 ^ v10, 24);
        v0 = mix(v0, v5);
        v15 = Long.rotateRight(v15 ^ v0, 16);
        v10 = mix(v10, v15);
        v5 = Long.rotateRight(v5 ^ v10, 63);
        v1 = mix(v1, v6);
        v12 = Long.rotateRight(v12 ^ v1, 32);
        v11 = mix(v11, v12);
        v6 = Long.rotateRight(v6 ^ v11, 24);
        v1 = mix(v1, v6);
        v12 = Long.rotateRight(v12 ^ v1, 16);
        v11 = mix(v11, v12);
        v6 = Long.rotateRight(v6 ^ v11, 63);
        v2 = mix(v2, v7);
        v13 = Long.rotateRight(v13 ^ v2, 32);
        v8 = mix(v8, v13);
        v7 = Long.rotateRight(v7 ^ v8, 24);
        v2 = mix(v2, v7);
        v13 = Long.rotateRight(v13 ^ v2, 16);
        v8 = mix(v8, v13);
        v7 = Long.rotateRight(v7 ^ v8, 63);
        v3 = mix(v3, v4);
        v14 = Long.rotateRight(v14 ^ v3, 32);
        v9 = mix(v9, v14);
        v4 = Long.rotateRight(v4 ^ v9, 24);
        v3 = mix(v3, v4);
        v14 = Long.rotateRight(v14 ^ v3, 16);
        v9 = mix(v9, v14);
        v4 = Long.rotateRight(v4 ^ v9, 63);
        z[at] = v0;
        z[at + 1] = v1;
        z[at + 16] = v2;
        z[at + 17] = v3;
        z[at + 32] = v4;
        z[at + 33] = v5;
        z[at + 48] = v6;
        z[at + 49] = v7;
        z[at + 64] = v8;
        z[at + 65] = v9;
        z[at + 80] = v10;
        z[at + 81] = v11;
        z[at + 96] = v12;
        z[at + 97] = v13;
        z[at + 112] = v14;
        z[at + 113] = v15;
    }

    private byte[] finish(int keyLength) {
        long[] last = new long[BLOCK_LONGS];
        for (int l = 0; l < lanes; l++) {
            load(l * lane + lane - 1, z);
            for (int i = 0; i < BLOCK_LONGS; i++) {
                last[i] ^= z[i];
            }
        }
        byte[] bytes = new byte[BLOCK_BYTES];
        for (int i = 0; i < BLOCK_LONGS; i++) {
            LONGS.set(bytes, 8 * i, last[i]);
        }
        byte[] key = stretch(bytes, keyLength);
        matrix.fill((byte) 0);
        Arrays.fill(bytes, (byte) 0);
        Arrays.fill(last, 0);
        Arrays.fill(z, 0);
        Arrays.fill(sum, 0);
        Arrays.fill(previous, 0);
        return key;
    }
}
