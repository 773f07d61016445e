package io.plakar.kloset.restore;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.repository.PlannedReads;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.sort.ExternalSorter;
import io.plakar.kloset.sort.PrivateDirectory;
import io.plakar.kloset.sort.SortKeys;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Brings a path of a snapshot back to a destination. One object, one run; interrupting the calling thread cancels it,
 * which leaves whole files only.
 */
public final class Restore {
    /*
     * The calling thread walks the tree and makes directories; files, links and special files go through a bounded queue
     * to the workers. Files with several names are set aside, sorted by device and inode, and written when the walk is
     * over: one of a group as a file, the rest as links to it. Directories get their attributes last, children first,
     * from another sorted list. A directory whose listing is damaged is listed from the tree instead.
     */

    private static final int QUEUED = 256;

    /**
     * Small files of one directory go to one worker together: two that make files in the same directory wait for each
     * other in the system. Not for a destination where each file takes long.
     */
    private static final int BATCH_FILES = 32;

    private static final long BATCH_BYTES = 1 << 20;

    /** Files, and their bytes, for which reads from a store far away are planned together. */
    private static final int PLANNED_FILES = 4096;

    private static final long PLANNED_BYTES = 256L << 20;

    /** More belong to a file that is far larger than that, which is read in a row anyway. */
    private static final int PLANNED_CHUNKS = 16384;

    private static final int LIST_MEMORY = 8 << 20;

    private final Repository repository;
    private final PlannedReads reads;
    private final SnapshotTree tree;
    private final ContentReader contents;
    private final List<Job> planned = new ArrayList<>();
    private long plannedBytes;
    private final Exporter to;
    private final RestoreOptions options;
    private final RestoreListener listener;
    private final BlockingQueue<List<Job>> queue;
    private final int batchFiles;
    private List<Job> batch = new ArrayList<>();
    private long batchBytes;
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable Throwable failure;

    private final LongAdder files = new LongAdder();
    private final LongAdder directories = new LongAdder();
    private final LongAdder others = new LongAdder();
    private final LongAdder kept = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder corrupt = new LongAdder();
    private final LongAdder warnings = new LongAdder();

    /** One thing to restore: where to, and what it is in the snapshot. */
    private record Job(BytePath path, Entry entry, @Nullable FileObject object) {
        Job(BytePath path, Entry entry) {
            this(path, entry, null);
        }

        /** Bytes of content to be written. */
        long bytes() {
            return entry.isRegular() ? entry.info().size() : 0;
        }
    }

    private Restore(
            Repository repository,
            SnapshotHeader snapshot,
            BytePath path,
            Exporter to,
            RestoreOptions options,
            RestoreListener listener)
            throws KlosetException {
        this.repository = repository;
        this.reads = repository.plannedReads();
        if (snapshot.source().directory().startsWith(path)) {
            reads.expectMetadata();
        }
        this.tree = new SnapshotTree(reads, snapshot);
        this.contents = new ContentReader(reads);
        this.to = to;
        this.batchFiles = to.flags().contains(ConnectorFlag.LOCALFS) ? BATCH_FILES : 1;
        this.queue = new ArrayBlockingQueue<>(QUEUED / batchFiles);
        this.options = options;
        this.listener = listener;
    }

    /**
     * Restores {@code path}: the content of a directory lands directly in the destination's root, anything else under
     * its base name. Links in {@code path} are followed.
     *
     * @throws KlosetException.Invalid when the path is not in the snapshot
     * @throws KlosetException when the run as a whole cannot go on; failures of single paths are in the result
     */
    public static RestoreResult run(
            Repository repository,
            SnapshotHeader snapshot,
            BytePath path,
            Exporter to,
            RestoreOptions options,
            RestoreListener listener)
            throws KlosetException {
        return new Restore(repository, snapshot, path, to, options, listener).run(path);
    }

    private RestoreResult run(BytePath path) throws KlosetException {
        Instant started = repository.context().clock().instant();
        long fetchedBefore = repository.bytesFetched();
        Entry top = tree.resolve(path)
                .orElseThrow(() -> new KlosetException.Invalid(path + ": no such file or directory in the snapshot"));
        Path scratch = scratchDirectory();
        List<Thread> workers = new ArrayList<>();
        try (ExternalSorter finishing = new ExternalSorter(scratch, "directories", LIST_MEMORY, true);
                ExternalSorter linked = new ExternalSorter(scratch, "links", LIST_MEMORY, false)) {
            for (int i = 0; i < Math.max(1, repository.context().concurrency()); i++) {
                workers.add(Thread.ofPlatform().daemon().name("restore-" + i).start(this::work));
            }
            if (top.isDirectory()) {
                restoreDirectory(top.path(), BytePath.ROOT, top, finishing, linked);
            } else {
                add(new Job(BytePath.ROOT.child(top.name()), top));
            }
            releasePlanned();
            drain(workers);
            restoreLinked(linked);
            finishDirectories(finishing);
        } catch (InterruptedException e) {
            throw new KlosetException.Cancelled("interrupted; what was restored so far is whole");
        } finally {
            stopped.set(true);
            joinAll(workers);
            deleteScratch(scratch);
        }
        return new RestoreResult(
                Duration.between(started, repository.context().clock().instant()),
                files.sum(),
                directories.sum(),
                others.sum(),
                kept.sum(),
                bytesWritten.sum(),
                errors.sum(),
                corrupt.sum(),
                warnings.sum(),
                repository.bytesFetched() - fetchedBefore);
    }

    private Path scratchDirectory() throws KlosetException {
        Path parent = repository.context().scratchDirectory();
        Path path = parent.resolve("plakar-restore-" + repository.random().toShortHex());
        try {
            Files.createDirectories(parent);
            return PrivateDirectory.create(path);
        } catch (IOException e) {
            throw new KlosetException.Invalid("cannot make the temporary directory " + path + ": " + e.getMessage());
        }
    }

    private void deleteScratch(Path scratch) {
        try {
            Files.deleteIfExists(scratch);
        } catch (IOException e) {
            listener.warning(BytePath.ROOT, "cannot remove the temporary directory " + scratch);
        }
    }

    /** Hands a job to the workers; with a store far away only when the reads of many are planned. */
    private void add(Job job) throws InterruptedException, KlosetException {
        if (!reads.useful() || options.dryRun()) {
            enqueue(job);
            return;
        }
        planned.add(job);
        plannedBytes += job.bytes();
        if (planned.size() >= PLANNED_FILES || plannedBytes >= PLANNED_BYTES) {
            releasePlanned();
        }
    }

    private void releasePlanned() throws InterruptedException, KlosetException {
        List<Mac> objects = new ArrayList<>();
        for (Job job : planned) {
            if (job.entry().isRegular()) {
                objects.add(job.entry().object());
            }
        }
        reads.expect(BlobType.OBJECT, objects);
        List<Job> ready = new ArrayList<>(planned.size());
        List<Mac> chunks = new ArrayList<>();
        for (Job job : planned) {
            FileObject object = object(job.entry());
            for (int i = 0; object != null && i < object.chunkCount() && chunks.size() < PLANNED_CHUNKS; i++) {
                chunks.add(object.chunkMac(i));
            }
            ready.add(new Job(job.path(), job.entry(), object));
        }
        reads.expect(BlobType.CHUNK, chunks);
        planned.clear();
        plannedBytes = 0;
        for (Job job : ready) {
            enqueue(job);
        }
    }

    /** The object of a file if it can be read; the worker reports when it cannot. */
    private @Nullable FileObject object(Entry entry) throws KlosetException {
        if (!entry.isRegular()) {
            return null;
        }
        try {
            return contents.object(entry.object());
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            return null;
        }
    }

    private void enqueue(Job job) throws InterruptedException, KlosetException {
        if (!batch.isEmpty()
                && !batch.getFirst().path().parent().equals(job.path().parent())) {
            releaseBatch();
        }
        batch.add(job);
        batchBytes += job.bytes();
        if (batch.size() >= batchFiles || batchBytes >= BATCH_BYTES) {
            releaseBatch();
        }
    }

    private void releaseBatch() throws InterruptedException, KlosetException {
        if (!batch.isEmpty()) {
            offer(batch);
            batch = new ArrayList<>();
            batchBytes = 0;
        }
    }

    private void offer(List<Job> jobs) throws InterruptedException, KlosetException {
        while (!queue.offer(jobs, 100, TimeUnit.MILLISECONDS)) {
            rethrow();
        }
        rethrow();
    }

    private void rethrow() throws KlosetException, InterruptedException {
        Throwable cause = failure;
        switch (cause) {
            case null -> {}
            case KlosetException e -> throw e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new InterruptedException();
        }
    }

    private void drain(List<Thread> workers) throws InterruptedException, KlosetException {
        releaseBatch();
        for (int i = 0; i < workers.size(); i++) {
            offer(List.of());
        }
        for (Thread worker : workers) {
            worker.join();
        }
        rethrow();
    }

    private static void joinAll(List<Thread> workers) {
        boolean interrupted = Thread.interrupted();
        for (Thread worker : workers) {
            while (worker.isAlive()) {
                worker.interrupt();
                try {
                    worker.join(200);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** @param from in the snapshot; {@code at} below the destination's root */
    private void restoreDirectory(
            BytePath from, BytePath at, Entry entry, ExternalSorter finishing, ExternalSorter linked)
            throws KlosetException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        listener.found(at, entry.info());
        try {
            if (!options.dryRun()) {
                to.makeDirectory(export(at, entry));
            }
        } catch (IOException e) {
            judge(at, entry, e);
            fail(at, e.getMessage() + "; all below it is left out", false);
            return;
        }
        directories.increment();
        finishing.add(SortKeys.depthFirst(at.bytes()), entry.encode());
        byte[] lastName = new byte[0];
        KlosetException damage;
        try (DirectoryCursor children = tree.children(from)) {
            boolean more = true;
            while (more) {
                try {
                    more = children.next();
                } catch (KlosetException.UnsafeName e) {
                    fail(at, e.getMessage() + ": refused", true);
                    continue;
                }
                if (more) {
                    Entry child = children.entry();
                    lastName = child.name();
                    restoreChild(from, at, child, finishing, linked);
                }
            }
            return;
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            damage = e;
        }
        restoreFromTree(from, at, lastName, damage, finishing, linked);
    }

    /** Goes on behind {@code lastName} with what the tree says about a directory whose listing is damaged. */
    private void restoreFromTree(
            BytePath from,
            BytePath at,
            byte[] lastName,
            KlosetException damage,
            ExternalSorter finishing,
            ExternalSorter linked)
            throws KlosetException, InterruptedException {
        try (DirectoryCursor children = tree.childrenFromTree(from, lastName)) {
            boolean more = true;
            while (more) {
                try {
                    more = children.next();
                } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                    fail(
                            at,
                            "something in it is lost: " + e.getMessage() + " (and its listing: " + damage.getMessage()
                                    + ")",
                            true);
                    continue;
                }
                if (more) {
                    restoreChild(from, at, children.entry(), finishing, linked);
                }
            }
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            fail(at, "its listing is damaged, files may be missing: " + damage.getMessage(), true);
        }
    }

    private void restoreChild(BytePath from, BytePath at, Entry child, ExternalSorter finishing, ExternalSorter linked)
            throws KlosetException, InterruptedException {
        BytePath target = at.child(child.name());
        if (child.isDirectory()) {
            restoreDirectory(from.child(child.name()), target, child, finishing, linked);
        } else if (child.isRegular() && child.info().nlink() > 1 && child.info().ino() != 0 && !options.dryRun()) {
            listener.found(target, child.info());
            linked.add(linkKey(child, target), child.encode());
        } else {
            add(new Job(target, child));
        }
    }

    /** Device, inode and content in front, so that names of one file come one after the other; then the path. */
    private static byte[] linkKey(Entry entry, BytePath target) {
        ByteBuffer key = ByteBuffer.allocate(16 + Mac.BYTES + target.bytes().length);
        key.putLong(entry.info().dev()).putLong(entry.info().ino());
        key.put(entry.object().bytes());
        key.put(target.bytes());
        return key.array();
    }

    private void restoreLinked(ExternalSorter linked) throws KlosetException, InterruptedException {
        ExternalSorter.Records records = linked.sorted();
        byte[] group = new byte[0];
        BytePath first = BytePath.ROOT;
        boolean firstStored = false;
        while (records.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            byte[] key = records.key();
            Entry entry = Entry.decode(records.value());
            byte[] head = Arrays.copyOf(key, 16 + Mac.BYTES);
            BytePath target = BytePath.ofClean(Arrays.copyOfRange(key, head.length, key.length));
            if (Arrays.equals(head, group) && firstStored && hardLink(target, entry, first)) {
                continue;
            }
            group = head;
            first = target;
            firstStored = restore(target, entry, null);
        }
    }

    private boolean hardLink(BytePath target, Entry entry, BytePath first) {
        try {
            RestoreListener.Outcome outcome = decide(target, entry);
            if (outcome == null) {
                return true;
            }
            if (outcome != RestoreListener.Outcome.KEPT && !to.hardLink(export(target, entry), first)) {
                listener.unfit(target, RestoreListener.Misfit.HARD_LINK);
                return false;
            }
            finished(target, entry, outcome);
            return true;
        } catch (IOException | KlosetException e) {
            fail(target, String.valueOf(e.getMessage()), false);
            return true;
        }
    }

    private void finishDirectories(ExternalSorter finishing) throws KlosetException, InterruptedException {
        ExternalSorter.Records records = finishing.sorted();
        while (records.next()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            BytePath path = BytePath.ofClean(SortKeys.pathOfDepthFirst(records.key()));
            Entry entry = Entry.decode(records.value());
            try {
                if (!options.dryRun()) {
                    for (String message : to.finishDirectory(export(path, entry))) {
                        warn(path, message);
                    }
                }
                listener.done(path, entry.info(), RestoreListener.Outcome.CREATED);
            } catch (IOException | KlosetException e) {
                fail(path, String.valueOf(e.getMessage()), false);
            }
        }
    }

    private ExportEntry export(BytePath path, Entry entry) throws KlosetException {
        List<Xattr> xattrs = List.of();
        if (!entry.xattrNames().isEmpty()) {
            try {
                xattrs = tree.xattrsOf(entry);
            } catch (KlosetException.Corrupt | KlosetException.Missing e) {
                corrupt.increment();
                errors.increment();
                listener.failed(path, "its extended attributes are damaged: " + e.getMessage(), true);
            }
        }
        return new ExportEntry(path, entry.info(), entry.symlinkTarget(), xattrs);
    }

    /** An empty list ends a worker. */
    private void work() {
        try {
            for (List<Job> jobs = queue.take(); !jobs.isEmpty(); jobs = queue.take()) {
                for (Job job : jobs) {
                    if (stopped.get()) {
                        return;
                    }
                    listener.found(job.path(), job.entry().info());
                    restore(job.path(), job.entry(), job.object());
                }
            }
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            }
            stopped.set(true);
        }
    }

    /**
     * What may happen to {@code path}.
     *
     * @return null when it was refused, and has been reported
     */
    private RestoreListener.@Nullable Outcome decide(BytePath path, Entry entry) throws IOException {
        Optional<FileInfo> existing = to.existing(path);
        if (existing.isEmpty()) {
            return RestoreListener.Outcome.CREATED;
        }
        FileInfo there = existing.get();
        if (there.isDirectory()) {
            fail(path, "a directory is there; move it away", false);
            return null;
        }
        boolean thereIsNewer = there.modTime().isAfter(entry.info().modTime());
        boolean same = there.modTime().equals(entry.info().modTime())
                && there.size() == entry.info().size()
                && there.isRegular() == entry.isRegular()
                && there.isSymlink() == entry.isSymlink();
        return switch (options.overwrite()) {
            case ALWAYS -> RestoreListener.Outcome.REPLACED;
            case NEVER -> RestoreListener.Outcome.KEPT;
            case IF_NEWER ->
                entry.info().modTime().isAfter(there.modTime())
                        ? RestoreListener.Outcome.REPLACED
                        : RestoreListener.Outcome.KEPT;
            case IF_CHANGED -> same ? RestoreListener.Outcome.KEPT : RestoreListener.Outcome.REPLACED;
            case PROTECT_NEWER -> {
                if (thereIsNewer) {
                    fail(path, "a newer file is there and was kept; use -overwrite always to replace it", false);
                    yield null;
                }
                yield RestoreListener.Outcome.REPLACED;
            }
        };
    }

    /** Restores anything but a directory; false when it is not there afterwards. */
    private boolean restore(BytePath path, Entry entry, @Nullable FileObject object)
            throws KlosetException, InterruptedException {
        try {
            RestoreListener.Outcome outcome = decide(path, entry);
            if (outcome == null) {
                return false;
            }
            if (outcome != RestoreListener.Outcome.KEPT && !options.dryRun()) {
                for (String message : write(path, entry, object)) {
                    warn(path, message);
                }
            }
            finished(path, entry, outcome);
            return true;
        } catch (KlosetException.Corrupt | KlosetException.Missing e) {
            fail(path, String.valueOf(e.getMessage()), true);
        } catch (IOException e) {
            if (e.getCause() instanceof KlosetException cause) {
                if (!(cause instanceof KlosetException.Corrupt) && !(cause instanceof KlosetException.Missing)) {
                    throw cause;
                }
                fail(path, String.valueOf(cause.getMessage()), true);
            } else {
                judge(path, entry, e);
                fail(path, String.valueOf(e.getMessage()), false);
            }
        }
        return false;
    }

    private List<String> write(BytePath path, Entry entry, @Nullable FileObject object)
            throws KlosetException, IOException, InterruptedException {
        ExportEntry export = export(path, entry);
        if (entry.isSymlink()) {
            return to.makeSymlink(export);
        }
        if (!entry.isRegular()) {
            return to.makeSpecial(export);
        }
        long[] written = {0};
        return to.writeFile(export, target -> {
            if (written[0] > 0) {
                bytesWritten.add(-written[0]);
                listener.written(-written[0]);
                written[0] = 0;
            }
            try {
                contents.copy(object != null ? object : contents.object(entry.object()), bytes -> {
                    int n = bytes.remaining();
                    target.write(bytes);
                    written[0] += n;
                    bytesWritten.add(n);
                    listener.written(n);
                });
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            }
        });
    }

    private void finished(BytePath path, Entry entry, RestoreListener.Outcome outcome) {
        if (outcome == RestoreListener.Outcome.KEPT) {
            kept.increment();
        } else if (entry.isRegular()) {
            files.increment();
        } else {
            others.increment();
        }
        listener.done(path, entry.info(), outcome);
    }

    /** Ends the run when the destination lets nothing through any more. */
    private void judge(BytePath path, Entry entry, IOException e) throws KlosetException {
        if (!(e instanceof ConnectorException failure)) {
            return;
        }
        if (failure.reason() == ConnectorException.Reason.LOCKED_OUT) {
            throw new KlosetException.Unreachable(String.valueOf(failure.getMessage()), failure);
        }
        switch (failure.reason()) {
            case UNSUPPORTED, INVALID, EXISTS -> {
                boolean plain = entry.isRegular() || entry.info().isDirectory();
                RestoreListener.Misfit other =
                        entry.isSymlink() ? RestoreListener.Misfit.SYMBOLIC_LINK : RestoreListener.Misfit.SPECIAL_FILE;
                listener.unfit(path, plain ? RestoreListener.Misfit.NAME_OR_SIZE : other);
            }
            default -> {}
        }
    }

    private void fail(BytePath path, String message, boolean damaged) {
        errors.increment();
        if (damaged) {
            corrupt.increment();
        }
        listener.failed(path, message, damaged);
    }

    private void warn(BytePath path, String message) {
        warnings.increment();
        listener.warning(path, message);
    }
}
