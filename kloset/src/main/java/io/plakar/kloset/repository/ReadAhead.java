package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Small objects of a store one after the other, asked for side by side: with a store far away the waiting is what takes
 * the time. Of each object only the beginning is held. For one thread.
 */
final class ReadAhead implements AutoCloseable {
    /** Requests on the way at once to a store far away. */
    static final int REQUESTS = 32;

    private static final int BEGINNING = 64 << 10;

    private final StoreConnector store;
    private final Resource resource;
    private final Iterator<Mac> names;
    private final ExecutorService threads = Executors.newFixedThreadPool(
            REQUESTS, Thread.ofVirtual().name("read-ahead-", 0).factory());
    private final Queue<Future<InputStream>> coming = new ArrayDeque<>();

    ReadAhead(StoreConnector store, Resource resource, List<Mac> names) {
        this.store = store;
        this.resource = resource;
        this.names = List.copyOf(names).iterator();
        for (int i = 0; i < REQUESTS; i++) {
            ask();
        }
    }

    private void ask() {
        if (names.hasNext()) {
            Mac name = names.next();
            coming.add(threads.submit(() -> open(name)));
        }
    }

    private InputStream open(Mac name) throws IOException {
        InputStream in = store.get(resource, name);
        boolean kept = false;
        try {
            byte[] beginning = in.readNBytes(BEGINNING);
            kept = beginning.length == BEGINNING;
            InputStream bytes = new ByteArrayInputStream(beginning);
            return kept ? new SequenceInputStream(bytes, in) : bytes;
        } finally {
            if (!kept) {
                in.close();
            }
        }
    }

    /** The next object, as {@link StoreConnector#get} gives it; the caller closes it. */
    InputStream next() throws IOException {
        Future<InputStream> next = coming.remove();
        ask();
        try {
            return next.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(ConnectorException.Reason.FAILED, "reading was interrupted", e);
        }
    }

    @Override
    public void close() {
        for (Future<InputStream> left : coming) {
            if (!left.cancel(true) && left.state() == Future.State.SUCCESS) {
                try {
                    left.resultNow().close();
                } catch (IOException e) {
                    // Nobody reads it.
                }
            }
        }
        threads.close();
    }
}
