package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A directory or single file of a remote as a source. Origin and type are rclone's name of the service, files are 0600,
 * directories 0700, as in Plakar's snapshots (connectors §4). Safe for one run at a time.
 *
 * <p>Where the service lists a whole tree at once, that is one call, unless something in it cannot be listed; elsewhere
 * several threads take directories from a stack. Memory grows with the directories seen but not yet listed, and with the
 * entries of the directories being listed.
 */
public final class RcloneImporter implements Importer {
    /**
     * The time of directories whose service keeps none: rclone 1.70 says this, older ones say "now", and a time that
     * changes would make every directory new in every snapshot.
     */
    static final Instant NO_TIME = Instant.parse("2000-01-01T00:00:00Z");

    private static final int LISTING_THREADS = 8;

    private final RcloneRemote place;
    private final Remote remote;
    private final BytePath root;
    private final @Nullable RemoteEntry rootEntry;
    private final int threads;
    private final Instant started = Instant.now();

    private RcloneImporter(
            RcloneRemote place, Remote remote, @Nullable RemoteEntry rootEntry, ConnectorContext context) {
        this.place = place;
        this.remote = remote;
        this.root = BytePath.clean(place.path());
        this.rootEntry = rootEntry;
        this.threads = Math.clamp(context.maxConcurrency(), 1, LISTING_THREADS);
    }

    /** Looks at the root and takes over {@code remote}, which is closed also when this fails. */
    static RcloneImporter open(RcloneRemote place, Remote remote, ConnectorContext context) throws ConnectorException {
        try {
            RemoteEntry entry = place.path().isEmpty() ? null : look(place, remote);
            return new RcloneImporter(place, remote, entry, context);
        } catch (ConnectorException | RuntimeException e) {
            remote.close();
            throw e;
        }
    }

    private static RemoteEntry look(RcloneRemote place, Remote remote) throws ConnectorException {
        return remote.stat(place.path())
                .orElseThrow(
                        () -> new ConnectorException(Reason.MISSING, "not found: " + remote.display(place.path())));
    }

    @Override
    public String origin() {
        return remote.type();
    }

    @Override
    public String type() {
        return remote.type();
    }

    @Override
    public BytePath root() {
        return root;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() throws ConnectorException {
        if (rootEntry == null) {
            remote.list("");
        } else {
            look(place, remote);
        }
    }

    @Override
    public void run(RecordSink sink) throws ConnectorException, InterruptedException {
        if (!root.isRoot() && sink.excluded(root, rootEntry == null || rootEntry.directory())) {
            return;
        }
        if (rootEntry != null && !rootEntry.directory()) {
            giveAncestors(sink);
            sink.entry(entry(root, rootEntry));
            return;
        }
        // Nothing is given before the listing has begun well: a source that cannot be listed makes no snapshot.
        boolean whole = remote.features().has("ListR") && !remote.features().has("DuplicateFiles");
        if (whole && new TreeListing(sink).run()) {
            return;
        }
        new Walk(sink).run();
    }

    private void giveAncestors(RecordSink sink) throws InterruptedException {
        List<BytePath> ancestors = new ArrayList<>();
        for (BytePath path = root; !path.isRoot(); path = path.parent()) {
            ancestors.add(path.parent());
        }
        for (BytePath path : ancestors.reversed()) {
            sink.entry(directory(path, NO_TIME));
        }
    }

    private void giveRoot(RecordSink sink) throws InterruptedException {
        giveAncestors(sink);
        sink.entry(directory(root, rootEntry == null ? NO_TIME : rootEntry.modTime()));
    }

    private RemoteFile directory(BytePath path, Instant time) {
        Instant kept = remote.datesDirectories() && time.isBefore(started) ? time : NO_TIME;
        return new RemoteFile(path, new FileInfo(path.name(), 0, GoMode.DIRECTORY | 0700, kept, 0, 0, 0, 0, 0, "", ""));
    }

    private RemoteFile entry(BytePath path, RemoteEntry found) {
        if (found.directory()) {
            return directory(path, found.modTime());
        }
        long size = Math.max(-1, found.size());
        return new RemoteFile(path, new FileInfo(path.name(), size, 0600, found.modTime(), 1, 0, 0, 0, 0, "", ""));
    }

    private static boolean possible(String name) {
        return !name.isEmpty()
                && !name.equals(".")
                && !name.equals("..")
                && name.indexOf('/') < 0
                && name.indexOf('\0') < 0;
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    /** The path below the remote's root, as rclone wants it. */
    private static String remotePath(BytePath path) {
        return new String(path.bytes(), 1, path.bytes().length - 1, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        remote.close();
    }

    /** Carries an interruption or a failure of the sink through the reader of a listing. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final InterruptedException interruption;

        Stopped(InterruptedException interruption) {
            super(interruption);
            this.interruption = interruption;
        }

        InterruptedException interruption() {
            return interruption;
        }
    }

    /** The whole tree by one call; entries come in the service's order. */
    private final class TreeListing {
        private final RecordSink sink;
        private final Map<String, Boolean> excluded = new HashMap<>();
        private boolean begun;

        TreeListing(RecordSink sink) {
            this.sink = sink;
        }

        /** {@code false} when rclone could not list it all and nothing was given. */
        boolean run() throws ConnectorException, InterruptedException {
            try {
                remote.list(place.path(), true, this::take);
                begin();
                return true;
            } catch (Stopped e) {
                throw e.interruption();
            } catch (ConnectorException e) {
                if (begun) {
                    throw e;
                }
                return false;
            }
        }

        private void begin() throws InterruptedException {
            if (!begun) {
                begun = true;
                giveRoot(sink);
            }
        }

        private void take(RemoteEntry found) {
            try {
                begin();
                BytePath path = BytePath.clean(found.path());
                for (String part : found.path().split("/", -1)) {
                    if (!possible(part)) {
                        sink.failure(path, "list " + remote.display(found.path()) + ": impossible name");
                        return;
                    }
                }
                if (!path.startsWith(root) || path.equals(root) || below(parent(found.path()))) {
                    return;
                }
                if (!sink.excluded(path, found.directory())) {
                    sink.entry(entry(path, found));
                }
            } catch (InterruptedException e) {
                throw new Stopped(e);
            }
        }

        private static String parent(String path) {
            int slash = path.lastIndexOf('/');
            return slash < 0 ? "" : path.substring(0, slash);
        }

        /** Whether the directory is excluded, by itself or by one above it. */
        private boolean below(String directory) {
            if (directory.length() <= place.path().length()) {
                return false;
            }
            Boolean known = excluded.get(directory);
            if (known == null) {
                known = below(parent(directory)) || sink.excluded(BytePath.clean(directory), true);
                excluded.put(directory, known);
            }
            return known;
        }
    }

    /** One run through the tree, directory by directory: a stack shared by the threads. */
    private final class Walk {
        private final RecordSink sink;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final ArrayDeque<BytePath> stack = new ArrayDeque<>();
        private final List<Thread> workers = new ArrayList<>();
        private int busy;
        private volatile boolean stopped;
        private volatile @Nullable Throwable failure;

        Walk(RecordSink sink) {
            this.sink = sink;
        }

        void run() throws ConnectorException, InterruptedException {
            List<RemoteEntry> top = remote.listSource(place.path());
            giveRoot(sink);
            List<BytePath> found = new ArrayList<>();
            give(root, top, found);
            found.forEach(stack::addLast);
            for (int i = 0; i < threads; i++) {
                workers.add(Thread.ofVirtual().name("rclone-walk-" + i).unstarted(this::work));
            }
            workers.forEach(Thread::start);
            for (Thread worker : workers) {
                // No thread may outlive the run, interrupted or not: the sink is the engine's.
                while (true) {
                    try {
                        worker.join();
                        break;
                    } catch (InterruptedException e) {
                        stop(e);
                    }
                }
            }
            Throwable cause = failure;
            switch (cause) {
                case null -> {}
                case InterruptedException e -> throw e;
                case ConnectorException e -> throw e;
                case RuntimeException e -> throw e;
                case Error e -> throw e;
                default -> throw new IllegalStateException(cause);
            }
        }

        private void stop(Throwable cause) {
            lock.lock();
            try {
                stopped = true;
                if (failure == null) {
                    failure = cause;
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            workers.forEach(Thread::interrupt);
        }

        private void work() {
            try {
                BytePath next = take();
                while (next != null) {
                    List<BytePath> found = new ArrayList<>();
                    readDirectory(next, found);
                    next = finish(found);
                }
            } catch (InterruptedException | RuntimeException | Error e) {
                stop(e);
            }
        }

        private @Nullable BytePath take() throws InterruptedException {
            lock.lock();
            try {
                while (stack.isEmpty() && busy > 0 && !stopped) {
                    changed.await();
                }
                if (stopped || stack.isEmpty()) {
                    return null;
                }
                busy++;
                return stack.pop();
            } finally {
                lock.unlock();
            }
        }

        private @Nullable BytePath finish(List<BytePath> found) throws InterruptedException {
            lock.lock();
            try {
                for (BytePath directory : found.reversed()) {
                    stack.push(directory);
                }
                busy--;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return take();
        }

        private void readDirectory(BytePath path, List<BytePath> found) throws InterruptedException {
            List<RemoteEntry> entries;
            try {
                entries = remote.listSource(remotePath(path));
            } catch (ConnectorException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException(message(e));
                }
                if (e.reason() == Reason.LOCKED_OUT) {
                    stop(e);
                    return;
                }
                sink.failure(path, message(e));
                return;
            }
            give(path, entries, found);
        }

        private void give(BytePath parent, List<RemoteEntry> entries, List<BytePath> found)
                throws InterruptedException {
            List<Child> children = new ArrayList<>(entries.size());
            for (RemoteEntry entry : entries) {
                if (possible(entry.name())) {
                    children.add(new Child(entry.name().getBytes(StandardCharsets.UTF_8), entry));
                } else {
                    sink.failure(parent, "list " + remote.display(entry.path()) + ": impossible name");
                }
            }
            children.sort(Comparator.comparing(Child::name, Arrays::compareUnsigned));
            Set<String> names = new HashSet<>();
            for (Child child : children) {
                if (stopped) {
                    return;
                }
                BytePath path = parent.child(child.name());
                boolean directory = child.entry().directory();
                if (!names.add(child.entry().name())) {
                    sink.failure(path, remote.display(child.entry().path()) + ": the service has two of this name");
                } else if (!sink.excluded(path, directory)) {
                    sink.entry(entry(path, child.entry()));
                    if (directory) {
                        found.add(path);
                    }
                }
            }
        }
    }

    private record Child(byte[] name, RemoteEntry entry) {}

    /** One thing found; its content is asked for when it is opened. */
    private final class RemoteFile implements SourceEntry {
        private final BytePath path;
        private final FileInfo info;

        RemoteFile(BytePath path, FileInfo info) {
            this.path = path;
            this.info = info;
        }

        @Override
        public BytePath path() {
            return path;
        }

        @Override
        public FileInfo info() {
            return info;
        }

        @Override
        public ReadableByteChannel open() throws ConnectorException {
            return ObjectContent.ofSource(remote, remotePath(path), info.size());
        }

        // No current(): every answer would be a call to the service, and the service gives one version whole.
        @Override
        public Optional<FileInfo> current() {
            return Optional.empty();
        }
    }
}
