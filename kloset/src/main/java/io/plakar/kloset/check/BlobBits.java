package io.plakar.kloset.check;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/** One bit per blob of a store, by its ordinal in the index; off the heap. Safe for use by many threads. */
final class BlobBits implements AutoCloseable {
    private static final VarHandle WORDS = ValueLayout.JAVA_LONG.varHandle();

    private final Arena arena = Arena.ofShared();
    private final MemorySegment words;

    BlobBits(long blobs) {
        words = arena.allocate(Math.max(1, (blobs + 63) / 64) * Long.BYTES, Long.BYTES);
    }

    boolean get(long ordinal) {
        long word = (long) WORDS.getVolatile(words, ordinal / 64 * Long.BYTES);
        return (word >>> ordinal % 64 & 1) != 0;
    }

    /** Sets a bit; true if it was not set. */
    boolean set(long ordinal) {
        long bit = 1L << ordinal % 64;
        return ((long) WORDS.getAndBitwiseOr(words, ordinal / 64 * Long.BYTES, bit) & bit) == 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
