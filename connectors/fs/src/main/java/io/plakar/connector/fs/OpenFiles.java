package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import java.util.LinkedHashMap;
import java.util.Map;

/** The packfiles read last, kept open: at most {@code capacity} that nobody reads now. Safe for many threads. */
final class OpenFiles implements AutoCloseable {
    /** One open file with its readers. The fields are guarded by the owner. */
    final class Lease implements AutoCloseable {
        private final InputFile file;
        private int readers = 1;
        private boolean evicted;

        private Lease(InputFile file) {
            this.file = file;
        }

        InputFile file() {
            return file;
        }

        @Override
        public void close() {
            release(this);
        }
    }

    private final FileTree tree;
    private final int capacity;
    private boolean closed;
    private final LinkedHashMap<Mac, Lease> files = new LinkedHashMap<>(16, 0.75f, true);

    OpenFiles(FileTree tree, int capacity) {
        this.tree = tree;
        this.capacity = capacity;
    }

    /** Opens the file of that name, or finds it open. The caller closes the lease when it has read. */
    Lease open(Mac name, BytePath path) throws ConnectorException {
        synchronized (this) {
            Lease lease = files.get(name);
            if (lease != null) {
                lease.readers++;
                return lease;
            }
        }
        // Opened outside the lock: the disk may be slow. Two threads may both open it; the second one's is kept.
        Lease opened = new Lease(tree.read(path, true));
        synchronized (this) {
            if (closed) {
                opened.evicted = true;
                return opened;
            }
            Lease before = files.put(name, opened);
            if (before != null) {
                drop(before);
            }
            var eldest = files.entrySet().iterator();
            while (files.size() > capacity) {
                Map.Entry<Mac, Lease> entry = eldest.next();
                eldest.remove();
                drop(entry.getValue());
            }
        }
        return opened;
    }

    /** Forgets the file of that name; readers finish undisturbed. */
    synchronized void evict(Mac name) {
        Lease lease = files.remove(name);
        if (lease != null) {
            drop(lease);
        }
    }

    private void drop(Lease lease) {
        lease.evicted = true;
        if (lease.readers == 0) {
            lease.file.close();
        }
    }

    private synchronized void release(Lease lease) {
        lease.readers--;
        if (lease.readers == 0 && lease.evicted) {
            lease.file.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        files.values().forEach(this::drop);
        files.clear();
    }
}
