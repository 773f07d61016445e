package io.plakar.kloset.codec;

import static io.plakar.kloset.codec.Blake3Block.CHUNK_END;
import static io.plakar.kloset.codec.Blake3Block.CHUNK_START;
import static io.plakar.kloset.codec.Blake3Block.KEYED_HASH;
import static io.plakar.kloset.codec.Blake3Block.PARENT;
import static io.plakar.kloset.codec.Blake3Block.ROOT;

import io.plakar.connector.Mac;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * BLAKE3 with 32 bytes of output, plain or keyed, fed in pieces. Not thread-safe; after {@link #finish} or
 * {@link #reset} it is as new and may be used again.
 */
public final class Blake3 {
    // A hash is a binary tree over chunks of 1 KiB. Chaining values of complete subtrees wait on a stack whose depth,
    // once merged, is the number of ones in the count of chunks so far. Merging is put off until more input comes,
    // since the last merge is the root and has a flag of its own. Whole aligned runs of chunks go to the lane kernel,
    // which leaves the two halves of their subtree; everything else takes the scalar way block by block.

    private static final int CHUNK = 1024;
    private static final int BLOCK = 64;

    /** Chaining values on the stack at most: 2^54 chunks, and one not merged yet. */
    private static final int STACK = 55;

    private static final int[] IV = {
        Blake3Block.IV0, Blake3Block.IV1, Blake3Block.IV2, Blake3Block.IV3,
        Blake3Block.IV4, Blake3Block.IV5, Blake3Block.IV6, Blake3Block.IV7
    };

    private final int[] key;
    private final int mode;

    private final int[] stack = new int[8 * STACK];
    private int depth;

    /** Chaining value of the chunk being read, and its last block, which is compressed only when more follows. */
    private final int[] cv = new int[8];

    private final byte[] block = new byte[BLOCK];
    private int blockLength;
    private int blocks;
    private long chunks;

    private final int[] words = new int[CHUNK / Integer.BYTES];
    private final int[] pair = new int[16];
    private final int[] parentValue = new int[8];
    private @Nullable LaneKernel kernel;
    private int @Nullable [] values;
    private byte @Nullable [] heap;

    private Blake3(int[] key, int mode) {
        this.key = key;
        this.mode = mode;
        reset();
    }

    /** The plain hash. */
    public static Blake3 unkeyed() {
        return new Blake3(IV, 0);
    }

    /** The keyed hash ("keyed_hash" mode); copies the key. */
    public static Blake3 keyed(byte[] key) {
        return new Blake3(keyWords(key), KEYED_HASH);
    }

    static Blake3 keyed(int[] keyWords) {
        return new Blake3(keyWords, KEYED_HASH);
    }

    static int[] keyWords(byte[] key) {
        if (key.length != Mac.BYTES) {
            throw new IllegalArgumentException("a BLAKE3 key has 32 bytes, not " + key.length);
        }
        int[] words = new int[8];
        Blake3Block.words(key, 0, words, 8);
        return words;
    }

    /** Hash of {@code data[offset, offset + length)}, keyed if {@code key} is given. */
    public static byte[] hash(byte @Nullable [] key, byte[] data, int offset, int length) {
        Blake3 hash = key == null ? unkeyed() : keyed(key);
        hash.update(data, offset, length);
        byte[] out = new byte[Mac.BYTES];
        hash.finish().copyTo(out, 0);
        return out;
    }

    /** Forgets everything fed so far. */
    public void reset() {
        depth = 0;
        chunks = 0;
        startChunk();
    }

    private void startChunk() {
        System.arraycopy(key, 0, cv, 0, 8);
        blockLength = 0;
        blocks = 0;
    }

    /** Feeds {@code data[offset, offset + length)}. */
    public void update(byte[] data, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, data.length);
        int at = offset;
        int left = length;
        while (left > 0) {
            if (blockLength == BLOCK) {
                completeBlock();
            }
            if (blockLength == 0 && blocks == 0 && left >= CHUNK) {
                int run = runLength(left / CHUNK);
                if (run > 0) {
                    hashRun(data, at, run);
                    at += run * CHUNK;
                    left -= run * CHUNK;
                    continue;
                }
            }
            if (blockLength == 0 && left > BLOCK && blocks < 15) {
                // Straight from the caller's array; the last block of a chunk goes through the buffer.
                int n = Math.min(15 - blocks, (left - 1) / BLOCK);
                Blake3Block.words(data, at, words, 16 * n);
                for (int i = 0; i < n; i++) {
                    Blake3Block.compress(cv, words, 16 * i, BLOCK, chunks, blockFlags(), cv);
                    blocks++;
                }
                at += n * BLOCK;
                left -= n * BLOCK;
                continue;
            }
            int n = Math.min(BLOCK - blockLength, left);
            System.arraycopy(data, at, block, blockLength, n);
            blockLength += n;
            at += n;
            left -= n;
        }
    }

    /** Feeds the bytes between position and limit, and moves the position to the limit. */
    public void update(ByteBuffer data) {
        if (data.hasArray()) {
            update(data.array(), data.arrayOffset() + data.position(), data.remaining());
            data.position(data.limit());
            return;
        }
        byte[] copy = heap;
        if (copy == null) {
            copy = new byte[64 * CHUNK];
            heap = copy;
        }
        while (data.hasRemaining()) {
            int n = Math.min(copy.length, data.remaining());
            data.get(copy, 0, n);
            update(copy, 0, n);
        }
    }

    /** The hash of everything fed since the last reset; resets. */
    public Mac finish() {
        int[] out = cv;
        if (depth == 0) {
            compressLast(blockFlags() | CHUNK_END | ROOT, chunks, out);
        } else {
            int top = depth;
            if (blockLength > 0) {
                merge();
                top = depth;
                compressLast(blockFlags() | CHUNK_END, chunks, out);
            } else {
                top--;
                System.arraycopy(stack, 8 * top, out, 0, 8);
            }
            while (top > 0) {
                top--;
                parent(stack, 8 * top, out, 0, top == 0 ? ROOT : 0, out, 0);
            }
        }
        Mac mac = Mac.of(word(out[0], out[1]), word(out[2], out[3]), word(out[4], out[5]), word(out[6], out[7]));
        reset();
        return mac;
    }

    private static long word(int low, int high) {
        return (Integer.toUnsignedLong(Integer.reverseBytes(low)) << 32)
                | Integer.toUnsignedLong(Integer.reverseBytes(high));
    }

    private void compressLast(int flags, long counter, int[] out) {
        Arrays.fill(block, blockLength, BLOCK, (byte) 0);
        Blake3Block.words(block, 0, words, 16);
        Blake3Block.compress(cv, words, 0, blockLength, counter, flags, out);
    }

    private int blockFlags() {
        return blocks == 0 ? mode | CHUNK_START : mode;
    }

    /** Compresses the full block buffer, now that more input is known to follow. */
    private void completeBlock() {
        Blake3Block.words(block, 0, words, 16);
        if (blocks < 15) {
            Blake3Block.compress(cv, words, 0, BLOCK, chunks, blockFlags(), cv);
            blocks++;
            blockLength = 0;
        } else {
            Blake3Block.compress(cv, words, 0, BLOCK, chunks, mode | CHUNK_END, cv);
            push(cv, 0);
            chunks++;
            startChunk();
        }
    }

    private void push(int[] value, int offset) {
        merge();
        System.arraycopy(value, offset, stack, 8 * depth, 8);
        depth++;
    }

    /** Merges the subtrees which the chunks counted so far have completed; legal only when more input is there. */
    private void merge() {
        int merged = Long.bitCount(chunks);
        while (depth > merged) {
            depth--;
            parent(stack, 8 * (depth - 1), stack, 8 * depth, 0, stack, 8 * (depth - 1));
        }
    }

    private void parent(int[] left, int leftAt, int[] right, int rightAt, int flags, int[] out, int outAt) {
        System.arraycopy(left, leftAt, pair, 0, 8);
        System.arraycopy(right, rightAt, pair, 8, 8);
        int[] result = parentValue;
        Blake3Block.compress(key, pair, 0, BLOCK, 0, mode | PARENT | flags, result);
        System.arraycopy(result, 0, out, outAt, 8);
    }

    /** Hands long runs of chunks to {@code lanes} from now on. */
    void use(LaneKernel lanes) {
        kernel = lanes;
        values = new int[8 * lanes.lanes()];
    }

    /** How many of {@code whole} chunks the lane kernel should take now: an aligned power of two, or 0. */
    private int runLength(int whole) {
        LaneKernel lanes = kernel;
        if (lanes == null) {
            if (whole < LaneKernels.WORTHWHILE) {
                return 0;
            }
            lanes = LaneKernels.afterChunk();
            if (lanes == null) {
                return 0;
            }
            use(lanes);
        }
        int run = Math.min(lanes.lanes(), Integer.highestOneBit(whole));
        if (chunks != 0) {
            run = (int) Math.min(run, Long.lowestOneBit(chunks));
        }
        return run < lanes.worthwhile() ? 0 : run;
    }

    private void hashRun(byte[] data, int offset, int run) {
        LaneKernel lanes = Objects.requireNonNull(kernel);
        int[] out = Objects.requireNonNull(values);
        lanes.chunks(data, offset, run, chunks, key, mode, out);
        int nodes = run;
        while (nodes > 2) {
            int parents = nodes / 2;
            if (parents >= lanes.worthwhile()) {
                lanes.parents(out, parents, key, mode | PARENT);
            } else {
                for (int i = 0; i < parents; i++) {
                    parent(out, 16 * i, out, 16 * i + 8, 0, out, 8 * i);
                }
            }
            nodes = parents;
        }
        push(out, 0);
        chunks += run / 2;
        push(out, 8);
        chunks += run / 2;
    }
}
