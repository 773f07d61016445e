package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One file on its way to a remote, used by one thread. Up to a limit it is kept in memory, so that its size is known and
 * a failed upload can be repeated; what is longer is streamed. Nothing appears under the final name before
 * {@link #finish}; closing without it leaves nothing.
 */
final class Upload implements AutoCloseable {
    private static final int BLOCK = 1 << 18;

    /** How long rclone may take to begin, and to end once it has all bytes. */
    private static final int ANSWER_HOURS = 1;

    private final Remote remote;
    private final UploadSource source;
    private final Instant modTime;
    private final long expected;
    private final long limit;
    private final String staging;
    /** Off the heap, which is sized for less than the packfiles on their way. */
    private final Arena memory = Arena.ofShared();

    private final List<ByteBuffer> blocks = new ArrayList<>();
    private long size;
    private @Nullable Stream stream;
    private boolean finished;

    /**
     * @param expected size as the caller knows it, used when the file must be streamed; -1 when unknown
     * @param limit bytes kept in memory
     * @param staging where a file is written which is not to appear under its final name yet
     */
    Upload(Remote remote, UploadSource source, Instant modTime, long expected, long limit, String staging) {
        this.remote = remote;
        this.source = source;
        this.modTime = modTime;
        this.expected = expected;
        this.limit = limit;
        this.staging = staging;
    }

    /** Consumes {@code bytes} from position to limit. */
    void write(ByteBuffer bytes) throws ConnectorException {
        Stream open = stream;
        if (open == null && size + bytes.remaining() > limit) {
            open = startStream(bytes.remaining());
        }
        if (open != null) {
            size += bytes.remaining();
            open.write(bytes);
            return;
        }
        while (bytes.hasRemaining()) {
            if (size % BLOCK == 0) {
                blocks.add(memory.allocate(BLOCK).asByteBuffer());
            }
            ByteBuffer block = blocks.getLast();
            int count = Math.min(block.remaining(), bytes.remaining());
            block.put(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
            size += count;
        }
    }

    private Stream startStream(int more) throws ConnectorException {
        long known = expected >= size + more ? expected : -1;
        if (known < 0 && !remote.features().has("PutStream")) {
            // rclone would write such a file to a temporary one first.
            throw new ConnectorException(
                    Reason.UNSUPPORTED,
                    "write " + remote.display(staging) + ": the service takes no file of unknown size above " + limit
                            + " bytes");
        }
        Stream open = new Stream(known);
        stream = open;
        open.begin();
        for (ByteBuffer block : blocks) {
            open.write(block.duplicate().flip());
        }
        blocks.clear();
        return open;
    }

    private void writeBlocks(OutputStream out) throws IOException {
        WritableByteChannel channel = Channels.newChannel(out);
        for (ByteBuffer block : blocks) {
            ByteBuffer filled = block.duplicate().flip();
            while (filled.hasRemaining()) {
                channel.write(filled);
            }
        }
    }

    /** Whether what was written is gone: only a new upload, from the first byte, can make up for a failure. */
    boolean streamed() {
        return stream != null;
    }

    /** Makes the file appear at {@code path}; the service has it when this returns. */
    void finish(String path) throws ConnectorException {
        Stream open = stream;
        if (open != null) {
            open.end();
        } else {
            String target = remote.showsPartialUploads() ? staging : path;
            try (UploadSource.Offer offer = source.offer(size, modTime, this::writeBlocks)) {
                remote.fetch(target, offer.url());
            } catch (ConnectorException e) {
                discard(e, target);
                throw e;
            }
        }
        if ((open != null || remote.showsPartialUploads()) && !staging.equals(path)) {
            try {
                remote.move(staging, path);
            } catch (ConnectorException e) {
                discard(e, staging);
                throw e;
            }
        }
        finished = true;
    }

    /** Removes what a failure may have left under a name that is not the final one. */
    private void discard(ConnectorException failure, String path) {
        if (!path.equals(staging) || !remote.showsPartialUploads()) {
            return;
        }
        try {
            remote.delete(path);
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() throws ConnectorException {
        try {
            Stream open = stream;
            if (!finished && open != null) {
                finished = true;
                open.abort();
            }
        } finally {
            blocks.clear();
            if (memory.scope().isAlive()) {
                memory.close();
            }
        }
    }

    /** An upload under way: rclone fetches while this side writes. */
    private final class Stream {
        private final long known;
        private final CompletableFuture<OutputStream> sink = new CompletableFuture<>();
        private final CompletableFuture<Boolean> whole = new CompletableFuture<>();
        private final CompletableFuture<Boolean> stored = new CompletableFuture<>();

        /** @param known the size, -1 when unknown */
        Stream(long known) {
            this.known = known;
        }

        void begin() throws ConnectorException {
            Thread.ofVirtual().name("rclone-upload").start(() -> {
                try (UploadSource.Offer offer = source.offer(known, modTime, this::serve)) {
                    remote.fetchOnce(staging, offer.url());
                    stored.complete(true);
                } catch (ConnectorException | RuntimeException e) {
                    stored.completeExceptionally(e);
                    sink.completeExceptionally(e);
                }
            });
            await(sink);
        }

        /** Lends the connection to the writing side until that is done. */
        private void serve(OutputStream out) throws IOException {
            if (!sink.complete(out)) {
                throw new IOException("fetched twice");
            }
            if (!whole.join()) {
                throw new IOException("broken off");
            }
        }

        void write(ByteBuffer bytes) throws ConnectorException {
            OutputStream out = sink.join();
            byte[] piece = new byte[Math.min(1 << 16, bytes.remaining())];
            try {
                while (bytes.hasRemaining()) {
                    int count = Math.min(piece.length, bytes.remaining());
                    bytes.get(piece, 0, count);
                    out.write(piece, 0, count);
                }
            } catch (IOException e) {
                whole.complete(false);
                await(stored);
                throw new ConnectorException(
                        Reason.UNREACHABLE, "write " + remote.display(staging) + ": broke off", e, Duration.ZERO);
            }
        }

        void end() throws ConnectorException {
            if (known >= 0 && size != known) {
                throw new ConnectorException(
                        Reason.FAILED,
                        "write " + remote.display(staging) + ": " + size + " bytes came, " + known + " were announced");
            }
            try {
                sink.join().flush();
            } catch (IOException e) {
                whole.complete(false);
            }
            whole.complete(true);
            await(stored);
        }

        void abort() throws ConnectorException {
            whole.complete(false);
            ConnectorException cancelled =
                    new ConnectorException(Reason.FAILED, "write " + remote.display(staging) + ": cancelled");
            boolean interrupted = Thread.interrupted();
            try {
                await(stored);
            } catch (ConnectorException e) {
                cancelled.addSuppressed(e);
            }
            discard(cancelled, staging);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }

        private void await(CompletableFuture<?> event) throws ConnectorException {
            String what = "write " + remote.display(staging);
            try {
                event.get(ANSWER_HOURS, TimeUnit.HOURS);
            } catch (TimeoutException e) {
                throw new ConnectorException(Reason.UNREACHABLE, what + ": rclone does not answer", e);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof ConnectorException known) {
                    throw new ConnectorException(
                            known.reason(),
                            String.valueOf(known.getMessage()),
                            known,
                            known.retryAfter().orElse(null));
                }
                throw new ConnectorException(Reason.FAILED, what + ": " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ConnectorException(Reason.FAILED, what + ": cancelled", e);
            }
        }
    }
}
