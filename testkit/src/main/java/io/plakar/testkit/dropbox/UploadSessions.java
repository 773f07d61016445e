package io.plakar.testkit.dropbox;

import io.plakar.testkit.dropbox.ContentStore.Content;
import io.plakar.testkit.dropbox.ContentStore.Spool;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Files that come in pieces. Safe for use by several threads; the pieces of a concurrent session may arrive at the same time. */
final class UploadSessions implements AutoCloseable {
    private static final int CONCURRENT_BYTES = 4 << 20;
    private static final long MAX_BODY_BYTES = 150L << 20;

    private final ContentStore contents;
    private final Map<String, Session> sessions = new ConcurrentHashMap<>();

    UploadSessions(ContentStore contents) {
        this.contents = contents;
    }

    private static final class Session {
        final Spool spool;
        final boolean concurrent;
        volatile boolean closed;

        Session(Spool spool, boolean concurrent) {
            this.spool = spool;
            this.concurrent = concurrent;
        }
    }

    /** Bytes that are complete, with their hash. */
    record Whole(Content content, String contentHash) {}

    /** Stores the body of one call, which must have the hash if one is given. */
    Whole whole(InputStream body, @Nullable String expectedHash, LongConsumer received) throws IOException, ApiError {
        return whole(body, expectedHash, received, MAX_BODY_BYTES);
    }

    /** Stores bytes that did not come with a call, as many as there are. */
    Whole whole(InputStream content) throws IOException, ApiError {
        return whole(content, null, received -> {}, Long.MAX_VALUE);
    }

    private Whole whole(InputStream body, @Nullable String expectedHash, LongConsumer received, long maxBytes)
            throws IOException, ApiError {
        Spool spool = contents.spool();
        boolean kept = false;
        try {
            pour(spool, 0, body, expectedHash, received, maxBytes);
            Whole whole = seal(spool);
            kept = true;
            return whole;
        } finally {
            if (!kept) {
                spool.discard();
            }
        }
    }

    private static Whole seal(Spool spool) throws IOException {
        Content content = spool.seal();
        try (InputStream in = content.open(0)) {
            return new Whole(content, ContentHash.of(in));
        }
    }

    private static long pour(
            Spool spool,
            long position,
            InputStream body,
            @Nullable String expectedHash,
            LongConsumer received,
            long maxBytes)
            throws IOException, ApiError {
        ContentHash hash = new ContentHash();
        byte[] buffer = new byte[1 << 16];
        long length = 0;
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
            received.accept(n);
            if (n > maxBytes - length) {
                throw ApiError.endpoint("payload_too_large");
            }
            spool.write(position + length, buffer, 0, n);
            hash.update(buffer, 0, n);
            length += n;
        }
        if (expectedHash != null && !expectedHash.equals(hash.hex())) {
            throw ApiError.endpoint("content_hash_mismatch");
        }
        return length;
    }

    String start(boolean concurrent) throws IOException {
        String id = "pid_upload_session:" + UUID.randomUUID();
        sessions.put(id, new Session(contents.spool(), concurrent));
        return id;
    }

    /**
     * Adds a piece.
     *
     * @param offset where it begins; in a sequential session the end of what there is
     */
    void append(
            String id,
            long offset,
            boolean close,
            InputStream body,
            @Nullable String expectedHash,
            LongConsumer received)
            throws IOException, ApiError {
        Session session = session(id);
        if (session.concurrent) {
            appendAnywhere(session, offset, close, body, expectedHash, received);
            return;
        }
        synchronized (session) {
            if (session.closed) {
                throw ApiError.endpoint("closed");
            }
            if (offset != session.spool.size()) {
                throw incorrectOffset(session);
            }
            pour(session.spool, offset, body, expectedHash, received, MAX_BODY_BYTES);
            session.closed = close;
        }
    }

    private static void appendAnywhere(
            Session session,
            long offset,
            boolean close,
            InputStream body,
            @Nullable String expectedHash,
            LongConsumer received)
            throws IOException, ApiError {
        long length = pour(session.spool, offset, body, expectedHash, received, MAX_BODY_BYTES);
        if (length > 0 && offset % CONCURRENT_BYTES != 0) {
            throw ApiError.endpoint("concurrent_session_invalid_offset");
        }
        if (length % CONCURRENT_BYTES != 0 && !close) {
            throw ApiError.endpoint("concurrent_session_invalid_data_size");
        }
        if (close) {
            session.closed = true;
        }
    }

    private Session session(String id) throws ApiError {
        Session session = sessions.get(id);
        if (session == null) {
            throw ApiError.endpoint("not_found");
        }
        return session;
    }

    private static ApiError incorrectOffset(Session session) {
        return ApiError.endpoint(
                "incorrect_offset", Json.tag("incorrect_offset").put("correct_offset", session.spool.size()));
    }

    /**
     * The bytes of a session that has been closed. It stays until {@link #forget}, so that a commit that failed can be repeated.
     *
     * @param offset where it must end; negative for anywhere
     */
    Whole finish(String id, long offset) throws IOException, ApiError {
        Session session = session(id);
        synchronized (session) {
            if (!session.closed) {
                throw ApiError.endpoint(session.concurrent ? "concurrent_session_not_closed" : "not_closed");
            }
            if (offset >= 0 && offset != session.spool.size()) {
                throw incorrectOffset(session);
            }
            return seal(session.spool);
        }
    }

    /** Ends a session. */
    void forget(String id) {
        sessions.remove(id);
    }

    /** Forgets the sessions that have not been finished. */
    @Override
    public void close() throws IOException {
        for (Session session : sessions.values()) {
            session.spool.discard();
        }
        sessions.clear();
    }
}
