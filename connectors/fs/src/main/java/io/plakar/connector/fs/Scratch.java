package io.plakar.connector.fs;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Native memory for the arguments of one call at a time, lent by a {@link Pool} and given back by closing it. Used by
 * one thread while lent.
 */
final class Scratch implements AutoCloseable {
    /** Longest path the kernel takes in one call, with the NUL. */
    static final int PATH_BYTES = 4096;

    /** Largest value of an extended attribute and of an attribute name list on Linux. */
    static final int VALUE_BYTES = 65536;

    /** Scratch memory not in use. Holds at most as many as were lent at once. */
    static final class Pool {
        private final ConcurrentLinkedQueue<Scratch> free = new ConcurrentLinkedQueue<>();

        Scratch lend() {
            Scratch scratch = free.poll();
            return scratch != null ? scratch : new Scratch(this);
        }
    }

    private final Pool pool;
    private final Arena arena = Arena.ofAuto();

    /** For the error number. */
    final MemorySegment state = arena.allocate(Linker.Option.captureStateLayout());

    final MemorySegment first = arena.allocate(PATH_BYTES);
    final MemorySegment second = arena.allocate(PATH_BYTES);
    final MemorySegment statx = arena.allocate(256, 8);
    final MemorySegment times = arena.allocate(32, 8);

    /** For lists, attribute values and copies of heap buffers. */
    final MemorySegment value = arena.allocate(VALUE_BYTES, 8);

    private Scratch(Pool pool) {
        this.pool = pool;
    }

    /** Puts {@code text} and a NUL into {@code segment}; {@code false} when it does not fit. */
    static boolean put(MemorySegment segment, byte[] text) {
        if (text.length >= segment.byteSize()) {
            return false;
        }
        MemorySegment.copy(text, 0, segment, ValueLayout.JAVA_BYTE, 0, text.length);
        segment.set(ValueLayout.JAVA_BYTE, text.length, (byte) 0);
        return true;
    }

    @Override
    public void close() {
        pool.free.add(this);
    }
}
