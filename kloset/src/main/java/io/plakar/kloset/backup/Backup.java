package io.plakar.kloset.backup;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Importer;
import io.plakar.connector.Mac;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.repository.HeldLock;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.sort.PrivateDirectory;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.EntryCodec;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Makes one snapshot. One object, one run; the calling thread waits for the importers' and workers' threads, and
 * interrupting it cancels the run.
 */
public final class Backup {
    /*
     * Importers deliver into entry() from threads of their own. What needs no content is finished right there; a regular
     * file which is not unchanged goes through a bounded queue to the workers. Everything ends as a record in the
     * TreeAssembler. The snapshot exists from the moment RepositoryWriter.commit() returns.
     */

    private static final int QUEUED_FILES = 256;
    private static final String NOT_REGULAR = "application/x-not-regular-file";
    private static final byte[] NO_TARGET = new byte[0];

    private final Repository repository;
    private final List<Importer> sources;
    private final BackupOptions options;
    private final BackupListener listener;
    private final BytePath directory;
    private final WorkQueue<Job> queue = new WorkQueue<>(QUEUED_FILES);
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private volatile @Nullable Throwable failure;
    private volatile boolean rootIsDirectory = true;
    private volatile boolean storeIncomplete;
    private final @Nullable BytePath storeItself;
    private final AtomicBoolean storeSkipped = new AtomicBoolean();
    private final ThreadLocal<EntryCodec> codecs = ThreadLocal.withInitial(EntryCodec::new);

    private final LongAdder filesNew = new LongAdder();
    private final LongAdder filesChanged = new LongAdder();
    private final LongAdder filesUnchanged = new LongAdder();
    private final LongAdder directories = new LongAdder();
    private final LongAdder others = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final LongAdder contentBytes = new LongAdder();
    private final LongAdder contentRead = new LongAdder();
    private final LongAdder filesRead = new LongAdder();

    /** A file that must be read, and what it was before. */
    private record Job(SourceEntry entry, List<Xattr> xattrs, PreviousSnapshot.@Nullable Known before) {}

    private Backup(Repository repository, List<Importer> sources, BackupOptions options, BackupListener listener) {
        this.repository = repository;
        this.sources = sources;
        this.options = options;
        this.listener = listener;
        this.directory = commonDirectory(sources);
        String type = repository.store().type();
        this.storeItself = type.equals("fs") || type.equals("ptar")
                ? BytePath.clean(repository.store().root())
                : null;
    }

    /**
     * Backs up {@code sources}, which have one type and origin, into one new snapshot.
     *
     * @throws KlosetException when no snapshot was made; failures about single paths are in the result's error count
     *     and in the snapshot
     */
    public static BackupResult run(
            Repository repository, List<Importer> sources, BackupOptions options, BackupListener listener)
            throws KlosetException {
        if (!repository.store().writable()) {
            throw new KlosetException.Invalid("storage is not writable");
        }
        return new Backup(repository, outermost(sources), options, listener).run();
    }

    /** Only names what a backup would contain. */
    public static void scan(List<Importer> sources, ExcludeRules excludes, BackupListener listener)
            throws KlosetException {
        for (Importer source : outermost(sources)) {
            try {
                source.run(new RecordSink() {
                    @Override
                    public void entry(SourceEntry entry) {
                        if (!excluded(entry.path(), entry.info().isDirectory())) {
                            FileInfo info = entry.info();
                            listener.found(entry.path(), info, info.isRegular() ? info.size() : 0);
                            listener.done(entry.path(), info, BackupListener.Outcome.NEW);
                        }
                        entry.release();
                    }

                    @Override
                    public void failure(BytePath path, String message) {
                        listener.failed(path, message);
                    }

                    @Override
                    public boolean excluded(BytePath path, boolean isDirectory) {
                        return !path.isRoot() && excludes.excluded(path, isDirectory);
                    }
                });
            } catch (ConnectorException e) {
                throw new KlosetException.Unreachable("cannot read the source: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                throw cancelled();
            }
        }
    }

    private static List<Importer> outermost(List<Importer> sources) throws KlosetException {
        if (sources.isEmpty()) {
            throw new KlosetException.Invalid("nothing to back up");
        }
        Importer first = sources.getFirst();
        for (Importer source : sources) {
            if (!source.type().equals(first.type()) || !source.origin().equals(first.origin())) {
                throw new KlosetException.Invalid("multi-source backup not supported yet: " + first.type() + " of "
                        + first.origin() + " and " + source.type() + " of " + source.origin());
            }
        }
        List<Importer> sorted = new ArrayList<>(sources);
        sorted.sort(Comparator.comparing(Importer::root));
        List<Importer> kept = new ArrayList<>();
        for (Importer source : sorted) {
            if (kept.stream().noneMatch(outer -> source.root().startsWith(outer.root()))) {
                kept.add(source);
            }
        }
        return kept;
    }

    private static BytePath commonDirectory(List<Importer> sources) {
        BytePath common = sources.getFirst().root();
        for (Importer source : sources) {
            while (!source.root().startsWith(common)) {
                common = common.parent();
            }
        }
        return common;
    }

    /**
     * Adds a snapshot to what {@code writer} writes; the caller holds the lock, and the snapshot exists when the caller
     * has committed. For stores that take several snapshots as one, and for copies of snapshots.
     *
     * @param original header of the snapshot that is copied: kept but for its trees and duration; null for a new snapshot
     */
    public static BackupResult add(
            Repository repository,
            RepositoryWriter writer,
            List<Importer> sources,
            BackupOptions options,
            @Nullable SnapshotHeader original,
            BackupListener listener)
            throws KlosetException {
        Mac id = original == null ? repository.random() : original.id();
        return new Backup(repository, outermost(sources), options, listener).make(id, writer, original, false);
    }

    private BackupResult run() throws KlosetException {
        repository.refresh();
        Mac id = repository.random();
        try (HeldLock lock = HeldLock.take(repository, id, false, listener::warning);
                RepositoryWriter writer = new RepositoryWriter(repository)) {
            storeIncomplete = repository.excludeLostPackfiles(listener::warning);
            return make(id, writer, null, true);
        }
    }

    private BackupResult make(Mac id, RepositoryWriter writer, @Nullable SnapshotHeader original, boolean commit)
            throws KlosetException {
        Instant started = repository.context().clock().instant();
        long fetchedBefore = repository.bytesFetched();
        long storedBefore = repository.bytesStored();
        listener.started(id);
        Path scratch = scratchDirectory(id);
        try (TreeAssembler trees = new TreeAssembler(repository, writer, scratch, listener);
                PreviousSnapshot previous = previous()) {
            listener.phase(BackupListener.Phase.SCANNING);
            gather(writer, trees, previous);
            listener.phase(BackupListener.Phase.BUILDING);
            TreeAssembler.Roots roots = trees.write();
            listener.phase(BackupListener.Phase.COMMITTING);
            Duration duration =
                    Duration.between(started, repository.context().clock().instant());
            SnapshotHeader made = original == null
                    ? header(id, started, duration, source(roots))
                    : original.withSource(source(roots)).withTime(original.timestamp(), duration);
            byte[] header = made.encode();
            writer.put(BlobType.SNAPSHOT, id, header, 0, header.length);
            if (Thread.interrupted()) {
                throw cancelled();
            }
            if (commit) {
                writer.commit();
            }
            return new BackupResult(
                    id,
                    Duration.between(started, repository.context().clock().instant()),
                    filesNew.sum(),
                    filesChanged.sum(),
                    filesUnchanged.sum(),
                    directories.sum(),
                    others.sum(),
                    errors.sum(),
                    contentBytes.sum(),
                    contentRead.sum(),
                    filesRead.sum(),
                    writer.newChunks(),
                    repository.bytesStored() - storedBefore,
                    repository.bytesFetched() - fetchedBefore);
        } catch (InterruptedException e) {
            throw cancelled();
        } finally {
            deleteRecursively(scratch);
        }
    }

    private static KlosetException cancelled() {
        return new KlosetException.Cancelled(
                "interrupted; no snapshot was made, what was stored is used by the next run");
    }

    private Path scratchDirectory(Mac id) throws KlosetException {
        Path path = repository.context().scratchDirectory().resolve("plakar-backup-" + id.toShortHex());
        try {
            Files.createDirectories(repository.context().scratchDirectory());
            return PrivateDirectory.create(path);
        } catch (IOException e) {
            throw new KlosetException.Invalid("cannot make the temporary directory " + path + ": " + e.getMessage());
        }
    }

    private void deleteRecursively(Path scratch) {
        try {
            PrivateDirectory.delete(scratch);
        } catch (IOException e) {
            listener.warning("cannot remove the temporary directory " + scratch + ": " + e.getMessage());
        }
    }

    private @Nullable PreviousSnapshot previous() throws KlosetException {
        if (!options.usePrevious()) {
            return null;
        }
        Importer source = sources.getFirst();
        for (SnapshotHeader header : repository.snapshots()) {
            SnapshotHeader.Source was =
                    header.sources().isEmpty() ? null : header.sources().getFirst();
            if (was == null
                    || !was.type().equals(source.type())
                    || !was.origin().equals(source.origin())) {
                continue;
            }
            SnapshotTree tree = repository.tree(header);
            if (was.directory().equals(directory) || (was.directory().equals(directory.parent()) && holdsFile(tree))) {
                return new PreviousSnapshot(tree, listener);
            }
        }
        return null;
    }

    /** A snapshot of a single file records the file's directory: it is the previous one if it holds that file alone. */
    private boolean holdsFile(SnapshotTree tree) {
        try {
            Optional<Entry> entry = tree.lookup(directory);
            return entry.isPresent() && !entry.get().isDirectory();
        } catch (KlosetException e) {
            return false;
        }
    }

    private void gather(RepositoryWriter writer, TreeAssembler trees, @Nullable PreviousSnapshot previous)
            throws KlosetException, InterruptedException {
        int workers = Math.max(1, repository.context().concurrency());
        for (int i = 0; i < workers; i++) {
            start("file-worker-" + i, () -> work(writer, trees));
        }
        List<Thread> importers = new ArrayList<>();
        for (Importer source : sources) {
            importers.add(start("importer", () -> source.run(new Sink(writer, trees, previous))));
        }
        try {
            for (Thread importer : importers) {
                importer.join();
            }
            queue.close();
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            stop(e);
            joinUninterruptibly();
            throw e;
        }
        Throwable cause = failure;
        if (cause != null) {
            joinUninterruptibly();
            throw switch (cause) {
                case KlosetException e -> e;
                case ConnectorException e ->
                    new KlosetException.Unreachable("failed to backup source: " + e.getMessage(), e);
                case Error e -> throw e;
                case RuntimeException e -> throw e;
                default -> cancelled();
            };
        }
    }

    /** The body of a thread of this run. */
    private interface Task {
        void run() throws KlosetException, IOException, InterruptedException;
    }

    private Thread start(String name, Task task) {
        Thread thread = Thread.ofPlatform().daemon().name(name).start(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                stop(e);
            }
        });
        threads.add(thread);
        return thread;
    }

    /** Ends all threads of the run because of {@code cause}; the first cause counts. */
    private void stop(Throwable cause) {
        synchronized (stopped) {
            if (failure == null) {
                failure = cause;
            }
        }
        stopped.set(true);
        for (Thread thread : List.copyOf(threads)) {
            if (thread != Thread.currentThread()) {
                thread.interrupt();
            }
        }
    }

    private void joinUninterruptibly() {
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.interrupt();
                    thread.join(200);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void work(RepositoryWriter writer, TreeAssembler trees) throws KlosetException, InterruptedException {
        FileWorker worker = new FileWorker(writer, repository.macs(), repository.chunking(), listener);
        for (Job job = queue.take(); job != null; job = queue.take()) {
            SourceEntry entry = job.entry();
            try {
                FileWorker.Stored stored = worker.store(entry);
                contentRead.add(stored.bytesRead());
                contentBytes.add(stored.object().size());
                filesRead.increment();
                Entry made = new Entry(
                                entry.path().parent(),
                                stored.info(),
                                NO_TARGET,
                                Mac.ZERO,
                                "",
                                0,
                                0,
                                names(job.xattrs()))
                        .withContent(stored.id(), stored.object());
                record(writer, trees, entry.path(), made, job.xattrs(), null);
                (job.before() == null ? filesNew : filesChanged).increment();
                listener.done(
                        entry.path(),
                        made.info(),
                        job.before() == null ? BackupListener.Outcome.NEW : BackupListener.Outcome.CHANGED);
                if (stored.changing()) {
                    fail(trees, entry.path(), "changed while being read; saved as it was read last");
                }
            } catch (IOException e) {
                if (stopped.get()) {
                    throw new InterruptedException();
                }
                if (e instanceof ConnectorException failure
                        && failure.reason() == ConnectorException.Reason.LOCKED_OUT) {
                    // A snapshot without all that is still to come would look like one of a place that has lost it.
                    stop(failure);
                    throw new InterruptedException();
                }
                fail(trees, entry.path(), String.valueOf(e.getMessage()));
            } finally {
                entry.release();
            }
        }
    }

    private void fail(TreeAssembler trees, BytePath path, String message) throws KlosetException {
        errors.increment();
        trees.error(path, message);
        listener.failed(path, message);
    }

    private static List<byte[]> names(List<Xattr> xattrs) {
        List<byte[]> names = new ArrayList<>(xattrs.size());
        for (Xattr xattr : xattrs) {
            if (xattr.type() == Xattr.EXTENDED) {
                names.add(xattr.name());
            }
        }
        return Entry.sorted(names);
    }

    /** Stores the entry's blob and hands entry and attributes over for the trees. */
    private void record(
            RepositoryWriter writer,
            TreeAssembler trees,
            BytePath path,
            Entry entry,
            List<Xattr> xattrs,
            PreviousSnapshot.@Nullable Known before)
            throws KlosetException {
        byte[] encoded = codecs.get().encode(entry);
        // The same bytes have the same MAC, which costs more than to compare them.
        Mac id = before != null
                        && Arrays.equals(encoded, before.encoded())
                        && writer.known(BlobType.VFS_ENTRY, before.id())
                ? before.id()
                : writer.put(BlobType.VFS_ENTRY, encoded);
        trees.entry(path, encoded, id);
        for (Xattr xattr : xattrs) {
            trees.xattr(path, xattr);
        }
    }

    private SnapshotHeader.Source source(TreeAssembler.Roots roots) {
        Importer source = sources.getFirst();
        List<SnapshotHeader.Index> indexes = List.of(
                index(SnapshotHeader.Index.CONTENT_TYPE, roots.contentTypes()),
                index(SnapshotHeader.Index.DIRPACK, roots.directoryPacks()),
                index(SnapshotHeader.Index.SUMMARY, roots.summaries()));
        return new SnapshotHeader.Source(
                source.type(),
                source.origin(),
                (rootIsDirectory ? directory : directory.parent()).bytes(),
                List.of(),
                new SnapshotHeader.Roots(roots.vfs(), roots.xattrs(), roots.errors()),
                indexes,
                roots.summary());
    }

    private SnapshotHeader header(Mac id, Instant started, Duration duration, SnapshotHeader.Source source) {
        Instant timestamp = options.timestamp() == null ? started : options.timestamp();
        return new SnapshotHeader(
                BlobType.VERSION,
                id,
                timestamp,
                duration,
                SnapshotHeader.Identity.none(),
                options.name(),
                options.category(),
                options.environment(),
                options.perimeter(),
                options.job(),
                1,
                options.dataset(),
                List.of(),
                List.of(),
                options.tags(),
                options.context(),
                List.of(source));
    }

    private static SnapshotHeader.Index index(String name, Mac root) {
        return new SnapshotHeader.Index(name, SnapshotHeader.Index.BTREE, root);
    }

    /** Where an importer puts what it finds. */
    private final class Sink implements RecordSink {
        private final RepositoryWriter writer;
        private final TreeAssembler trees;
        private final @Nullable PreviousSnapshot previous;

        Sink(RepositoryWriter writer, TreeAssembler trees, @Nullable PreviousSnapshot previous) {
            this.writer = writer;
            this.trees = trees;
            this.previous = previous;
        }

        @Override
        public boolean excluded(BytePath path, boolean isDirectory) {
            if (path.isRoot()) {
                return false;
            }
            BytePath store = storeItself;
            if (store != null
                    && path.startsWith(store)
                    && sources.getFirst().type().equals("fs")) {
                if (!storeSkipped.getAndSet(true)) {
                    listener.warning("skipping " + store + ": it is the store itself");
                }
                return true;
            }
            return options.excludes().excluded(path, isDirectory);
        }

        @Override
        public void failure(BytePath path, String message) throws InterruptedException {
            guarded(() -> fail(trees, path, message));
        }

        @Override
        public void entry(SourceEntry entry) throws InterruptedException {
            boolean[] queued = new boolean[1];
            try {
                guarded(() -> queued[0] = take(entry));
            } finally {
                if (!queued[0]) {
                    entry.release();
                }
            }
        }

        private void guarded(Task task) throws InterruptedException {
            if (stopped.get()) {
                throw new InterruptedException();
            }
            try {
                task.run();
            } catch (KlosetException | IOException e) {
                stop(e);
                throw new InterruptedException();
            }
        }

        /** True when the entry was handed to a worker, who then releases it. */
        private boolean take(SourceEntry entry) throws KlosetException, InterruptedException {
            BytePath path = entry.path();
            FileInfo info = entry.info();
            if (excluded(path, info.isDirectory())) {
                return false;
            }
            if (path.equals(directory) && !info.isDirectory()) {
                rootIsDirectory = false;
            }
            listener.found(path, info, info.isRegular() ? info.size() : 0);
            List<Xattr> xattrs = List.of();
            if (options.xattrs()) {
                try {
                    xattrs = entry.xattrs();
                } catch (IOException e) {
                    fail(trees, path, String.valueOf(e.getMessage()));
                }
            }
            PreviousSnapshot.Known before = previous == null ? null : previous.find(path);
            if (!info.isRegular()) {
                takeWithoutContent(entry, xattrs, before);
            } else if (before != null
                    && PreviousSnapshot.unchanged(info, before.entry())
                    && usable(before.entry().object())) {
                takeUnchanged(entry, xattrs, before);
            } else {
                queue.put(new Job(entry, xattrs, before));
                return true;
            }
            return false;
        }

        /** Whether the content of an object is in the store, so that the file need not be read. */
        private boolean usable(Mac object) throws KlosetException {
            if (!writer.known(BlobType.OBJECT, object)) {
                return false;
            }
            if (!storeIncomplete) {
                return true;
            }
            try {
                FileObject content = FileObject.decode(repository.get(BlobType.OBJECT, object));
                for (int i = 0; i < content.chunkCount(); i++) {
                    if (!writer.known(BlobType.CHUNK, content.chunkMac(i))) {
                        return false;
                    }
                }
                return true;
            } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                return false;
            }
        }

        private void takeWithoutContent(SourceEntry entry, List<Xattr> xattrs, PreviousSnapshot.@Nullable Known before)
                throws KlosetException {
            FileInfo info = entry.info();
            boolean isDirectory = info.isDirectory();
            Entry made = new Entry(
                    entry.path().parent(),
                    info,
                    info.isSymlink() ? entry.linkTarget() : NO_TARGET,
                    Mac.ZERO,
                    isDirectory ? "" : NOT_REGULAR,
                    0,
                    0,
                    names(xattrs));
            record(writer, trees, entry.path(), made, xattrs, before);
            (isDirectory ? directories : others).increment();
            listener.done(entry.path(), info, outcome(before == null ? null : before.entry(), made));
        }

        private BackupListener.Outcome outcome(@Nullable Entry before, Entry made) {
            if (before == null) {
                return BackupListener.Outcome.NEW;
            }
            FileInfo now = made.info();
            FileInfo then = before.info();
            boolean same = now.mode() == then.mode()
                    && now.modTime().equals(then.modTime())
                    && now.uid() == then.uid()
                    && now.gid() == then.gid()
                    && Arrays.equals(made.symlinkTarget(), before.symlinkTarget());
            return same ? BackupListener.Outcome.UNCHANGED : BackupListener.Outcome.CHANGED;
        }

        private void takeUnchanged(SourceEntry entry, List<Xattr> xattrs, PreviousSnapshot.Known known)
                throws KlosetException {
            Entry before = known.entry();
            FileInfo info = entry.info().withSize(before.info().size());
            Entry made = new Entry(
                    entry.path().parent(),
                    info,
                    NO_TARGET,
                    before.object(),
                    before.contentType(),
                    before.entropy(),
                    before.chunks(),
                    names(xattrs));
            record(writer, trees, entry.path(), made, xattrs, known);
            filesUnchanged.increment();
            contentBytes.add(info.size());
            listener.processed(info.size());
            listener.done(entry.path(), info, BackupListener.Outcome.UNCHANGED);
        }
    }
}
