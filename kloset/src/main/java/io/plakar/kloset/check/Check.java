package io.plakar.kloset.check;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.SideTask;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.btree.BTreeReader;
import io.plakar.kloset.btree.TreeKind;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.Signature;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.snapshot.ValueCursor;
import io.plakar.kloset.sort.ExternalSorter;
import io.plakar.kloset.sort.PrivateDirectory;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.state.PackfileRecord;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import io.plakar.kloset.vfs.XattrEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Proves that snapshots are whole: everything reachable from them is there, has the bytes its id says, and the trees
 * agree with each other. One object, one run; interrupting the calling thread cancels it.
 */
public final class Check {
    /*
     * Three passes. The first walks the structure of each snapshot, reading trees, listings and objects, and marks every
     * blob that is needed. The second reads each packfile that holds a marked blob once, from front to back, and verifies
     * the marked blobs, the packfile's MAC, footer and index. A blob is lost when no copy of it proved good. Only when
     * something is lost (or the caller wants every path told) the third pass goes through all files of each snapshot and
     * names those that need a lost blob. Marks are bits by ordinal, off the heap; locations are sorted on disk.
     *
     * When everything in the store is verified, the second pass needs no marks: it runs beside the first one, and looks
     * into the objects it comes by, so that each is read once. Which blobs no snapshot needs is then known after the
     * third pass, and matters only to what is said about the lost ones.
     */

    private static final int SORT_MEMORY = 16 << 20;
    private static final int REASONS = 10_000;

    /**
     * What to check.
     *
     * @param path only this path and what is below it, or null for all of the snapshot
     */
    public record Target(SnapshotHeader snapshot, @Nullable BytePath path) {}

    private final Repository repository;
    private final List<Target> targets;
    private final CheckOptions options;
    private final CheckListener listener;
    private final boolean everything;
    private final ContentReader contents;
    private final BlobBits needed;
    private final BlobBits whole;
    private final Map<Mac, String> reasons = new LinkedHashMap<>();
    private final long[] errors;
    private final AtomicLong storeErrors = new AtomicLong();
    private final List<Lost> unclaimed = new ArrayList<>();
    private volatile boolean damage;

    /** A blob of a file that did not prove good, while it is open whether a snapshot needs it. */
    private record Lost(long ordinal, String message) {}

    private Check(
            Repository repository,
            List<Target> targets,
            boolean everything,
            CheckOptions options,
            CheckListener listener) {
        this.repository = repository;
        this.targets = targets;
        this.everything = everything;
        this.options = options;
        this.listener = listener;
        this.contents = new ContentReader(repository);
        this.needed = new BlobBits(repository.index().ordinals());
        this.whole = new BlobBits(repository.index().ordinals());
        this.errors = new long[targets.size()];
    }

    /**
     * Checks the targets.
     *
     * @param everything the targets are all there is: packfiles which none of them needs, and all states, are verified
     *     too
     * @throws KlosetException when the check cannot be carried out; damage is in the result
     */
    public static CheckResult run(
            Repository repository,
            List<Target> targets,
            boolean everything,
            CheckOptions options,
            CheckListener listener)
            throws KlosetException {
        Check check = new Check(repository, targets, everything, options, listener);
        try (check.needed;
                check.whole) {
            return check.run();
        } catch (InterruptedException e) {
            throw new KlosetException.Cancelled("interrupted; nothing was proved");
        }
    }

    private CheckResult run() throws KlosetException, InterruptedException {
        Instant started = repository.context().clock().instant();
        long fetchedBefore = repository.bytesFetched();
        for (String state : repository.damagedStates()) {
            storeDamage(state);
        }
        if (options.fast()) {
            structures();
            presence();
        } else if (everything) {
            bothPasses();
        } else {
            structures();
            packfiles();
        }
        if (damage || options.reportPaths()) {
            for (int i = 0; i < targets.size(); i++) {
                name(i);
            }
        }
        for (Lost lost : unclaimed) {
            if (!needed.get(lost.ordinal())) {
                storeDamage(lost.message() + " (no snapshot needs it)");
            }
        }
        long damaged = 0;
        long total = 0;
        for (int i = 0; i < targets.size(); i++) {
            listener.finished(targets.get(i).snapshot(), errors[i]);
            damaged += errors[i] > 0 ? 1 : 0;
            total += errors[i];
        }
        return new CheckResult(
                Duration.between(started, repository.context().clock().instant()),
                targets.size(),
                damaged,
                total,
                storeErrors.get(),
                repository.bytesFetched() - fetchedBefore);
    }

    private void structures() throws KlosetException, InterruptedException {
        for (int i = 0; i < targets.size(); i++) {
            structure(i);
        }
    }

    private void bothPasses() throws KlosetException, InterruptedException {
        try (SideTask<Boolean> second = SideTask.start("check", () -> {
            packfiles();
            return true;
        })) {
            structures();
            second.result();
        }
    }

    private void storeDamage(String message) {
        storeErrors.incrementAndGet();
        listener.damagedStore(message);
    }

    private void snapshotDamage(int target, String message) {
        errors[target]++;
        damage = true;
        listener.damaged(targets.get(target).snapshot(), message);
    }

    private void pathDamage(int target, BytePath path, String message) {
        errors[target]++;
        damage = true;
        listener.damaged(targets.get(target).snapshot(), path, message);
    }

    // ---- first pass -------------------------------------------------------------------------------------------------

    /**
     * Marks a blob as needed.
     *
     * @return true the first time
     */
    private boolean mark(BlobType type, Mac id) {
        long ordinal = repository.index().ordinal(type.number(), id);
        if (ordinal < 0) {
            damage = true; // named in the third pass
            return false;
        }
        return needed.set(ordinal);
    }

    private void structure(int target) throws KlosetException, InterruptedException {
        SnapshotHeader snapshot = targets.get(target).snapshot();
        BytePath path = targets.get(target).path();
        mark(BlobType.SNAPSHOT, snapshot.id());
        verifySignature(target, snapshot);
        SnapshotTree tree;
        try {
            tree = repository.tree(snapshot);
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, "its tree cannot be opened: " + e.getMessage());
            return;
        }
        Agreement agreement = new Agreement();
        Optional<BTreeReader> listings = index(target, tree, SnapshotHeader.Index.DIRPACK);
        if (listings.isPresent() && path == null) {
            readListings(target, tree, listings.get(), agreement);
        } else {
            walkObjects(target, tree, path == null ? BytePath.ROOT : path);
        }
        if (path != null) {
            return;
        }
        readTree(target, tree, agreement, listings.isPresent());
        markIndex(target, tree, SnapshotHeader.Index.CONTENT_TYPE, BlobType.VFS_ENTRY);
        readSummaries(target, tree, snapshot);
        readErrors(target, tree);
        readXattrs(target, tree);
    }

    private void verifySignature(int target, SnapshotHeader snapshot) throws KlosetException {
        if (!snapshot.isSigned() || !options.verifySignature()) {
            return;
        }
        try {
            mark(BlobType.SIGNATURE, snapshot.id());
            byte[] signature = repository.get(BlobType.SIGNATURE, snapshot.id());
            if (!Signature.verify(
                    snapshot, signature, bytes -> repository.macs().mac(bytes, 0, bytes.length))) {
                snapshotDamage(target, "its signature does not match its header");
            }
        } catch (KlosetException.Missing | KlosetException.Corrupt e) {
            snapshotDamage(target, "its signature cannot be read: " + e.getMessage());
        }
    }

    private Optional<BTreeReader> index(int target, SnapshotTree tree, String name) throws KlosetException {
        try {
            return tree.index(name);
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, "its index " + name + " cannot be opened: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** A sum over (path, entry id) that does not depend on the order, to compare listings with the tree. */
    private static final class Agreement {
        private long listed;
        private long listedSum;
        private long inTree;
        private long treeSum;

        private static long hash(byte[] path, Mac id) {
            long hash = id.word(0) ^ Long.rotateLeft(id.word(1), 17);
            for (byte b : path) {
                hash = (hash ^ b) * 0x100000001b3L;
            }
            return hash * 0x9e3779b97f4a7c15L ^ hash >>> 29;
        }

        void list(byte[] path, Mac id) {
            listed++;
            listedSum += hash(path, id);
        }

        void tree(byte[] path, Mac id) {
            inTree++;
            treeSum += hash(path, id);
        }

        boolean agrees() {
            return listed == inTree && listedSum == treeSum;
        }
    }

    private void readListings(int target, SnapshotTree tree, BTreeReader listings, Agreement agreement)
            throws KlosetException, InterruptedException {
        mark(TreeKind.INDEX.rootType(), listings.root());
        BTreeReader.Cursor cursor = listings.cursor(node -> mark(TreeKind.INDEX.nodeType(), node));
        boolean more = true;
        while (more) {
            interruptible();
            try {
                more = cursor.next();
            } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                snapshotDamage(target, "the index of its directory listings is damaged: " + e.getMessage());
                continue;
            }
            if (more) {
                readListing(target, tree, BytePath.clean(cursor.key()), cursor.value(), agreement);
            }
        }
    }

    private void readListing(int target, SnapshotTree tree, BytePath directory, Mac object, Agreement agreement)
            throws KlosetException {
        mark(BlobType.OBJECT, object);
        try {
            FileObject listing = contents.object(object);
            markChunks(listing);
            try (DirectoryCursor children = tree.children(directory, listing)) {
                while (children.next()) {
                    Entry child = children.entry();
                    agreement.list(child.path().bytes(), children.mac());
                    if (child.hasObject()) {
                        markObject(child.object());
                    }
                }
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            pathDamage(target, directory, "its listing is damaged: " + e.getMessage());
            markFromTree(tree, directory);
        }
    }

    /** The listing of {@code directory} is lost: what it named is needed all the same. */
    private void markFromTree(SnapshotTree tree, BytePath directory) throws KlosetException {
        try (DirectoryCursor children = tree.childrenFromTree(directory, new byte[0])) {
            boolean more = true;
            while (more) {
                try {
                    more = children.next();
                    if (more && children.entry().hasObject()) {
                        markObject(children.entry().object());
                    }
                } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                    damage = true;
                }
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            damage = true;
        }
    }

    /** For a part of a snapshot, or one without listings. */
    private void walkObjects(int target, SnapshotTree tree, BytePath top) throws KlosetException, InterruptedException {
        Optional<Entry> entry;
        try {
            entry = tree.resolve(top);
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            pathDamage(target, top, String.valueOf(e.getMessage()));
            return;
        }
        if (entry.isEmpty()) {
            throw new KlosetException.Invalid(top + ": no such file or directory in snapshot "
                    + targets.get(target).snapshot().id().toShortHex());
        }
        walk(tree, entry.get(), (path, found, problem) -> {
            if (found != null && found.hasObject()) {
                markObject(found.object());
            }
            if (problem != null) {
                damage = true;
            }
            markEntry(tree, path);
        });
    }

    /** What {@link #readTree} does for a whole snapshot: without its entry a path counts as lost. */
    private void markEntry(SnapshotTree tree, BytePath path) throws KlosetException {
        try {
            Optional<Mac> id = tree.vfs().lookup(path.bytes());
            if (id.isPresent()) {
                mark(BlobType.VFS_ENTRY, id.get());
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            damage = true; // named in the third pass
        }
    }

    private void markObject(Mac id) throws KlosetException {
        if (!mark(BlobType.OBJECT, id) || (everything && !options.fast())) {
            return; // the second pass looks into it
        }
        try {
            markChunks(contents.object(id));
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            damage = true; // named in the third pass
        }
    }

    private void markChunks(FileObject object) {
        for (int i = 0; i < object.chunkCount(); i++) {
            mark(BlobType.CHUNK, object.chunkMac(i));
        }
    }

    /** What {@link #markObject} does not look at when everything is verified: whether its chunks are in the index. */
    private void verifyObject(byte[] bytes) {
        try {
            FileObject object = FileObject.decode(bytes);
            for (int i = 0; i < object.chunkCount(); i++) {
                if (repository.index().ordinal(BlobType.CHUNK.number(), object.chunkMac(i)) < 0) {
                    damage = true; // named in the third pass, if a snapshot needs it
                }
            }
        } catch (KlosetException e) {
            damage = true;
        }
    }

    private void readTree(int target, SnapshotTree tree, Agreement agreement, boolean compare)
            throws KlosetException, InterruptedException {
        mark(TreeKind.VFS.rootType(), tree.vfs().root());
        BTreeReader.Cursor cursor = tree.vfs().cursor(node -> mark(TreeKind.VFS.nodeType(), node));
        boolean complete = true;
        boolean more = true;
        while (more) {
            interruptible();
            try {
                more = cursor.next();
            } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                snapshotDamage(target, "its tree is damaged: " + e.getMessage());
                complete = false;
                continue;
            }
            if (!more) {
                break;
            }
            mark(BlobType.VFS_ENTRY, cursor.value());
            if (cursor.key().length > 1) {
                agreement.tree(cursor.key(), cursor.value());
            }
        }
        if (complete && compare && errors[target] == 0 && !agreement.agrees()) {
            snapshotDamage(
                    target,
                    "its directory listings and its tree do not name the same files (" + agreement.listed + " and "
                            + agreement.inTree + ")");
        }
    }

    private void markIndex(int target, SnapshotTree tree, String name, BlobType values)
            throws KlosetException, InterruptedException {
        Optional<BTreeReader> index = index(target, tree, name);
        if (index.isEmpty()) {
            return;
        }
        mark(TreeKind.INDEX.rootType(), index.get().root());
        BTreeReader.Cursor cursor = index.get().cursor(node -> mark(TreeKind.INDEX.nodeType(), node));
        boolean more = true;
        while (more) {
            interruptible();
            try {
                more = cursor.next();
                if (more) {
                    mark(values, cursor.value());
                }
            } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                snapshotDamage(target, "its index " + name + " is damaged: " + e.getMessage());
            }
        }
    }

    private void readSummaries(int target, SnapshotTree tree, SnapshotHeader snapshot)
            throws KlosetException, InterruptedException {
        markIndex(target, tree, SnapshotHeader.Index.SUMMARY, BlobType.VFS_SUMMARY);
        try {
            Optional<Summary> root = tree.summary(BytePath.ROOT);
            if (root.isPresent()
                    && !Arrays.equals(
                            root.get().encode(), snapshot.source().summary().encode())) {
                snapshotDamage(target, "the summary in its header is not the one of its root");
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, "its summary is damaged: " + e.getMessage());
        }
    }

    private void readErrors(int target, SnapshotTree tree) throws KlosetException, InterruptedException {
        try {
            BTreeReader errorTree = tree.errorTree();
            mark(TreeKind.ERRORS.rootType(), errorTree.root());
            BTreeReader.Cursor cursor = errorTree.cursor(node -> mark(TreeKind.ERRORS.nodeType(), node));
            while (cursor.next()) {
                interruptible();
                mark(BlobType.ERROR_ENTRY, cursor.value());
                ErrorEntry.decode(repository.get(BlobType.ERROR_ENTRY, cursor.value()));
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, "its list of errors is damaged: " + e.getMessage());
        }
    }

    private void readXattrs(int target, SnapshotTree tree) throws KlosetException, InterruptedException {
        try {
            BTreeReader xattrTree = tree.xattrTree();
            mark(TreeKind.XATTRS.rootType(), xattrTree.root());
            BTreeReader.Cursor cursor = xattrTree.cursor(node -> mark(TreeKind.XATTRS.nodeType(), node));
            while (cursor.next()) {
                interruptible();
                if (mark(BlobType.XATTR_ENTRY, cursor.value())) {
                    XattrEntry xattr = XattrEntry.decode(repository.get(BlobType.XATTR_ENTRY, cursor.value()));
                    markObject(xattr.object());
                }
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, "its extended attributes are damaged: " + e.getMessage());
        }
    }

    private static void interruptible() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- second pass ------------------------------------------------------------------------------------------------

    /** {@code -fast}: a blob counts as whole when a packfile that is there holds it. */
    private void presence() throws KlosetException {
        Set<Mac> there = listPackfiles();
        reportMissingPackfiles(there);
        repository.index().forEachBlob((ordinal, type, blob, copies) -> {
            if (needed.get(ordinal)) {
                for (BlobLocation copy : copies) {
                    if (there.contains(copy.packfile())) {
                        whole.set(ordinal);
                    }
                }
                if (!whole.get(ordinal)) {
                    lost(type, blob, "packfile " + copies.getFirst().packfile() + " is missing from the store");
                }
            }
        });
    }

    private Set<Mac> listPackfiles() throws KlosetException {
        Set<Mac> there = new HashSet<>();
        try {
            repository.store().list(Resource.PACKFILE, there::add);
        } catch (ConnectorException e) {
            throw repository.unreachable("cannot list the packfiles", e);
        }
        return there;
    }

    private void reportMissingPackfiles(Set<Mac> there) {
        if (!everything || isSingleFile()) {
            return;
        }
        for (PackfileRecord packfile : repository.index().packfiles()) {
            if (!there.contains(packfile.packfile())) {
                storeDamage("packfile " + packfile.packfile() + " is missing from the store");
            }
        }
    }

    /** In a ptar the one packfile has a fixed name which is not the one its state gives. */
    private boolean isSingleFile() {
        return repository.store().flags().contains(ConnectorFlag.FILE);
    }

    private synchronized void lost(int type, Mac blob, String message) {
        damage = true;
        if (!isOfFiles(type)) {
            storeDamage(message); // no file names it
        }
        if (reasons.size() < REASONS) {
            reasons.put(blob, message);
        }
    }

    /** Keeps in mind that a blob of a file is lost until it is known whether a snapshot needs it. */
    private synchronized void claim(int type, long ordinal, String message) {
        if (everything && isOfFiles(type) && unclaimed.size() < REASONS) {
            unclaimed.add(new Lost(ordinal, message));
        }
    }

    private static boolean isOfFiles(int type) {
        return type == BlobType.CHUNK.number()
                || type == BlobType.OBJECT.number()
                || type == BlobType.VFS_ENTRY.number();
    }

    private void packfiles() throws KlosetException, InterruptedException {
        if (everything) {
            repository.verifyStates(this::storeDamage);
        }
        Path scratch = scratchDirectory();
        try (ExternalSorter locations = new ExternalSorter(scratch, "locations", SORT_MEMORY, false)) {
            long[] planned = new long[1];
            byte[] value = new byte[1 + Mac.BYTES + Integer.BYTES + Long.BYTES];
            repository.index().forEachBlob((ordinal, type, blob, copies) -> {
                if (!everything && !needed.get(ordinal)) {
                    return;
                }
                for (BlobLocation copy : copies) {
                    // The length orders blobs of no bytes before the one that begins at the same place.
                    ByteBuffer key = ByteBuffer.allocate(Mac.BYTES + Long.BYTES + Integer.BYTES);
                    key.put(copy.packfile().bytes()).putLong(copy.offset()).putInt(copy.length());
                    ByteBuffer.wrap(value)
                            .put((byte) type)
                            .put(blob.bytes())
                            .putInt(copy.length())
                            .putLong(ordinal);
                    locations.add(key.array(), value);
                    planned[0] += copy.length();
                }
            });
            listener.planned(planned[0]);
            verifyPackfiles(locations);
        } finally {
            try {
                Files.deleteIfExists(scratch);
            } catch (IOException e) {
                listener.warning("cannot remove the temporary directory " + scratch);
            }
        }
    }

    private Path scratchDirectory() throws KlosetException {
        Path parent = repository.context().scratchDirectory();
        Path path = parent.resolve("plakar-check-" + repository.random().toShortHex());
        try {
            Files.createDirectories(parent);
            return PrivateDirectory.create(path);
        } catch (IOException e) {
            throw new KlosetException.Invalid("cannot make the temporary directory " + path + ": " + e.getMessage());
        }
    }

    private void verifyPackfiles(ExternalSorter locations) throws KlosetException, InterruptedException {
        int workers = Math.max(1, repository.context().concurrency());
        BlockingQueue<Optional<PackfileVerifier.Wanted>> queue = new ArrayBlockingQueue<>(1);
        PackfileVerifier verifier = new PackfileVerifier(
                repository,
                new PackfileVerifier.Verdicts() {
                    @Override
                    public void whole(BlobType type, long ordinal, byte[] bytes) {
                        whole.set(ordinal);
                        if (everything && type == BlobType.OBJECT) {
                            verifyObject(bytes);
                        }
                    }

                    @Override
                    public void damaged(int type, Mac blob, long ordinal, String message) {
                        lost(type, blob, message);
                        claim(type, ordinal, message);
                    }

                    @Override
                    public void damagedPackfile(String message) {
                        storeDamage(message);
                    }
                },
                listener);
        Throwable[] failure = new Throwable[1];
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofPlatform().daemon().name("check-" + i).start(() -> {
                try {
                    for (Optional<PackfileVerifier.Wanted> next = queue.take(); next.isPresent(); next = queue.take()) {
                        verifier.verify(next.get());
                    }
                } catch (Throwable e) {
                    synchronized (failure) {
                        failure[0] = failure[0] == null ? e : failure[0];
                    }
                }
            }));
        }
        try {
            ExternalSorter.Records records = locations.sorted();
            PackfileVerifier.Wanted wanted = null;
            while (records.next()) {
                Mac packfile = Mac.of(records.key(), 0);
                if (wanted == null || !wanted.packfile.equals(packfile)) {
                    if (wanted != null) {
                        submit(queue, Optional.of(wanted), failure);
                    }
                    wanted = new PackfileVerifier.Wanted(packfile);
                }
                ByteBuffer value = ByteBuffer.wrap(records.value());
                int type = value.get() & 0xff;
                Mac blob = Mac.of(records.value(), 1);
                value.position(1 + Mac.BYTES);
                long offset =
                        ByteBuffer.wrap(records.key(), Mac.BYTES, Long.BYTES).getLong();
                wanted.add(type, blob, offset, value.getInt(), value.getLong());
            }
            if (wanted != null) {
                submit(queue, Optional.of(wanted), failure);
            }
            for (int i = 0; i < workers; i++) {
                submit(queue, Optional.empty(), failure);
            }
            for (Thread thread : threads) {
                thread.join();
            }
            rethrow(failure);
        } finally {
            for (Thread thread : threads) {
                thread.interrupt();
            }
        }
    }

    private static void submit(
            BlockingQueue<Optional<PackfileVerifier.Wanted>> queue,
            Optional<PackfileVerifier.Wanted> job,
            Throwable[] failure)
            throws KlosetException, InterruptedException {
        while (!queue.offer(job, 100, TimeUnit.MILLISECONDS)) {
            rethrow(failure);
        }
    }

    private static void rethrow(Throwable[] failure) throws KlosetException, InterruptedException {
        synchronized (failure) {
            switch (failure[0]) {
                case null -> {}
                case KlosetException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new InterruptedException();
            }
        }
    }

    // ---- third pass -------------------------------------------------------------------------------------------------

    /** Told of every path; {@code problem} when the entry or what is below it cannot be read. */
    private interface PathVisitor {
        void path(BytePath path, @Nullable Entry entry, @Nullable String problem) throws KlosetException;
    }

    /** Depth first through {@code top}; a damaged listing is replaced by what the tree says. */
    private void walk(SnapshotTree tree, Entry top, PathVisitor visitor) throws KlosetException, InterruptedException {
        Deque<Entry> open = new ArrayDeque<>();
        open.push(top);
        while (!open.isEmpty()) {
            interruptible();
            Entry entry = open.pop();
            visitor.path(entry.path(), entry, null);
            if (entry.isDirectory()) {
                walkChildren(tree, entry.path(), open, visitor);
            }
        }
    }

    private void walkChildren(SnapshotTree tree, BytePath directory, Deque<Entry> open, PathVisitor visitor)
            throws KlosetException {
        byte[] last = new byte[0];
        try (DirectoryCursor children = tree.children(directory)) {
            while (children.next()) {
                last = children.entry().name();
                child(children.entry(), open, visitor);
            }
            return;
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            // the listing is reported by the first pass; the tree knows the same names
        }
        try (DirectoryCursor children = tree.childrenFromTree(directory, last)) {
            boolean more = true;
            while (more) {
                try {
                    more = children.next();
                } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                    visitor.path(directory, null, "something in it is lost: " + e.getMessage());
                    continue;
                }
                if (more) {
                    child(children.entry(), open, visitor);
                }
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            visitor.path(directory, null, "its files cannot be listed: " + e.getMessage());
        }
    }

    private static void child(Entry child, Deque<Entry> open, PathVisitor visitor) throws KlosetException {
        if (child.isDirectory()) {
            open.push(child);
        } else {
            visitor.path(child.path(), child, null);
        }
    }

    private void name(int target) throws KlosetException, InterruptedException {
        SnapshotHeader snapshot = targets.get(target).snapshot();
        try {
            SnapshotTree tree = repository.tree(snapshot);
            BytePath path = targets.get(target).path();
            Optional<Entry> top = path == null ? tree.lookup(BytePath.ROOT) : tree.resolve(path);
            if (top.isEmpty()) {
                snapshotDamage(target, "it has no entry for " + (path == null ? "/" : path));
                return;
            }
            walk(tree, top.get(), (at, entry, problem) -> {
                String message = problem != null || entry == null ? problem : problem(tree, entry);
                if (message != null) {
                    pathDamage(target, at, message);
                } else if (options.reportPaths()) {
                    listener.whole(snapshot, at);
                }
            });
            nameXattrs(target, tree, path);
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            snapshotDamage(target, String.valueOf(e.getMessage()));
        }
    }

    private void nameXattrs(int target, SnapshotTree tree, @Nullable BytePath below) throws KlosetException {
        ValueCursor<XattrEntry> xattrs = tree.xattrs();
        while (xattrs.next()) {
            XattrEntry xattr = xattrs.value();
            String problem = below != null && !xattr.path().startsWith(below) ? null : objectProblem(xattr.object());
            if (problem != null) {
                String name = new String(xattr.name(), StandardCharsets.UTF_8);
                pathDamage(target, xattr.path(), "extended attribute " + name + ": " + problem);
            }
        }
    }

    /** What is wrong with the file of an entry; null when nothing is. */
    private @Nullable String problem(SnapshotTree tree, Entry entry) throws KlosetException {
        Optional<Mac> id;
        try {
            id = tree.vfs().lookup(entry.path().bytes());
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            return "its place in the tree cannot be read: " + e.getMessage();
        }
        if (id.isEmpty()) {
            return "it is listed in its directory but not in the tree";
        }
        String lost = lostReason(BlobType.VFS_ENTRY, id.get());
        if (lost != null) {
            return lost;
        }
        return entry.hasObject() ? objectProblem(entry.object()) : null;
    }

    private @Nullable String objectProblem(Mac id) throws KlosetException {
        String lost = lostReason(BlobType.OBJECT, id);
        if (lost != null) {
            return lost;
        }
        try {
            FileObject object = contents.object(id);
            int count = 0;
            String first = null;
            for (int i = 0; i < object.chunkCount(); i++) {
                String reason = lostReason(BlobType.CHUNK, object.chunkMac(i));
                if (reason != null) {
                    count++;
                    first = first == null ? reason : first;
                }
            }
            return count <= 1 ? first : first + " (and " + (count - 1) + " more of its chunks)";
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            return e.getMessage();
        }
    }

    private @Nullable String lostReason(BlobType type, Mac id) {
        long ordinal = repository.index().ordinal(type.number(), id);
        if (ordinal < 0 || repository.index().find(type.number(), id) == null) {
            return type.label() + " " + id + " is in no packfile that the store's states know";
        }
        needed.set(ordinal);
        if (whole.get(ordinal)) {
            return null;
        }
        synchronized (this) {
            return reasons.getOrDefault(id, type.label() + " " + id + " is damaged or missing");
        }
    }
}
