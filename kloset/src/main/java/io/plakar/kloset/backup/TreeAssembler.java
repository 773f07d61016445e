package io.plakar.kloset.backup;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.SideTask;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.btree.BTreeWriter;
import io.plakar.kloset.btree.TreeKind;
import io.plakar.kloset.chunking.Entropy;
import io.plakar.kloset.codec.MacStream;
import io.plakar.kloset.mime.ContentType;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.sort.ExternalSorter;
import io.plakar.kloset.sort.SortKeys;
import io.plakar.kloset.vfs.DirectoryPack;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.EntryCodec;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import io.plakar.kloset.vfs.XattrEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Collects the entries, errors and extended attributes of a snapshot in any order and from many threads, then writes the
 * six trees in one pass. Memory is bounded: what does not fit is sorted on disk.
 */
final class TreeAssembler implements AutoCloseable {
    /*
     * Entries come back in depth-first order. A stack of open directories follows: each has its listing so far and its
     * summary; both are complete when the walk leaves the directory, and a child directory is complete before the next
     * child of its parent comes. Errors are merged into the same walk because summaries count them. The keys of the
     * trees, which have other orders, go through sorters of their own and are written last key first, since a leaf
     * names its right neighbour.
     */

    private static final int ENTRY_MEMORY = 24 << 20;
    private static final int TREE_MEMORY = 8 << 20;
    private static final int SMALL_MEMORY = 2 << 20;

    private final Repository repository;
    private final RepositoryWriter writer;
    private final ExternalSorter entries;
    private final ExternalSorter errors;
    private final ExternalSorter xattrs;
    private final ExternalSorter vfsKeys;
    private final ExternalSorter typeKeys;
    private final ExternalSorter directoryKeys;
    private final ExternalSorter errorKeys;
    private final EntryCodec codec = new EntryCodec();
    private final Entropy entropy = new Entropy();
    private final Deque<OpenDirectory> open = new ArrayDeque<>();
    private final BackupListener listener;
    private @Nullable BytePath lastFile;
    private @Nullable Summary rootSummary;

    TreeAssembler(Repository repository, RepositoryWriter writer, Path directory, BackupListener listener) {
        this.repository = repository;
        this.writer = writer;
        this.listener = listener;
        entries = new ExternalSorter(directory, "entries", ENTRY_MEMORY, false);
        errors = new ExternalSorter(directory, "errors", SMALL_MEMORY, false);
        xattrs = new ExternalSorter(directory, "xattrs", SMALL_MEMORY, true);
        vfsKeys = new ExternalSorter(directory, "vfs", TREE_MEMORY, true);
        typeKeys = new ExternalSorter(directory, "types", TREE_MEMORY, true);
        directoryKeys = new ExternalSorter(directory, "directories", SMALL_MEMORY, true);
        errorKeys = new ExternalSorter(directory, "error-keys", SMALL_MEMORY, true);
    }

    /** Takes an entry whose blob is stored: its bytes and their id. */
    void entry(BytePath path, byte[] encoded, Mac id) throws KlosetException {
        byte[] value = new byte[Mac.BYTES + encoded.length];
        id.copyTo(value, 0);
        System.arraycopy(encoded, 0, value, Mac.BYTES, encoded.length);
        entries.add(SortKeys.depthFirst(path.bytes()), value);
    }

    void error(BytePath path, String message) throws KlosetException {
        errors.add(SortKeys.depthFirst(path.bytes()), message.getBytes(StandardCharsets.UTF_8));
    }

    void xattr(BytePath path, Xattr xattr) throws KlosetException {
        MsgpackWriter out = new MsgpackWriter(path.bytes().length + xattr.value().length + 64);
        out.u32(path.bytes().length);
        out.u32(xattr.name().length);
        out.raw(path.bytes());
        out.raw(xattr.name());
        out.u8(xattr.type());
        out.raw(xattr.value());
        xattrs.add(XattrEntry.treeKey(path, xattr.name(), xattr.type()), out.array(), out.length());
    }

    /** The roots of everything written. */
    record Roots(
            Mac vfs, Mac xattrs, Mac errors, Mac contentTypes, Mac directoryPacks, Mac summaries, Summary summary) {}

    /**
     * Writes all trees; the store's writer is left in its unshared phase, for the header alone.
     *
     * @throws KlosetException when the store or the scratch directory fails
     */
    Roots write() throws KlosetException, InterruptedException {
        walk();
        Mac vfs;
        Mac types;
        Mac errorRoot;
        BTreeWriter packs = new BTreeWriter(writer, TreeKind.INDEX);
        BTreeWriter summaries = new BTreeWriter(writer, TreeKind.INDEX);
        // The tree of paths is about as large as all others together.
        try (SideTask<Mac> paths = SideTask.start("tree-of-paths", () -> tree(TreeKind.VFS, vfsKeys, true))) {
            types = tree(TreeKind.INDEX, typeKeys, false);
            ExternalSorter.Records directories = directoryKeys.sorted();
            while (directories.next()) {
                packs.add(directories.key(), Mac.of(directories.value(), 0));
                summaries.add(directories.key(), Mac.of(directories.value(), Mac.BYTES));
            }
            errorRoot = tree(TreeKind.ERRORS, errorKeys, false);
            vfs = paths.result();
        }
        Mac packRoot = packs.finish();
        Mac summaryRoot = summaries.finish();
        Mac xattrRoot = writeXattrs();
        Summary summary = rootSummary;
        if (summary == null) {
            throw new IllegalStateException("the walk did not end at the root");
        }
        return new Roots(vfs, xattrRoot, errorRoot, types, packRoot, summaryRoot, summary);
    }

    private Mac tree(TreeKind kind, ExternalSorter sorter, boolean treeOrder) throws KlosetException {
        BTreeWriter tree = new BTreeWriter(writer, kind);
        ExternalSorter.Records records = sorter.sorted();
        while (records.next()) {
            byte[] key = treeOrder ? SortKeys.pathOfTree(records.key()) : records.key();
            tree.add(key, Mac.of(records.value(), 0));
        }
        return tree.finish();
    }

    private void walk() throws KlosetException, InterruptedException {
        ExternalSorter.Records entryRecords = entries.sorted();
        ExternalSorter.Records errorRecords = errors.sorted();
        boolean moreErrors = errorRecords.next();
        byte[] previous = null;
        boolean more = entryRecords.next();
        while (more) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            byte[] key = entryRecords.key();
            byte[] value = entryRecords.value();
            more = entryRecords.next();
            if (previous != null && Arrays.equals(previous, key)) {
                continue; // two places of one backup share their ancestors
            }
            while (moreErrors && Arrays.compareUnsigned(errorRecords.key(), key) < 0) {
                moreErrors = error(errorRecords);
            }
            previous = key;
            byte[] encoded = Arrays.copyOfRange(value, Mac.BYTES, value.length);
            visit(BytePath.ofClean(SortKeys.pathOfDepthFirst(key)), encoded, Mac.of(value, 0));
        }
        while (moreErrors) {
            moreErrors = error(errorRecords);
        }
        if (open.isEmpty()) {
            addMissing(BytePath.ROOT);
        }
        while (!open.isEmpty()) {
            close(open.pop());
        }
    }

    /** Handles one error path, skipping all but the last of its messages. */
    private boolean error(ExternalSorter.Records records) throws KlosetException {
        byte[] key = records.key();
        byte[] message = records.value();
        boolean more = records.next();
        while (more && Arrays.equals(records.key(), key)) {
            message = records.value();
            more = records.next();
        }
        BytePath path = BytePath.ofClean(SortKeys.pathOfDepthFirst(key));
        Mac id = writer.put(
                BlobType.ERROR_ENTRY,
                ErrorEntry.of(path, new String(message, StandardCharsets.UTF_8)).encode());
        errorKeys.add(path.bytes(), id.bytes());
        if (!path.isRoot()) {
            leaveUntilAncestorOf(path);
            // A directory that could not be listed is there all the same, and then open itself.
            BytePath parent = path.parent();
            for (OpenDirectory directory : open) {
                if (directory.path.equals(parent)) {
                    directory.summary.addErrors(1);
                    break;
                }
            }
        }
        return more;
    }

    private void leaveUntilAncestorOf(BytePath path) throws KlosetException {
        while (!open.isEmpty() && !path.startsWith(open.element().path)) {
            close(open.pop());
        }
    }

    private void visit(BytePath path, byte[] encoded, Mac id) throws KlosetException {
        if (!path.isRoot()) {
            BytePath file = lastFile;
            if (file != null && path.startsWith(file)) {
                listener.failed(path, "its parent " + file + " is not a directory; left out");
                return;
            }
            openUpTo(path.parent());
        }
        add(path, codec.decode(encoded), encoded, id);
    }

    /** Makes {@code directory} the innermost open directory, inventing what the source did not deliver. */
    private void openUpTo(BytePath directory) throws KlosetException {
        leaveUntilAncestorOf(directory);
        OpenDirectory top = open.peek();
        if (top != null && top.path.equals(directory)) {
            return;
        }
        if (!directory.isRoot()) {
            openUpTo(directory.parent());
        }
        addMissing(directory);
    }

    private void addMissing(BytePath directory) throws KlosetException {
        Entry entry = Entry.missingDirectory(directory);
        byte[] encoded = codec.encode(entry);
        add(directory, entry, encoded, writer.put(BlobType.VFS_ENTRY, encoded));
    }

    private void add(BytePath path, Entry entry, byte[] encoded, Mac id) throws KlosetException {
        vfsKeys.add(SortKeys.tree(path.bytes()), id.bytes());
        OpenDirectory parent = open.peek();
        if (parent != null) {
            parent.add(entry, encoded, id);
        }
        if (entry.isDirectory()) {
            open.push(new OpenDirectory(path));
        } else {
            lastFile = path;
            typeKeys.add(contentTypeKey(entry.contentType(), path), id.bytes());
        }
    }

    /** {@code /type/subtype} and the path (format-snapshot §10). */
    private static byte[] contentTypeKey(String contentType, BytePath path) {
        int end = contentType.indexOf(';');
        byte[] type = ("/" + (end < 0 ? contentType : contentType.substring(0, end))).getBytes(StandardCharsets.UTF_8);
        byte[] key = Arrays.copyOf(type, type.length + path.bytes().length);
        System.arraycopy(path.bytes(), 0, key, type.length, path.bytes().length);
        return key;
    }

    private void close(OpenDirectory directory) throws KlosetException {
        Mac pack = directory.finishPack();
        directory.summary.finish();
        Mac summary = writer.put(BlobType.VFS_SUMMARY, directory.summary.encode());
        byte[] value = new byte[2 * Mac.BYTES];
        pack.copyTo(value, 0);
        summary.copyTo(value, Mac.BYTES);
        directoryKeys.add(directory.path.bytes(), value);
        OpenDirectory parent = open.peek();
        if (parent != null) {
            parent.summary.addDirectory(directory.summary);
        } else {
            rootSummary = directory.summary;
        }
    }

    /** Attributes are written last, unshared, next to the header (format-snapshot §17.8). */
    private Mac writeXattrs() throws KlosetException {
        writer.beginUnshared();
        BTreeWriter tree = new BTreeWriter(writer, TreeKind.XATTRS);
        ExternalSorter.Records records = xattrs.sorted();
        byte[] previous = null;
        while (records.next()) {
            if (previous != null && Arrays.equals(previous, records.key())) {
                continue;
            }
            previous = records.key();
            byte[] value = records.value();
            int pathLength = lengthAt(value, 0);
            int nameLength = lengthAt(value, 5);
            int at = 10;
            BytePath path = BytePath.ofClean(Arrays.copyOfRange(value, at, at += pathLength));
            byte[] name = Arrays.copyOfRange(value, at, at += nameLength);
            int type = value[at + 1] & 0xff;
            byte[] content = Arrays.copyOfRange(value, at + 2, value.length);
            Mac object =
                    writer.putUnshared(BlobType.OBJECT, xattrObject(content).encode());
            XattrEntry entry = new XattrEntry(path, name, content.length, type, object);
            tree.add(records.key(), writer.put(BlobType.XATTR_ENTRY, entry.encode()));
        }
        return tree.finish();
    }

    /** Reads the four bytes behind the type byte of a fixed-width msgpack number. */
    private static int lengthAt(byte[] value, int at) {
        return (value[at + 1] & 0xff) << 24
                | (value[at + 2] & 0xff) << 16
                | (value[at + 3] & 0xff) << 8
                | value[at + 4] & 0xff;
    }

    private FileObject xattrObject(byte[] content) throws KlosetException {
        FileObject.Builder chunks = new FileObject.Builder();
        int at = 0;
        do {
            int n = repository.chunking().cut(content, at, content.length - at);
            Mac id = writer.putUnshared(BlobType.CHUNK, Arrays.copyOfRange(content, at, at + n));
            chunks.add(id, n, entropy.of(content, at, n));
            at += n;
        } while (at < content.length);
        return chunks.build(
                repository.macs().mac(content, 0, content.length),
                ContentType.detect(content, 0, content.length),
                chunks.meanEntropy());
    }

    @Override
    public void close() throws KlosetException {
        try (entries;
                errors;
                xattrs;
                vfsKeys;
                typeKeys;
                directoryKeys;
                errorKeys) {
            open.clear();
        }
    }

    /** A directory whose children are coming in: its listing, cut into chunks as it grows, and its summary. */
    private final class OpenDirectory {
        private final BytePath path;
        private final Summary summary = new Summary();
        private final MsgpackWriter listing = new MsgpackWriter(1024);
        private final FileObject.Builder chunks = new FileObject.Builder();
        /** MAC of the listing when it has several chunks; the MAC of the only chunk otherwise. */
        private @Nullable MacStream whole;

        private Mac only = Mac.ZERO;

        OpenDirectory(BytePath path) {
            this.path = path;
        }

        void add(Entry entry, byte[] encoded, Mac id) throws KlosetException {
            DirectoryPack.frame(listing, entry.isDirectory(), encoded, 0, encoded.length, id);
            if (!entry.isDirectory()) {
                summary.addChild(entry); // a directory is added when it is complete
            }
            if (listing.length() >= 2 * repository.chunking().maxSize()) {
                cut(false);
            }
        }

        /** Cuts chunks off the front: all that surely are chunks, or all there is. */
        private void cut(boolean last) throws KlosetException {
            byte[] bytes = listing.array();
            int end = listing.length();
            int at = 0;
            int max = repository.chunking().maxSize();
            while (last ? at < end || chunks.count() == 0 : end - at >= max) {
                int n = repository.chunking().cut(bytes, at, Math.min(max, end - at));
                if (whole == null && (at + n < end || !last)) {
                    whole = repository.macs().stream();
                }
                if (whole != null) {
                    whole.update(bytes, at, n);
                }
                only = writer.put(BlobType.CHUNK, bytes, at, n);
                chunks.add(only, n, 0);
                at += n;
            }
            byte[] rest = Arrays.copyOfRange(bytes, at, end);
            listing.reset();
            listing.raw(rest);
        }

        Mac finishPack() throws KlosetException {
            cut(true);
            Mac content = whole == null ? only : whole.finish();
            FileObject object = chunks.build(content, DirectoryPack.CONTENT_TYPE, 0);
            return writer.put(BlobType.OBJECT, object.encode());
        }
    }
}
