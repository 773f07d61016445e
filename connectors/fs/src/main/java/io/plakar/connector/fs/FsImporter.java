package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.Xattr;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A directory or single file of this machine as a source.
 *
 * <p>A root which is a symbolic link is followed once: the link is recorded with its text, and what it leads to under its
 * own path. The ancestors of both come first; an ancestor which is itself a link is recorded as the directory it leads
 * to, so that the snapshot stays a tree. Special files are recorded and never opened.
 *
 * <p>The walk takes directories from a stack, one thread per directory; the children of one directory are given in byte
 * order. Memory grows with the directories seen but not yet read and with the names of the directories being read.
 */
public final class FsImporter implements Importer {
    private final FileTree tree;
    private final BytePath root;
    private final ConnectorContext context;
    private final boolean oneFileSystem;
    private final FileStat rootStat;

    /** Looks at the root; fails when it is not there. */
    FsImporter(FileTree tree, BytePath root, boolean oneFileSystem, ConnectorContext context)
            throws ConnectorException {
        this.tree = tree;
        this.root = root;
        this.oneFileSystem = oneFileSystem;
        this.context = context;
        this.rootStat = tree.stat(root, false);
    }

    @Override
    public String origin() {
        return context.hostname();
    }

    @Override
    public String type() {
        return "fs";
    }

    @Override
    public BytePath root() {
        return root;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of(ConnectorFlag.LOCALFS);
    }

    @Override
    public void ping() throws ConnectorException {
        tree.stat(root, false);
    }

    @Override
    public void run(RecordSink sink) throws ConnectorException, InterruptedException {
        BytePath start = root;
        FileStat startStat = rootStat;
        LinkedHashSet<BytePath> ancestors = new LinkedHashSet<>();
        byte[] link = null;
        if (rootStat.isSymlink()) {
            link = tree.readLink(root);
            start = target(root, link);
            startStat = tree.stat(start, false);
        }
        addAncestors(start, ancestors);
        addAncestors(root, ancestors);
        for (BytePath ancestor : ancestors) {
            // A link may lead above itself: what the walk will find is not given twice.
            if (!ancestor.startsWith(start)) {
                giveAncestor(ancestor, sink);
            }
        }
        if (link != null && !root.startsWith(start) && !sink.excluded(root, false)) {
            sink.entry(new FsEntry(root, info(root, rootStat), link));
        }
        if (!start.isRoot() && sink.excluded(start, startStat.isDirectory())) {
            return;
        }
        give(start, startStat, sink);
        if (startStat.isDirectory()) {
            new Walk(sink, startStat.dev()).run(start);
        }
    }

    private static BytePath target(BytePath link, byte[] text) {
        if (text.length > 0 && text[0] == '/') {
            return BytePath.clean(text);
        }
        byte[] parent = link.parent().bytes();
        byte[] joined = Arrays.copyOf(parent, parent.length + 1 + text.length);
        joined[parent.length] = '/';
        System.arraycopy(text, 0, joined, parent.length + 1, text.length);
        return BytePath.clean(joined);
    }

    /** Adds the ancestors of {@code path}, the topmost first. */
    private static void addAncestors(BytePath path, LinkedHashSet<BytePath> ancestors) {
        if (!path.isRoot()) {
            addAncestors(path.parent(), ancestors);
            ancestors.add(path.parent());
        }
    }

    private void giveAncestor(BytePath path, RecordSink sink) throws InterruptedException {
        if (!path.isRoot() && sink.excluded(path, true)) {
            return;
        }
        FileStat stat;
        try {
            stat = tree.stat(path, false);
            if (stat.isSymlink()) {
                stat = tree.stat(path, true);
            }
        } catch (ConnectorException e) {
            sink.failure(path, message(e));
            stat = new FileStat(GoMode.DIRECTORY | 0755, 0, Instant.EPOCH, 0, 0, 0, 0, 1);
        }
        // The reference leaves the names of ancestors empty; ours must compare equal with its snapshots.
        sink.entry(new FsEntry(path, stat.toInfo(path.name(), "", ""), new byte[0]));
    }

    private FileInfo info(BytePath path, FileStat stat) {
        return stat.toInfo(path.name(), tree.userName(stat.uid()), tree.groupName(stat.gid()));
    }

    private void give(BytePath path, FileStat stat, RecordSink sink) throws InterruptedException {
        byte[] link = new byte[0];
        if (stat.isSymlink()) {
            try {
                link = tree.readLink(path);
            } catch (ConnectorException e) {
                sink.failure(path, message(e));
                return;
            }
        }
        sink.entry(new FsEntry(path, info(path, stat), link));
    }

    private static String message(Exception e) {
        String message = e.getMessage();
        return message == null ? e.toString() : message;
    }

    @Override
    public void close() {}

    /** One run through the tree below a directory: a stack of directories shared by the threads. */
    private final class Walk {
        private final RecordSink sink;
        private final long device;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final ArrayDeque<BytePath> stack = new ArrayDeque<>();
        private int busy;
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;
        private volatile @Nullable Throwable failure;

        Walk(RecordSink sink, long device) {
            this.sink = sink;
            this.device = device;
        }

        void run(BytePath start) throws InterruptedException {
            stack.push(start);
            for (int i = 0; i < Math.max(1, context.maxConcurrency()); i++) {
                threads.add(Thread.ofPlatform().name("fs-walk-" + i).daemon().unstarted(this::work));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                // No thread may outlive the run, interrupted or not: the sink is the engine's.
                while (true) {
                    try {
                        thread.join();
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
            threads.forEach(Thread::interrupt);
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
                for (int i = found.size() - 1; i >= 0; i--) {
                    stack.push(found.get(i));
                }
                busy--;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            return take();
        }

        private void readDirectory(BytePath path, List<BytePath> found) throws InterruptedException {
            try (Directory directory = tree.directory(path, false)) {
                for (byte[] name : directory.names()) {
                    if (stopped) {
                        return;
                    }
                    readChild(directory, name, found);
                }
            } catch (ConnectorException e) {
                sink.failure(path, message(e));
            }
        }

        private void readChild(Directory directory, byte[] name, List<BytePath> found) throws InterruptedException {
            BytePath path = directory.path().child(name);
            FileStat stat;
            byte[] link = new byte[0];
            try {
                stat = directory.stat(name);
                if (sink.excluded(path, stat.isDirectory()) || (oneFileSystem && stat.dev() != device)) {
                    return;
                }
                if (stat.isSymlink()) {
                    link = directory.readLink(name);
                }
            } catch (ConnectorException e) {
                sink.failure(path, message(e));
                return;
            }
            String user = tree.userName(stat.uid());
            sink.entry(new FsEntry(path, stat.toInfo(name, user, tree.groupName(stat.gid())), link));
            if (stat.isDirectory()) {
                found.add(path);
            }
        }
    }

    /** One thing found; everything beyond its attributes is read when asked for. */
    private final class FsEntry implements SourceEntry {
        private final BytePath path;
        private final FileInfo info;
        private final byte[] link;

        FsEntry(BytePath path, FileInfo info, byte[] link) {
            this.path = path;
            this.info = info;
            this.link = link;
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
        public byte[] linkTarget() {
            return link;
        }

        @Override
        public List<Xattr> xattrs() throws ConnectorException {
            return context.readXattrs() ? tree.xattrs(path) : List.of();
        }

        @Override
        public ReadableByteChannel open() throws ConnectorException {
            return new FileContent(tree.read(path, false));
        }

        @Override
        public Optional<FileInfo> current() throws ConnectorException {
            FileStat stat = tree.stat(path, false);
            return Optional.of(stat.toInfo(info.name(), info.username(), info.groupname()));
        }
    }
}
