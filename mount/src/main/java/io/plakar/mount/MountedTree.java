package io.plakar.mount;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.ChunkCache;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.content.SeekingReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.server.RecentTrees;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The files a mount shows: a directory for each snapshot, or one directory of one snapshot. Safe for use by many threads.
 * It uses the store and leaves closing it to its owner; closing the tree ends all reading.
 */
public final class MountedTree implements AutoCloseable {
    /** Decoded chunks: what a few readers need at once, with what is read ahead for them. */
    private static final long CHUNK_BYTES = 96L << 20;

    private static final int LOADERS_FAR = 8;
    private static final int MOST_ENTRIES = 8192;
    private static final int MOST_TREES = 32;
    private static final int SHORTEST_PREFIX = 4;
    private static final long REFRESH_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Which snapshots there are to be shown. */
    @FunctionalInterface
    public interface Listing {
        /** The headers after a look at the store, in the order they are to be listed. */
        List<SnapshotHeader> now() throws KlosetException;
    }

    /** Who owns what no snapshot tells the owner of. */
    public record Owner(int uid, int gid) {}

    private record Key(Mac snapshot, BytePath path) {}

    private final Repository repository;
    private final ContentReader contents;
    private final ChunkCache chunks;
    private final Owner owner;
    private final @Nullable Listing listing;
    private final @Nullable SnapshotTree single;
    private final BytePath base;
    private final Map<Key, Entry> entries = new LinkedHashMap<>(64, 0.75f, true);
    private final RecentTrees trees;
    private final Object refreshing = new Object();
    private volatile Map<String, SnapshotHeader> shown = Map.of();
    private long refreshedAt;
    private boolean everRefreshed;

    private MountedTree(
            Repository repository,
            Owner owner,
            @Nullable Listing listing,
            @Nullable SnapshotTree single,
            BytePath base) {
        this.repository = repository;
        this.trees = new RecentTrees(repository, MOST_TREES);
        this.contents = new ContentReader(repository);
        boolean near = repository.store().flags().contains(ConnectorFlag.LOCALFS);
        this.chunks = new ChunkCache(
                contents, CHUNK_BYTES, near ? Math.max(2, repository.context().concurrency()) : LOADERS_FAR);
        this.owner = owner;
        this.listing = listing;
        this.single = single;
        this.base = base;
    }

    /** One directory per snapshot, named by the first digits of its id; new snapshots appear by themselves. */
    public static MountedTree ofSnapshots(Repository repository, Listing listing, Owner owner) {
        return new MountedTree(repository, owner, listing, null, BytePath.ROOT);
    }

    /**
     * What lies in one directory of a snapshot.
     *
     * @throws KlosetException.Invalid when the path is not a directory
     */
    public static MountedTree of(Repository repository, SnapshotHeader header, BytePath directory, Owner owner)
            throws KlosetException {
        SnapshotTree tree = repository.tree(header);
        Optional<Entry> entry = tree.resolve(directory);
        if (entry.isEmpty()) {
            throw new KlosetException.Invalid(
                    directory + ": no such directory in snapshot " + header.id().toShortHex());
        }
        if (!entry.get().isDirectory()) {
            throw new KlosetException.Invalid(directory + ": not a directory");
        }
        return new MountedTree(repository, owner, null, tree, entry.get().path());
    }

    /** The node of exactly this path in the mount; links are not followed. */
    public Optional<Node> find(BytePath path) throws KlosetException {
        Place place = place(path);
        if (place == null) {
            return path.isRoot() ? Optional.of(top()) : Optional.empty();
        }
        if (single == null && place.path().isRoot()) {
            return Optional.of(whole(place.tree()));
        }
        return lookup(place).map(entry -> new Node.Stored(place.tree(), entry));
    }

    /** The node a user means with a path: links are followed, inside their snapshot. */
    public Optional<Node> resolve(BytePath path) throws KlosetException {
        Place place = place(path);
        if (place == null || place.path().isRoot()) {
            return find(path);
        }
        return place.tree().resolve(place.path()).map(entry -> new Node.Stored(place.tree(), entry));
    }

    /** A path in one snapshot. */
    private record Place(SnapshotTree tree, BytePath path) {}

    private @Nullable Place place(BytePath path) throws KlosetException {
        if (single != null) {
            return new Place(single, base.resolve(path));
        }
        if (path.isRoot()) {
            return null;
        }
        byte[] bytes = path.bytes();
        int slash = 1;
        while (slash < bytes.length && bytes[slash] != '/') {
            slash++;
        }
        SnapshotHeader header = named(new String(bytes, 1, slash - 1, StandardCharsets.ISO_8859_1));
        return header == null
                ? null
                : new Place(
                        trees.of(header),
                        slash == bytes.length
                                ? BytePath.ROOT
                                : BytePath.ofClean(Arrays.copyOfRange(bytes, slash, bytes.length)));
    }

    private Optional<Entry> lookup(Place place) throws KlosetException {
        Key key = new Key(place.tree().header().id(), place.path());
        synchronized (entries) {
            Entry known = entries.get(key);
            if (known != null) {
                return Optional.of(known);
            }
        }
        Optional<Entry> found = place.tree().lookup(place.path());
        found.ifPresent(entry -> remember(key, entry));
        return found;
    }

    private void remember(Key key, Entry entry) {
        synchronized (entries) {
            entries.put(key, entry);
            if (entries.size() > MOST_ENTRIES) {
                entries.remove(entries.keySet().iterator().next());
            }
        }
    }

    private Node.Top top() throws KlosetException {
        Instant newest = Instant.EPOCH;
        long links = 2;
        for (SnapshotHeader header : snapshots().values()) {
            newest = header.timestamp().isAfter(newest) ? header.timestamp() : newest;
            links++;
        }
        return new Node.Top(
                new Node.Attributes(Node.DIRECTORY | 0555, owner.uid(), owner.gid(), links, 4096, 1L << 33, newest));
    }

    private Node.Whole whole(SnapshotTree tree) {
        Mac id = tree.header().id();
        return new Node.Whole(
                tree,
                new Node.Attributes(
                        Node.DIRECTORY | 0555,
                        owner.uid(),
                        owner.gid(),
                        2,
                        4096,
                        id.word(0) & Long.MAX_VALUE | 1L << 34,
                        tree.header().timestamp()));
    }

    /** The snapshots by the names of their directories. */
    private Map<String, SnapshotHeader> snapshots() throws KlosetException {
        Listing source = listing;
        if (source == null) {
            return Map.of();
        }
        synchronized (refreshing) {
            long now = System.nanoTime();
            if (!everRefreshed || now - refreshedAt > REFRESH_NANOS) {
                shown = named(source.now());
                refreshedAt = now;
                everRefreshed = true;
            }
        }
        return shown;
    }

    private static Map<String, SnapshotHeader> named(List<SnapshotHeader> headers) {
        Map<String, SnapshotHeader> names = new LinkedHashMap<>();
        Map<String, Integer> uses = new LinkedHashMap<>();
        for (SnapshotHeader header : headers) {
            uses.merge(header.id().toShortHex(), 1, Integer::sum);
        }
        for (SnapshotHeader header : headers) {
            String name = header.id().toShortHex();
            names.put(uses.getOrDefault(name, 1) > 1 ? header.id().toHex() : name, header);
        }
        return names;
    }

    /** The snapshot whose directory has this name, or whose id alone begins so. */
    private @Nullable SnapshotHeader named(String name) throws KlosetException {
        Map<String, SnapshotHeader> known = snapshots();
        SnapshotHeader exact = known.get(name);
        if (exact != null || name.length() < SHORTEST_PREFIX) {
            return exact;
        }
        String prefix = name.toLowerCase(Locale.ROOT);
        SnapshotHeader found = null;
        for (SnapshotHeader header : known.values()) {
            if (header.id().toHex().startsWith(prefix)) {
                if (found != null) {
                    return null;
                }
                found = header;
            }
        }
        return found;
    }

    /** Bytes of all that is shown. */
    public long totalSize() throws KlosetException {
        if (single != null) {
            return single.header().totalSize();
        }
        long total = 0;
        for (SnapshotHeader header : snapshots().values()) {
            total += header.totalSize();
        }
        return total;
    }

    /**
     * The children of a directory, one in memory at a time. After a failure of {@link #next} it may be called again, and
     * goes on behind what failed. For one thread.
     */
    public interface Children extends AutoCloseable {
        /** Moves to the next child; false when there is none. */
        boolean next() throws KlosetException;

        /** The name of the child; not to be changed. */
        byte[] name();

        Node node() throws KlosetException;

        @Override
        void close() throws KlosetException;
    }

    /** The children of a directory; none for anything else. */
    public Children children(Node directory) throws KlosetException {
        return switch (directory) {
            case Node.Top top ->
                new SnapshotChildren(new ArrayList<>(snapshots().entrySet()).iterator());
            case Node.Whole whole -> stored(whole.tree(), BytePath.ROOT);
            case Node.Stored stored -> stored(stored.tree(), stored.entry().path());
        };
    }

    private Children stored(SnapshotTree tree, BytePath directory) throws KlosetException {
        DirectoryCursor cursor;
        try {
            cursor = tree.children(directory);
        } catch (KlosetException.Corrupt e) {
            cursor = tree.childrenFromTree(directory, new byte[0]);
        }
        return new StoredChildren(tree, directory, cursor);
    }

    private final class SnapshotChildren implements Children {
        private final Iterator<Map.Entry<String, SnapshotHeader>> rest;
        private Map.@Nullable Entry<String, SnapshotHeader> current;

        SnapshotChildren(Iterator<Map.Entry<String, SnapshotHeader>> rest) {
            this.rest = rest;
        }

        @Override
        public boolean next() {
            current = rest.hasNext() ? rest.next() : null;
            return current != null;
        }

        private Map.Entry<String, SnapshotHeader> current() {
            Map.Entry<String, SnapshotHeader> entry = current;
            if (entry == null) {
                throw new IllegalStateException("no child here");
            }
            return entry;
        }

        @Override
        public byte[] name() {
            return current().getKey().getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public Node node() throws KlosetException {
            return whole(trees.of(current().getValue()));
        }

        @Override
        public void close() {
            // nothing is held
        }
    }

    private final class StoredChildren implements Children {
        private final SnapshotTree tree;
        private final BytePath directory;
        private final DirectoryCursor cursor;

        StoredChildren(SnapshotTree tree, BytePath directory, DirectoryCursor cursor) {
            this.tree = tree;
            this.directory = directory;
            this.cursor = cursor;
        }

        @Override
        public boolean next() throws KlosetException {
            if (!cursor.next()) {
                return false;
            }
            Entry entry = cursor.entry();
            // Who lists a directory goes on to look at what is in it.
            remember(new Key(tree.header().id(), directory.child(entry.name())), entry);
            return true;
        }

        @Override
        public byte[] name() {
            return cursor.entry().name();
        }

        @Override
        public Node node() {
            return new Node.Stored(tree, cursor.entry());
        }

        @Override
        public void close() throws KlosetException {
            cursor.close();
        }
    }

    /** Opens a regular file for reading. */
    public SeekingReader open(Node.Stored file) throws KlosetException {
        return new SeekingReader(chunks, object(file));
    }

    /** The list of a file's chunks; that of nothing when it has no content. */
    public FileObject object(Node.Stored file) throws KlosetException {
        Entry entry = file.entry();
        return entry.hasObject()
                ? contents.object(entry.object())
                : new FileObject.Builder().build(repository.macs().mac(new byte[0], 0, 0), "", 0);
    }

    /** The extended attributes of a node; alternate data streams are none. */
    public List<Xattr> xattrs(Node.Stored node) throws KlosetException {
        List<Xattr> attributes = new ArrayList<>();
        for (Xattr attribute : node.tree().xattrsOf(node.entry())) {
            if (attribute.type() == Xattr.EXTENDED) {
                attributes.add(attribute);
            }
        }
        return attributes;
    }

    /** Whoever reads gets no more; the store can be closed then. */
    @Override
    public void close() {
        chunks.close();
    }
}
