package io.plakar.server.api;

import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.ChunkCache;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.content.SeekingReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.server.RecentTrees;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The open store as the routes see it: headers kept in memory once read, the trees of the snapshots and the chunks of
 * files used last. Safe for use by many threads; closing it ends reading, but does not close the store.
 */
final class SnapshotCatalog implements AutoCloseable {
    private static final int MOST_TREES = 30;

    /** Decoded chunks for those who read files in parts. */
    private static final long CHUNK_BYTES = 64L << 20;

    private static final int LOADERS_FAR = 4;

    private final Repository repository;
    private final boolean refreshing;
    private final Consumer<String> log;
    private final ContentReader contents;
    private final RecentTrees trees;

    /** Oldest first; replaced as a whole. */
    private volatile List<SnapshotHeader> headers = List.of();

    private volatile boolean loaded;

    /** The ids behind {@link #headers}, those that cannot be read included. */
    private List<Mac> ids = List.of();

    private final HeaderPool pool = new HeaderPool();
    private final AddedBytes addedBytes;
    private volatile Rows rows = new Rows(List.of(), List.of());
    private @Nullable ChunkCache chunks;
    private boolean closed;

    /** Rows and the headers they were made of. */
    private record Rows(List<SnapshotHeader> of, List<SnapshotRow> rows) {}

    /** Told of snapshots that came or went since the first look, by whoever looked. */
    interface Changes {
        void added(SnapshotRow row);

        void removed(Mac id);
    }

    private volatile @Nullable Changes changes;

    void tell(Changes listener) {
        changes = listener;
    }

    /** @param refreshing whether to look for new states before lists are given */
    SnapshotCatalog(Repository repository, boolean refreshing, Consumer<String> log) {
        this.repository = repository;
        this.trees = new RecentTrees(repository, MOST_TREES);
        this.refreshing = refreshing;
        this.log = log;
        this.contents = new ContentReader(repository);
        this.addedBytes = new AddedBytes(repository.index());
    }

    Repository repository() {
        return repository;
    }

    ContentReader contents() {
        return contents;
    }

    /** Reads an object at any position. */
    SeekingReader reader(FileObject object) throws IOException {
        return new SeekingReader(chunks(), object);
    }

    private synchronized ChunkCache chunks() throws IOException {
        if (closed) {
            throw new IOException("the server is closed");
        }
        ChunkCache known = chunks;
        if (known == null) {
            boolean near = repository.store().flags().contains(ConnectorFlag.LOCALFS);
            known = new ChunkCache(
                    contents, CHUNK_BYTES, near ? repository.context().concurrency() : LOADERS_FAR);
            chunks = known;
        }
        return known;
    }

    @Override
    public void close() {
        ChunkCache known;
        synchronized (this) {
            closed = true;
            known = chunks;
        }
        if (known != null) {
            known.close();
        }
    }

    /** All snapshots, oldest first, after a look at the store. */
    List<SnapshotHeader> refreshed() throws KlosetException {
        if (refreshing) {
            repository.refresh();
            load();
        }
        return known();
    }

    /** All snapshots as last seen, oldest first. */
    List<SnapshotHeader> known() throws KlosetException {
        if (!loaded) {
            load();
        }
        return headers;
    }

    private synchronized void load() throws KlosetException {
        List<Mac> listed = repository.index().snapshots();
        if (loaded && listed.equals(ids)) {
            return;
        }
        Map<Mac, SnapshotHeader> before = new HashMap<>();
        for (SnapshotHeader header : headers) {
            before.put(header.id(), header);
        }
        Set<Mac> known = Set.copyOf(before.keySet());
        List<SnapshotHeader> now = new ArrayList<>();
        for (Mac id : listed) {
            SnapshotHeader header = before.get(id);
            if (header == null) {
                try {
                    header = pool.pooled(repository.header(id));
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    log.accept("snapshot " + id.toShortHex() + " is left out: " + e.getMessage());
                    continue;
                }
            }
            now.add(header);
        }
        now.sort(Comparator.comparing(SnapshotHeader::timestamp).thenComparing(SnapshotHeader::id));
        headers = List.copyOf(now);
        ids = listed;
        boolean first = !loaded;
        loaded = true;
        if (!first) {
            now.forEach(header -> before.remove(header.id()));
            tellOfChanges(known, before.keySet());
        }
    }

    private void tellOfChanges(Set<Mac> known, Set<Mac> removed) throws KlosetException {
        Changes listener = changes;
        if (listener == null) {
            return;
        }
        removed.forEach(listener::removed);
        for (SnapshotRow row : rows(headers)) {
            if (!known.contains(row.header().id())) {
                listener.added(row);
            }
        }
    }

    /** Takes in what this process itself has added to the store. */
    void reload() throws KlosetException {
        load();
    }

    /** All snapshots as lists show them, oldest first, after a look at the store. */
    List<SnapshotRow> refreshedRows() throws KlosetException {
        return rows(refreshed());
    }

    /** As {@link #refreshedRows} as last seen. */
    List<SnapshotRow> knownRows() throws KlosetException {
        return rows(known());
    }

    private List<SnapshotRow> rows(List<SnapshotHeader> current) throws KlosetException {
        Rows made = rows;
        if (made.of() != current) {
            Map<Mac, Long> added = addedBytes.of(current);
            Map<SourceKey, SourceKey> sources = new HashMap<>();
            Map<SourceKey, SnapshotHeader> latest = new HashMap<>();
            List<SnapshotRow> fresh = new ArrayList<>(current.size());
            for (SnapshotHeader header : current) {
                SourceKey source = sources.computeIfAbsent(SourceKey.of(header), key -> key);
                fresh.add(new SnapshotRow(
                        header,
                        source,
                        latest.put(source, header),
                        added.getOrDefault(header.id(), SnapshotRow.UNKNOWN)));
            }
            made = new Rows(current, List.copyOf(fresh));
            rows = made;
        }
        return made.rows();
    }

    /** The row of one snapshot. */
    SnapshotRow row(SnapshotHeader header) throws KlosetException, ApiError {
        for (SnapshotRow row : knownRows()) {
            if (row.header().id().equals(header.id())) {
                return row;
            }
        }
        throw ApiError.noSuchSnapshot();
    }

    /**
     * The one snapshot whose id begins with {@code prefix}.
     *
     * @param parameter what the error is about
     */
    SnapshotHeader byPrefix(String prefix, String parameter) throws ApiError, KlosetException {
        String wanted = prefix.toLowerCase(Locale.ROOT);
        SnapshotHeader found = null;
        int matches = 0;
        for (SnapshotHeader header : known()) {
            if (header.id().toHex().startsWith(wanted)) {
                found = header;
                matches++;
            }
        }
        if (found == null) {
            throw ApiError.parameter(parameter, ApiError.INVALID_ARGUMENT, "no snapshot has prefix: " + prefix);
        }
        if (matches > 1) {
            throw ApiError.parameter(
                    parameter,
                    ApiError.INVALID_ARGUMENT,
                    "snapshot ID is ambiguous: " + prefix + " (matches " + matches + " snapshots)");
        }
        return found;
    }

    SnapshotHeader byId(Mac id) throws ApiError, KlosetException {
        for (SnapshotHeader header : known()) {
            if (header.id().equals(id)) {
                return header;
            }
        }
        throw ApiError.noSuchSnapshot();
    }

    SnapshotTree tree(SnapshotHeader header) throws KlosetException {
        return trees.of(header);
    }
}
