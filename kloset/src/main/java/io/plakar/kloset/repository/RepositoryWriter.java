package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSink;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.packfile.PackfileIndex;
import io.plakar.kloset.packfile.PackfileWriter;
import io.plakar.kloset.state.PendingBlobs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes the blobs of one snapshot: deduplicates, encodes, packs, and keeps the journal. Safe for use by many threads.
 * Nothing counts before {@link #commit()}; closing without it leaves packfiles and progress states that a later run
 * builds upon.
 */
public final class RepositoryWriter implements BlobSink, AutoCloseable {
    /*
     * Crash safety: a packfile is durable in the store before a state names it, and the state is durable before a later
     * one builds upon it. A blob counts as stored for other threads from the moment one thread has reserved it, which
     * is sound because the snapshot only exists once its last state is there, and that state follows every packfile.
     *
     * Resuming: after each CHECKPOINT_BYTES the open packfiles are completed and a progress state names their blobs. A
     * run that dies loses what is in the open packfiles only. While one thread completes them the others may fill the
     * next ones up to OVERRUN_BYTES; the sum stays below the promised 64 MiB.
     *
     * The maintenance trap (format-snapshot §17.8): Plakar's maintenance does not mark extended attributes' objects and
     * chunks. They are therefore never shared with other snapshots, but written anew, without a checkpoint in between,
     * into the packfile that ends up holding the header, which only this snapshot has (beginUnshared).
     */

    private static final long CHECKPOINT_BYTES = 44L << 20;
    private static final long OVERRUN_BYTES = 10L << 20;
    private static final long CHECKPOINT_NANOS = 60L * 1_000_000_000;

    /** A packfile being filled, and the lock that guards it. */
    private static final class Open {
        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable PackfileWriter writer;
    }

    private final Repository repository;
    private final PackfileWriter.Shape shape;
    private final long checkpointBytes;
    private final PendingBlobs pending = new PendingBlobs();
    private final Open chunks = new Open();
    private final Open metadata = new Open();
    private final ReentrantLock checkpointing = new ReentrantLock();
    private final AtomicLong sinceCheckpoint = new AtomicLong();
    private final LongAdder newChunks = new LongAdder();
    private volatile long lastCheckpoint;
    private volatile boolean unshared;
    private @Nullable PendingBlobs unsharedBlobs;
    private volatile @Nullable Throwable failure;

    public RepositoryWriter(Repository repository) {
        this.repository = repository;
        long limit = repository.configuration().packfile().max();
        this.shape = limit == -1 ? PackfileWriter.Shape.PTAR : PackfileWriter.Shape.STORE;
        this.checkpointBytes = shape == PackfileWriter.Shape.PTAR ? Long.MAX_VALUE : Math.min(CHECKPOINT_BYTES, limit);
        this.lastCheckpoint = System.nanoTime();
    }

    /** Chunks that were not in the store before. */
    public long newChunks() {
        return newChunks.sum();
    }

    /** Whether a blob needs no writing. */
    public boolean known(BlobType type, Mac id) {
        return repository.index().contains(type.number(), id) || pending.contains(type.number(), id);
    }

    @Override
    public Mac put(BlobType type, byte[] bytes, int offset, int length) throws KlosetException {
        Mac id = repository.macs().mac(bytes, offset, length);
        put(type, id, bytes, offset, length);
        return id;
    }

    /** Stores a blob under an id which the caller knows to be right: its MAC, or a snapshot's id for a header. */
    public void put(BlobType type, Mac id, byte[] bytes, int offset, int length) throws KlosetException {
        if (repository.index().contains(type.number(), id) || !pending.reserve(type.number(), id)) {
            return;
        }
        boolean stored = false;
        try {
            append(type, id, repository.codec().encode(bytes, offset, length));
            stored = true;
        } finally {
            if (!stored) {
                pending.release(type.number(), id);
            }
        }
        if (type == BlobType.CHUNK) {
            newChunks.increment();
        }
        if (!unshared) {
            checkpointIfDue();
        }
    }

    /**
     * From here on {@link #putUnshared} may be used, and no packfile is completed until {@link #commit()}. Called by one
     * thread when all else but the header is written.
     */
    public void beginUnshared() {
        unshared = true;
        PendingBlobs here = new PendingBlobs();
        metadata.lock.lock();
        try {
            PackfileWriter writer = metadata.writer;
            if (writer != null) {
                PackfileIndex index = writer.index();
                for (int i = 0; i < index.size(); i++) {
                    here.reserve(index.type(i), index.id(i));
                }
            }
        } finally {
            metadata.lock.unlock();
        }
        unsharedBlobs = here;
    }

    /** Stores a blob in the packfile that will hold the header, even if it lies elsewhere too; once. */
    public Mac putUnshared(BlobType type, byte[] bytes) throws KlosetException {
        PendingBlobs here = unsharedBlobs;
        if (here == null) {
            throw new IllegalStateException("beginUnshared was not called");
        }
        if (shape == PackfileWriter.Shape.PTAR) {
            return put(type, bytes);
        }
        Mac id = repository.macs().mac(bytes, 0, bytes.length);
        if (here.reserve(type.number(), id)) {
            pending.reserve(type.number(), id);
            appendTo(metadata, type, id, repository.codec().encode(bytes, 0, bytes.length));
        }
        return id;
    }

    private void append(BlobType type, Mac id, ByteBuffer encoded) throws KlosetException {
        boolean together = shape == PackfileWriter.Shape.PTAR || type != BlobType.CHUNK;
        appendTo(together ? metadata : chunks, type, id, encoded);
    }

    private void appendTo(Open open, BlobType type, Mac id, ByteBuffer encoded) throws KlosetException {
        Throwable earlier = failure;
        if (earlier != null) {
            throw new KlosetException.Cancelled("writing stopped after an earlier failure: " + earlier.getMessage());
        }
        int bytes = encoded.remaining();
        open.lock.lock();
        try {
            PackfileWriter writer = open.writer;
            if (writer == null) {
                writer = new PackfileWriter(
                        repository.store().put(Resource.PACKFILE),
                        repository.codec(),
                        repository.macs(),
                        repository.context().random(),
                        shape,
                        repository.nowNanos());
                open.writer = writer;
            }
            writer.append(type.number(), id, encoded);
        } catch (ConnectorException e) {
            failure = e;
            throw repository.unreachable("cannot write a packfile", e);
        } finally {
            open.lock.unlock();
        }
        sinceCheckpoint.addAndGet(bytes);
    }

    private void checkpointIfDue() throws KlosetException {
        long bytes = sinceCheckpoint.get();
        boolean late = shape == PackfileWriter.Shape.STORE && System.nanoTime() - lastCheckpoint > CHECKPOINT_NANOS;
        if (bytes < checkpointBytes && !late) {
            return;
        }
        if (bytes > checkpointBytes + OVERRUN_BYTES) {
            checkpointing.lock();
        } else if (!checkpointing.tryLock()) {
            return;
        }
        try {
            if (sinceCheckpoint.get() >= checkpointBytes || late) {
                checkpoint();
            }
        } finally {
            checkpointing.unlock();
        }
    }

    private static @Nullable PackfileWriter take(Open open) {
        open.lock.lock();
        try {
            PackfileWriter writer = open.writer;
            open.writer = null;
            return writer;
        } finally {
            open.lock.unlock();
        }
    }

    /** Completes the open packfiles and names their blobs in a state. The caller holds {@link #checkpointing}. */
    private void checkpoint() throws KlosetException {
        sinceCheckpoint.set(0);
        lastCheckpoint = System.nanoTime();
        List<PackfileWriter.Stored> stored = new ArrayList<>(2);
        PackfileWriter chunkWriter = take(chunks);
        PackfileWriter metadataWriter = take(metadata);
        try (chunkWriter;
                metadataWriter) {
            if (chunkWriter != null) {
                stored.add(chunkWriter.finish());
            }
            if (metadataWriter != null) {
                stored.add(metadataWriter.finish());
            }
        } catch (ConnectorException e) {
            failure = e;
            throw repository.unreachable("cannot write a packfile", e);
        }
        if (stored.isEmpty()) {
            return;
        }
        Mac state = repository.random();
        repository.writeState(state, out -> {
            for (PackfileWriter.Stored packfile : stored) {
                PackfileIndex index = packfile.index();
                for (int i = 0; i < index.size(); i++) {
                    out.location(index.type(i), index.version(i), index.id(i), packfile.id(), index.offset(i), (int)
                            index.length(i));
                }
            }
            for (PackfileWriter.Stored packfile : stored) {
                out.packfile(packfile.id(), state, packfile.createdNanos());
            }
        });
        if (shape == PackfileWriter.Shape.STORE) {
            for (PackfileWriter.Stored packfile : stored) {
                PackfileIndex index = packfile.index();
                for (int i = 0; i < index.size(); i++) {
                    pending.release(index.type(i), index.id(i));
                }
            }
        }
    }

    /** Makes everything written so far durable and visible. */
    public void commit() throws KlosetException {
        checkpointing.lock();
        try {
            checkpoint();
        } finally {
            checkpointing.unlock();
        }
    }

    /** Drops the open packfiles. */
    @Override
    public void close() throws KlosetException {
        try (PackfileWriter chunkWriter = take(chunks);
                PackfileWriter metadataWriter = take(metadata)) {
            failure = failure == null ? new IllegalStateException("the writer is closed") : failure;
        } catch (ConnectorException e) {
            throw repository.unreachable("cannot drop an unfinished packfile", e);
        }
    }
}
