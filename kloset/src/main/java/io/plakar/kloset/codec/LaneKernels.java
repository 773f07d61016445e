package io.plakar.kloset.codec;

import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Says when a lane kernel is worth its price. The kernel is fast only when the optimising compiler is through with it, which
 * costs about a second of processor time; scalar code is compiled at once. So a process begins with scalar code, and only
 * one that has much to hash goes over. This is about speed alone: both give the same hashes.
 */
final class LaneKernels {
    /** Shorter runs of chunks are not even counted. */
    static final int WORTHWHILE = ArrayLanes.WORTHWHILE;

    /** Chunks of 1 KiB in long runs, hashed by scalar code, after which the kernel pays. */
    private static final long PAYS_AFTER = 384 << 10;

    // Like the compiled code it stands for, the count belongs to the process.
    private static final LongAdder HASHED = new LongAdder();

    private LaneKernels() {}

    /** A kernel if it pays by now, else null; each call stands for one chunk which scalar code hashes otherwise. */
    static @Nullable LaneKernel afterChunk() {
        HASHED.increment();
        return HASHED.sum() < PAYS_AFTER ? null : new ArrayLanes();
    }
}
