package io.plakar.kloset.snapshot;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.btree.BTreeReader;
import io.plakar.kloset.btree.NodeCache;
import io.plakar.kloset.btree.TreeKind;
import io.plakar.kloset.vfs.DirectoryPack;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.EntryCodec;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import io.plakar.kloset.vfs.XattrEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of one snapshot as they are read: looks paths up, lists directories, gives attributes and errors. Safe for
 * use by many threads; holds nothing but some tree nodes. The content of files is not read here.
 */
public final class SnapshotTree {
    /** Most symbolic links followed for one path. */
    public static final int MOST_LINKS = 40;

    /** The largest value of an attribute read into memory; systems allow far less. */
    public static final int LARGEST_XATTR = 64 << 20;

    private static final int ATTRIBUTE_TYPES = 4;

    private final BlobSource source;
    private final SnapshotHeader header;
    private final BTreeReader vfs;
    private final @Nullable BTreeReader dirpack;
    private volatile @Nullable BTreeReader summaries;

    /**
     * Opens the tree of the header's first source.
     *
     * @throws KlosetException when the root of its VFS tree cannot be read; a listing index which is not there is done
     *     without
     */
    public SnapshotTree(BlobSource source, SnapshotHeader header) throws KlosetException {
        this.source = source;
        this.header = header;
        this.vfs = new BTreeReader(source, TreeKind.VFS, header.source().roots().vfs());
        this.dirpack = openIfThere(source, header.source().index(SnapshotHeader.Index.DIRPACK));
    }

    private static @Nullable BTreeReader openIfThere(BlobSource source, Optional<Mac> root) throws KlosetException {
        if (root.isEmpty()) {
            return null;
        }
        try {
            return new BTreeReader(source, TreeKind.INDEX, root.get());
        } catch (KlosetException.Missing e) {
            return null;
        }
    }

    public SnapshotHeader header() {
        return header;
    }

    /** Where the blobs come from. */
    public BlobSource source() {
        return source;
    }

    /** The tree of paths: its values are ids of entry blobs. */
    public BTreeReader vfs() {
        return vfs;
    }

    /** The tree of an index, if the snapshot has it. */
    public Optional<BTreeReader> index(String name) throws KlosetException {
        Optional<Mac> root = header.source().index(name);
        return root.isEmpty() ? Optional.empty() : Optional.of(new BTreeReader(source, TreeKind.INDEX, root.get()));
    }

    /** As {@link #index(String)}, for trees of several snapshots which are read in step. */
    public Optional<BTreeReader> index(String name, NodeCache nodes) throws KlosetException {
        Optional<Mac> root = header.source().index(name);
        return root.isEmpty()
                ? Optional.empty()
                : Optional.of(new BTreeReader(source, TreeKind.INDEX, root.get(), nodes));
    }

    /** The tree of errors. */
    public BTreeReader errorTree() throws KlosetException {
        return new BTreeReader(source, TreeKind.ERRORS, header.source().roots().errors());
    }

    /** The tree of extended attributes. */
    public BTreeReader xattrTree() throws KlosetException {
        return new BTreeReader(source, TreeKind.XATTRS, header.source().roots().xattrs());
    }

    /**
     * The entry of exactly this path; links are not followed. When its blob is missing, it is taken from the listing of
     * its directory.
     */
    public Optional<Entry> lookup(BytePath path) throws KlosetException {
        Optional<Mac> mac = vfs.lookup(path.bytes());
        return mac.isEmpty() ? Optional.empty() : Optional.of(entry(path, mac.get()));
    }

    private Entry entry(BytePath path, Mac mac) throws KlosetException {
        byte[] bytes;
        try {
            bytes = source.get(BlobType.VFS_ENTRY, mac);
        } catch (KlosetException.Missing e) {
            // Real snapshots name entry blobs which were never written (format-snapshot §17.1); the listing has them.
            Entry listed = path.isRoot() ? null : fromListing(path);
            if (listed == null) {
                throw new KlosetException.Missing("the entry of " + path + " is missing: " + e.getMessage(), e);
            }
            return listed;
        }
        Entry entry = Entry.decode(bytes);
        if (!entry.path().equals(path)) {
            throw new KlosetException.Corrupt("the entry of " + path + " says it is " + entry.path());
        }
        return entry;
    }

    private @Nullable Entry fromListing(BytePath path) throws KlosetException {
        Optional<FileObject> listing = listing(path.parent());
        if (listing.isEmpty()) {
            return null;
        }
        byte[] name = path.name();
        try (DirectoryPack.Reader frames = new DirectoryPack.Reader(new ChunkStream(source, listing.get()))) {
            while (frames.next()) {
                Entry entry = frames.entry();
                if (Arrays.equals(entry.name(), name)) {
                    return entry;
                }
            }
        }
        return null;
    }

    /**
     * The entry a user means with a path: the path itself if it is in the snapshot, else along the symbolic links on the
     * way to it; a link at its end is followed one level.
     *
     * @throws KlosetException.Invalid when the links lead nowhere but to links
     */
    public Optional<Entry> resolve(BytePath path) throws KlosetException {
        BytePath current = path;
        for (int links = 0; links <= MOST_LINKS; links++) {
            Optional<Entry> found = lookup(current);
            if (found.isPresent()) {
                Entry entry = found.get();
                return entry.isSymlink() ? lookup(target(entry)) : found;
            }
            BytePath turned = throughFirstLink(current);
            if (turned == null) {
                return Optional.empty();
            }
            current = turned;
        }
        throw new KlosetException.Invalid("too many symbolic links on the way to " + path);
    }

    private static BytePath target(Entry link) {
        byte[] text = link.symlinkTarget();
        if (text.length > 0 && text[0] == '/') {
            return BytePath.clean(text);
        }
        byte[] base = link.parent().bytes();
        byte[] joined = Arrays.copyOf(base, base.length + 1 + text.length);
        joined[base.length] = '/';
        System.arraycopy(text, 0, joined, base.length + 1, text.length);
        return BytePath.clean(joined);
    }

    /** The path with its first component which is a link replaced by the link's target; null without such a link. */
    private @Nullable BytePath throughFirstLink(BytePath path) throws KlosetException {
        byte[] bytes = path.bytes();
        for (int end = 1; end < bytes.length; end++) {
            if (bytes[end] != '/') {
                continue;
            }
            Optional<Entry> step = lookup(BytePath.ofClean(Arrays.copyOf(bytes, end)));
            if (step.isEmpty()) {
                return null;
            }
            if (step.get().isSymlink()) {
                return target(step.get()).resolve(BytePath.ofClean(Arrays.copyOfRange(bytes, end, bytes.length)));
            }
        }
        return null;
    }

    /** The id of the object with the listing of a directory, if the snapshot has it. */
    public Optional<Mac> directoryPack(BytePath directory) throws KlosetException {
        return dirpack == null ? Optional.empty() : dirpack.lookup(directory.bytes());
    }

    private Optional<FileObject> listing(BytePath directory) throws KlosetException {
        try {
            Optional<Mac> object = directoryPack(directory);
            return object.isEmpty()
                    ? Optional.empty()
                    : Optional.of(FileObject.decode(source.get(BlobType.OBJECT, object.get())));
        } catch (KlosetException.Missing e) {
            return Optional.empty();
        }
    }

    /**
     * The children of a directory, from its listing or, where there is none, from the tree. A path which is not a
     * directory has no children.
     */
    public DirectoryCursor children(BytePath directory) throws KlosetException {
        Optional<FileObject> listing = listing(directory);
        return listing.isPresent() ? children(directory, listing.get()) : new TreeCursor(directory, new byte[0]);
    }

    /** The children of a directory from the object with its listing, for callers who have it. */
    public DirectoryCursor children(BytePath directory, FileObject listing) {
        return new ListingCursor(directory, new ChunkStream(source, listing));
    }

    /**
     * The children of a directory from the tree alone; for when its listing is damaged.
     *
     * @param after name of the child to begin behind; empty for all
     */
    public DirectoryCursor childrenFromTree(BytePath directory, byte[] after) {
        return new TreeCursor(directory, after);
    }

    /** The id of the summary of a directory, if the snapshot has it: the same as long as no count below changes. */
    public Optional<Mac> summaryId(BytePath directory) throws KlosetException {
        BTreeReader index = summaries;
        if (index == null) {
            index = openIfThere(source, header.source().index(SnapshotHeader.Index.SUMMARY));
            summaries = index;
        }
        return index == null ? Optional.empty() : index.lookup(directory.bytes());
    }

    /** The summary of a directory; that of the root is in the header too. Empty when the snapshot has none. */
    public Optional<Summary> summary(BytePath directory) throws KlosetException {
        Optional<Mac> found = summaryId(directory);
        if (found.isPresent()) {
            return Optional.of(Summary.decode(source.get(BlobType.VFS_SUMMARY, found.get())));
        }
        return directory.isRoot() ? Optional.of(header.source().summary()) : Optional.empty();
    }

    /** All paths which could not be saved. */
    public ValueCursor<ErrorEntry> errors() throws KlosetException {
        return new ValueCursor<>(source, errorTree().cursor(), BlobType.ERROR_ENTRY, ErrorEntry::decode);
    }

    /** All extended attributes. Trust the path and name of a value, not its key. */
    public ValueCursor<XattrEntry> xattrs() throws KlosetException {
        return new ValueCursor<>(source, xattrTree().cursor(), BlobType.XATTR_ENTRY, XattrEntry::decode);
    }

    /** All entries, in the order of the tree: fewer separators first, then bytes. */
    public EntryCursor entries() {
        return new EntryCursor(vfs.cursor());
    }

    /** The extended attributes of a path, with their values; none for a path which is not in the snapshot. */
    public List<Xattr> xattrsOf(BytePath path) throws KlosetException {
        Optional<Entry> entry = lookup(path);
        return entry.isEmpty() ? List.of() : xattrsOf(entry.get());
    }

    /**
     * The extended attributes an entry lists, with their values, in its order. Names which the snapshot lists but never
     * stored are left out.
     */
    public List<Xattr> xattrsOf(Entry entry) throws KlosetException {
        return entry.xattrNames().isEmpty() ? List.of() : xattrReader().of(entry);
    }

    /** Reads the attributes of many entries; keeps the attribute tree open. For one thread. */
    public XattrReader xattrReader() throws KlosetException {
        return new XattrReader(xattrTree());
    }

    /** Gives the attributes of one entry after the other. For one thread. */
    public final class XattrReader {
        // Keys are looked up by name instead of scanning: the keys of a path are not contiguous in either order.
        // Snapshots exist with the tree in path order and in byte order; the order which found something comes first.
        private final BTreeReader tree;
        private Comparator<byte[]> order = BytePath::compareTree;
        private Comparator<byte[]> otherOrder = Arrays::compareUnsigned;

        private XattrReader(BTreeReader tree) {
            this.tree = tree;
        }

        /** As {@link SnapshotTree#xattrsOf(Entry)}. */
        public List<Xattr> of(Entry entry) throws KlosetException {
            if (entry.xattrNames().isEmpty()) {
                return List.of();
            }
            BytePath path = entry.path();
            List<Xattr> out = new ArrayList<>(entry.xattrNames().size());
            byte[] last = new byte[0];
            for (byte[] name : entry.xattrNames()) {
                if (Arrays.equals(last, name)) {
                    continue;
                }
                last = name;
                for (int type = 0; type < ATTRIBUTE_TYPES; type++) {
                    XattrEntry found = find(path, name, type);
                    if (found != null) {
                        out.add(new Xattr(found.name(), found.type(), value(found)));
                    }
                }
            }
            return out;
        }

        private @Nullable XattrEntry find(BytePath path, byte[] name, int type) throws KlosetException {
            byte[] key = XattrEntry.treeKey(path, name, type);
            Optional<Mac> mac = tree.lookup(key, order);
            if (mac.isEmpty()) {
                mac = tree.lookup(key, otherOrder);
                if (mac.isEmpty()) {
                    return null;
                }
                Comparator<byte[]> found = otherOrder;
                otherOrder = order;
                order = found;
            }
            XattrEntry xattr = XattrEntry.decode(source.get(BlobType.XATTR_ENTRY, mac.get()));
            return xattr.path().equals(path) && Arrays.equals(xattr.name(), name) ? xattr : null;
        }
    }

    /** The value of an attribute. */
    public byte[] value(XattrEntry xattr) throws KlosetException {
        FileObject object = FileObject.decode(source.get(BlobType.OBJECT, xattr.object()));
        if (object.size() > LARGEST_XATTR) {
            throw new KlosetException.Corrupt("an attribute of " + xattr.path() + " has " + object.size() + " bytes");
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream((int) Math.min(object.size(), 1 << 16));
        try (ChunkStream in = new ChunkStream(source, object)) {
            in.transferTo(out);
        } catch (IOException e) {
            if (e.getCause() instanceof KlosetException engine) {
                throw engine;
            }
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /**
     * Every entry of the tree, read as it comes. After an entry which cannot be read, {@link #next()} goes on with the
     * one behind it. For one thread.
     */
    public final class EntryCursor {
        private final BTreeReader.Cursor keys;
        private @Nullable Entry entry;

        private EntryCursor(BTreeReader.Cursor keys) {
            this.keys = keys;
        }

        public boolean next() throws KlosetException {
            entry = null;
            if (!keys.next()) {
                return false;
            }
            entry = SnapshotTree.this.entry(checkedPath(keys.key()), keys.value());
            return true;
        }

        public Entry entry() {
            if (entry == null) {
                throw new IllegalStateException("no entry here");
            }
            return entry;
        }

        /** Id of the entry blob. */
        public Mac mac() {
            return keys.value();
        }
    }

    private static BytePath checkedPath(byte[] key) throws KlosetException {
        BytePath path = BytePath.clean(key);
        if (!Arrays.equals(path.bytes(), key)) {
            throw new KlosetException.Corrupt("a key of the tree of paths is not a clean absolute path: " + path);
        }
        return path;
    }

    /** Children from the listing; from the tree behind the point where the listing breaks off. */
    private final class ListingCursor implements DirectoryCursor {
        private final BytePath directory;
        private final DirectoryPack.Reader frames;
        private byte[] lastName = new byte[0];
        private @Nullable Entry entry;
        private @Nullable TreeCursor rest;
        private boolean ended;

        ListingCursor(BytePath directory, ChunkStream stream) {
            this.directory = directory;
            this.frames = new DirectoryPack.Reader(stream);
        }

        @Override
        public boolean next() throws KlosetException {
            entry = null;
            if (rest != null) {
                return rest.next();
            }
            if (ended || !nextFrame()) {
                ended = true;
                return false;
            }
            Entry found = frames.entry();
            if (!found.parent().equals(directory) || found.isRoot()) {
                throw new KlosetException.Corrupt("the listing of " + directory + " holds " + found.path());
            }
            lastName = found.name();
            entry = found;
            return true;
        }

        // The failure is told once; whoever asks again gets what the tree still knows.
        private boolean nextFrame() throws KlosetException {
            try {
                return frames.next();
            } catch (KlosetException e) {
                rest = new TreeCursor(directory, lastName);
                throw e;
            }
        }

        @Override
        public Entry entry() {
            if (rest != null) {
                return rest.entry();
            }
            if (entry == null) {
                throw new IllegalStateException("no entry here");
            }
            return entry;
        }

        @Override
        public Mac mac() {
            return rest != null ? rest.mac() : frames.mac();
        }

        @Override
        public byte[] encoded() {
            return rest != null ? rest.encoded() : Arrays.copyOf(frames.array(), frames.entryLength());
        }

        @Override
        public void close() throws KlosetException {
            frames.close();
        }
    }

    /** Children straight from the tree: they are contiguous there, behind {@code directory/}. */
    private final class TreeCursor implements DirectoryCursor {
        private final byte[] prefix;
        private final BytePath directory;
        private final BTreeReader.Cursor keys;
        private final EntryCodec codec = new EntryCodec();
        private byte[] encoded = new byte[0];
        private @Nullable Entry entry;
        private boolean ended;

        /** @param after name of the child to begin behind; empty for all */
        TreeCursor(BytePath directory, byte[] after) {
            this.directory = directory;
            byte[] bytes = directory.bytes();
            this.prefix = Arrays.copyOf(bytes, directory.isRoot() ? 1 : bytes.length + 1);
            prefix[prefix.length - 1] = '/';
            // No key equals the prefix but the root's own, and none lies between a name and the same name and a NUL.
            byte[] start = Arrays.copyOf(prefix, prefix.length + after.length + 1);
            System.arraycopy(after, 0, start, prefix.length, after.length);
            this.keys = vfs.cursorFrom(start);
        }

        @Override
        public boolean next() throws KlosetException {
            entry = null;
            ended = ended || !keys.next() || !isChild(keys.key());
            if (ended) {
                return false;
            }
            entry = read(keys.key(), keys.value());
            return true;
        }

        private Entry read(byte[] key, Mac mac) throws KlosetException {
            BytePath path = checkedPath(key);
            byte[] bytes;
            try {
                bytes = source.get(BlobType.VFS_ENTRY, mac);
            } catch (KlosetException.Missing e) {
                throw new KlosetException.Missing("the entry of " + path + " is missing: " + e.getMessage(), e);
            }
            Entry found = codec.decode(bytes);
            if (!found.parent().equals(directory) || !found.path().equals(path)) {
                throw new KlosetException.Corrupt("the entry of " + path + " says it is " + found.path());
            }
            encoded = bytes;
            return found;
        }

        @Override
        public Entry entry() {
            if (entry == null) {
                throw new IllegalStateException("no entry here");
            }
            return entry;
        }

        @Override
        public Mac mac() {
            return keys.value();
        }

        @Override
        public byte[] encoded() {
            return encoded.clone();
        }

        @Override
        public void close() {
            // nothing is held
        }

        private boolean isChild(byte[] key) {
            if (key.length <= prefix.length || !Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length)) {
                return false;
            }
            for (int i = prefix.length; i < key.length; i++) {
                if (key[i] == '/') {
                    return false;
                }
            }
            return true;
        }
    }
}
