package io.plakar.kloset.content;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.vfs.FileObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The decoded chunks that readers of a store need now or soon, for many readers at once: each chunk is fetched, decoded
 * and verified once, by one of a few threads. Holds no more than its capacity, but for what readers are waiting for at
 * this moment. Safe for use by many threads; to be closed before the store is.
 */
public final class ChunkCache implements AutoCloseable {
    /*
     * Decoding runs on threads of this class and never on the reader's: the codec keeps scratch memory per thread, and
     * readers may be hundreds of short-lived threads. What a reader waits for goes to the head of the queue; read-ahead
     * queues behind, and may fill half of the cache with what nobody has asked for yet, so that many readers at once
     * do not throw out each other's chunks.
     */
    private enum Phase {
        QUEUED,
        LOADING,
        LOADED,
        FAILED
    }

    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private static final class Slot {
        final FileObject object;
        final int index;
        final Mac id;
        final long bytes;
        Phase phase = Phase.QUEUED;
        boolean wanted;
        byte @Nullable [] chunk;

        @Nullable
        Throwable failure;

        Slot(FileObject object, int index, Mac id) {
            this.object = object;
            this.index = index;
            this.id = id;
            this.bytes = object.chunkLength(index);
        }
    }

    private final ContentReader contents;
    private final long capacity;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<Mac, Slot> slots = new LinkedHashMap<>(64, 0.75f, true);
    private final ArrayDeque<Slot> queue = new ArrayDeque<>();
    private long held;
    private long unasked;
    private boolean closed;

    /**
     * @param capacity bytes of decoded chunks to keep
     * @param loaders how many chunks are fetched and decoded at a time
     */
    public ChunkCache(ContentReader contents, long capacity, int loaders) {
        this.contents = contents;
        this.capacity = capacity;
        for (int i = 0; i < loaders; i++) {
            threads.add(Thread.ofPlatform().daemon().name("chunks-" + i).start(this::load));
        }
    }

    /**
     * A chunk of an object, waited for if need be.
     *
     * @return shared, not to be changed
     * @throws KlosetException as the store says; the next call tries again
     * @throws InterruptedException also when the cache is closed meanwhile
     */
    public byte[] get(FileObject object, int index) throws KlosetException, InterruptedException {
        Slot slot;
        synchronized (slots) {
            checkOpen();
            Mac id = object.chunkMac(index);
            Slot known = slots.get(id);
            // Two objects that disagree about a chunk's length: each has to hear it from its own attempt.
            slot = known == null || known.bytes != object.chunkLength(index) ? add(object, index, id) : known;
            if (!slot.wanted) {
                slot.wanted = true;
                unasked -= slot.bytes;
            }
            if (slot.phase == Phase.QUEUED && queue.peekFirst() != slot) {
                queue.remove(slot);
                queue.addFirst(slot);
            }
            while (slot.phase == Phase.QUEUED || slot.phase == Phase.LOADING) {
                slots.wait();
                checkOpen();
            }
        }
        byte[] chunk = slot.chunk;
        if (chunk != null) {
            return chunk;
        }
        throw failed(slot.failure);
    }

    private void checkOpen() throws InterruptedException {
        if (closed) {
            throw new InterruptedException("the cache of chunks was closed");
        }
    }

    private static KlosetException failed(@Nullable Throwable failure) {
        // Thrown by another thread, and to be thrown by several: each gets one of its own.
        if (failure instanceof KlosetException.Missing) {
            return new KlosetException.Missing(String.valueOf(failure.getMessage()), failure);
        }
        if (failure instanceof KlosetException.Corrupt) {
            return new KlosetException.Corrupt(String.valueOf(failure.getMessage()), failure);
        }
        if (failure instanceof KlosetException engine) {
            return engine;
        }
        throw new IllegalStateException("a chunk could not be decoded", failure);
    }

    /**
     * Has a chunk loaded soon if there is room for it. Nothing waits, nothing fails.
     *
     * @return false when there is no room now
     */
    public boolean prefetch(FileObject object, int index) {
        synchronized (slots) {
            Mac id = object.chunkMac(index);
            if (slots.containsKey(id)) {
                return true;
            }
            if (closed || unasked + object.chunkLength(index) > capacity / 2) {
                return false;
            }
            add(object, index, id);
            return true;
        }
    }

    private Slot add(FileObject object, int index, Mac id) {
        Slot slot = new Slot(object, index, id);
        Slot before = slots.put(id, slot);
        if (before != null) {
            forget(before);
        }
        held += slot.bytes;
        unasked += slot.bytes;
        evict();
        queue.addLast(slot);
        slots.notifyAll();
        return slot;
    }

    private void forget(Slot slot) {
        held -= slot.bytes;
        if (!slot.wanted) {
            unasked -= slot.bytes;
            // A reader that asks for it later makes a slot of its own.
            slot.wanted = true;
        }
    }

    private void evict() {
        Iterator<Slot> oldest = slots.values().iterator();
        while (held > capacity && oldest.hasNext()) {
            Slot slot = oldest.next();
            if (slot.phase == Phase.LOADED) {
                oldest.remove();
                forget(slot);
            }
        }
    }

    private void load() {
        while (true) {
            Slot slot;
            synchronized (slots) {
                while (queue.isEmpty() && !closed) {
                    try {
                        slots.wait();
                    } catch (InterruptedException e) {
                        return;
                    }
                }
                if (closed) {
                    return;
                }
                slot = queue.removeFirst();
                slot.phase = Phase.LOADING;
            }
            byte[] chunk = null;
            Throwable failure = null;
            try {
                chunk = contents.chunk(slot.object, slot.index);
            } catch (KlosetException | RuntimeException | OutOfMemoryError e) {
                failure = e;
            }
            synchronized (slots) {
                slot.chunk = chunk;
                slot.failure = failure;
                slot.phase = chunk != null ? Phase.LOADED : Phase.FAILED;
                if (chunk == null && slots.get(slot.id) == slot) {
                    slots.remove(slot.id);
                    forget(slot);
                }
                evict();
                slots.notifyAll();
            }
        }
    }

    /** Bytes of chunks held or being loaded. */
    public long heldBytes() {
        synchronized (slots) {
            return held;
        }
    }

    /**
     * Wakes those who wait and ends the threads. It waits for them, as they use the store, but not for ever: one that a
     * store keeps waiting in spite of an interruption is left behind.
     */
    @Override
    public void close() {
        synchronized (slots) {
            closed = true;
            queue.clear();
            slots.notifyAll();
        }
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        long until = System.nanoTime() + LONGEST_CLOSE.toNanos();
        for (Thread thread : threads) {
            while (thread.isAlive() && System.nanoTime() < until) {
                try {
                    thread.join(Duration.ofNanos(Math.max(1, until - System.nanoTime())));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
