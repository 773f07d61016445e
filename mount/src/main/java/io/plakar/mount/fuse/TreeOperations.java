package io.plakar.mount.fuse;

import io.plakar.connector.Xattr;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.content.SeekingReader;
import io.plakar.mount.MountedTree;
import io.plakar.mount.Node;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.cryptomator.jfuse.api.DirFiller;
import org.cryptomator.jfuse.api.Errno;
import org.cryptomator.jfuse.api.FileInfo;
import org.cryptomator.jfuse.api.FuseConfig;
import org.cryptomator.jfuse.api.FuseConnInfo;
import org.cryptomator.jfuse.api.FuseOperations;
import org.cryptomator.jfuse.api.Stat;
import org.cryptomator.jfuse.api.Statvfs;
import org.jspecify.annotations.Nullable;

/**
 * What the kernel asks, answered from a tree; called by libfuse's threads. What fails in the store is {@code EIO} for
 * the one who asked, and one line for the user.
 */
final class TreeOperations implements FuseOperations {
    private static final int MOST_REPORTS = 256;
    private static final int BLOCK = 4096;
    private static final int LONGEST_NAME = 255;

    /** Listing positions: 1 and 2 are {@code .} and {@code ..}. */
    private static final int FIRST_CHILD = 2;

    private final MountedTree tree;
    private final PathText paths;
    private final Errno errno;
    private final Consumer<String> failures;
    private final BarePaths bare = new BarePaths();
    private final Set<String> reported = new LinkedHashSet<>();
    private final AtomicLong handles = new AtomicLong();
    private final Map<Long, SeekingReader> files = new ConcurrentHashMap<>();
    private final Map<Long, OpenDirectory> directories = new ConcurrentHashMap<>();

    /** @param failures told of each failure once, in one line */
    TreeOperations(MountedTree tree, Errno errno, Consumer<String> failures) {
        this.tree = tree;
        this.paths = new PathText(tree);
        this.errno = errno;
        this.failures = failures;
    }

    /** An answer that may fail as the store may. */
    @FunctionalInterface
    private interface Answer {
        int get() throws KlosetException, InterruptedException;
    }

    private int answer(String path, Answer answer) {
        try {
            return answer.get();
        } catch (KlosetException | RuntimeException | OutOfMemoryError | StackOverflowError e) {
            report(path, e);
            return -errno.eio();
        } catch (InterruptedException e) {
            // The mount is being closed.
            return -errno.eio();
        }
    }

    private void report(String path, Throwable failure) {
        String message = failure.getMessage();
        String line = path + ": " + (message == null ? failure.getClass().getSimpleName() : message);
        synchronized (reported) {
            if (!reported.add(line)) {
                return;
            }
            if (reported.size() > MOST_REPORTS) {
                reported.remove(reported.iterator().next());
            }
        }
        failures.accept(line);
    }

    @Override
    public Errno errno() {
        return errno;
    }

    @Override
    public Set<Operation> supportedOperations() {
        return Set.of(
                Operation.INIT,
                Operation.GET_ATTR,
                Operation.READLINK,
                Operation.OPEN,
                Operation.READ,
                Operation.RELEASE,
                Operation.OPEN_DIR,
                Operation.READ_DIR,
                Operation.RELEASE_DIR,
                Operation.STATFS,
                Operation.GET_XATTR,
                Operation.LIST_XATTR);
    }

    @Override
    public void init(FuseConnInfo connection, FuseConfig config) {
        NativeRecords.useInodes(config);
        // Attributes with every listing, not only while the kernel guesses that they are wanted: a listing has them at
        // hand, and each file that is looked up by itself later costs a way through the tree.
        connection.setWant(connection.want() & ~FuseConnInfo.FUSE_CAP_READDIRPLUS_AUTO);
    }

    @Override
    public int getattr(String path, Stat stat, @Nullable FileInfo info) {
        return answer(path, () -> {
            Optional<Node> node = paths.find(path);
            if (node.isEmpty()) {
                return -errno.enoent();
            }
            fill(stat, node.get().attributes());
            return 0;
        });
    }

    private static void fill(Stat stat, Node.Attributes attributes) {
        stat.setMode(attributes.mode());
        stat.setUid(attributes.uid());
        stat.setGid(attributes.gid());
        stat.setNLink((short) Math.min(Short.MAX_VALUE, attributes.links()));
        stat.setSize(attributes.size());
        Instant time = attributes.time();
        stat.mTime().set(time);
        stat.cTime().set(time);
        stat.aTime().set(time);
        NativeRecords.setInode(stat, attributes.inode(), attributes.isDirectory() ? 0 : attributes.size());
    }

    @Override
    public int readlink(String path, ByteBuffer into, long size) {
        return answer(path, () -> {
            if (paths.find(path).orElse(null) instanceof Node.Stored stored
                    && stored.entry().isSymlink()) {
                byte[] target = stored.entry().symlinkTarget();
                int length = Math.min(target.length, into.remaining() - 1);
                into.put(target, 0, length).put((byte) 0);
                return 0;
            }
            return -errno.einval();
        });
    }

    @Override
    public int open(String path, FileInfo info) {
        return answer(path, () -> {
            Node node = paths.find(path).orElse(null);
            if (node == null) {
                return -errno.enoent();
            }
            if (!(node instanceof Node.Stored stored)) {
                return -errno.eisdir();
            }
            if (!stored.entry().isRegular()) {
                return -errno.einval();
            }
            long handle = handles.incrementAndGet();
            files.put(handle, tree.open(stored));
            info.setFh(handle);
            return 0;
        });
    }

    @Override
    public int read(String path, ByteBuffer into, long size, long offset, FileInfo info) {
        return answer(path, () -> {
            SeekingReader file = files.get(info.getFh());
            if (file == null) {
                return -errno.ebadf();
            }
            return file.read(offset, into.limit((int) Math.min(size, into.capacity())));
        });
    }

    @Override
    public int release(String path, FileInfo info) {
        files.remove(info.getFh());
        return 0;
    }

    @Override
    public int opendir(String path, FileInfo info) {
        return answer(path, () -> {
            Node node = paths.find(path).orElse(null);
            if (node == null) {
                return -errno.enoent();
            }
            if (!node.attributes().isDirectory()) {
                return -errno.enotdir();
            }
            long handle = handles.incrementAndGet();
            directories.put(handle, new OpenDirectory(tree, node, e -> report(path, e)));
            info.setFh(handle);
            return 0;
        });
    }

    @Override
    public int readdir(String path, DirFiller filler, long offset, FileInfo info, int flags) {
        return answer(path, () -> {
            OpenDirectory directory = directories.get(info.getFh());
            if (directory == null) {
                return -errno.ebadf();
            }
            boolean plus = (flags & FUSE_READDIR_PLUS) != 0;
            synchronized (directory) {
                return list(path, directory, filler, offset, plus ? DirFiller.FUSE_FILL_DIR_PLUS : 0);
            }
        });
    }

    /** Each entry is given with the position behind it; a full buffer ends this part. */
    private int list(String path, OpenDirectory directory, DirFiller filler, long offset, int flags)
            throws KlosetException {
        String prefix = path.endsWith("/") ? path : path + "/";
        Node.Attributes own = directory.directory().attributes();
        long at = offset;
        for (; at < FIRST_CHILD; at++) {
            if (filler.fill(at == 0 ? "." : "..", stat -> fill(stat, own), at + 1, 0) != 0) {
                return 0;
            }
        }
        for (; ; at++) {
            MountedTree.Children child = directory.child(at - FIRST_CHILD);
            if (child == null) {
                return directory.failed() ? -errno.eio() : 0;
            }
            byte[] name = child.name();
            Node node = child.node();
            Node.Attributes attributes = node.attributes();
            boolean text = PathText.isText(name);
            int full = text ? -1 : NativeRecords.fill(filler, name, at + 1);
            if (full < 0) {
                String shown = new String(name, StandardCharsets.UTF_8);
                full = filler.fill(shown, stat -> fill(stat, attributes), at + 1, flags);
                if (text
                        && node instanceof Node.Stored stored
                        && stored.entry().xattrNames().isEmpty()) {
                    bare.add(prefix + shown);
                }
            }
            if (full != 0) {
                return 0;
            }
        }
    }

    @Override
    public int releasedir(@Nullable String path, FileInfo info) {
        OpenDirectory directory = directories.remove(info.getFh());
        if (directory == null) {
            return 0;
        }
        return answer(String.valueOf(path), () -> {
            synchronized (directory) {
                directory.close();
            }
            return 0;
        });
    }

    @Override
    public int statfs(String path, Statvfs fs) {
        return answer(path, () -> {
            fs.setBsize(BLOCK);
            fs.setFrsize(BLOCK);
            fs.setBlocks(Math.ceilDiv(tree.totalSize(), (long) BLOCK));
            fs.setBfree(0);
            fs.setBavail(0);
            fs.setNameMax(LONGEST_NAME);
            return 0;
        });
    }

    @Override
    public int getxattr(String path, String name, ByteBuffer value) {
        if (bare.contains(path)) {
            return -errno.enodata();
        }
        return answer(path, () -> {
            Node.Stored stored = withAttributes(path);
            if (stored == null) {
                return -errno.enodata();
            }
            for (Xattr attribute : tree.xattrs(stored)) {
                if (new String(attribute.name(), StandardCharsets.UTF_8).equals(name)) {
                    return give(attribute.value(), value);
                }
            }
            return -errno.enodata();
        });
    }

    @Override
    public int listxattr(String path, ByteBuffer list) {
        if (bare.contains(path)) {
            return 0;
        }
        return answer(path, () -> {
            Node.Stored stored = withAttributes(path);
            if (stored == null) {
                return 0;
            }
            ByteArrayOutputStream names = new ByteArrayOutputStream();
            for (Xattr attribute : tree.xattrs(stored)) {
                names.writeBytes(attribute.name());
                names.write(0);
            }
            return give(names.toByteArray(), list);
        });
    }

    /** The node when it has extended attributes, else null. */
    private Node.@Nullable Stored withAttributes(String path) throws KlosetException {
        Node node = paths.find(path).orElse(null);
        if (node instanceof Node.Stored stored) {
            if (!stored.entry().xattrNames().isEmpty()) {
                return stored;
            }
            bare.add(path);
        }
        return null;
    }

    /** A buffer without room asks for the length alone. */
    private int give(byte[] bytes, ByteBuffer into) {
        if (into.capacity() == 0) {
            return bytes.length;
        }
        if (into.remaining() < bytes.length) {
            return -errno.erange();
        }
        into.put(bytes);
        return bytes.length;
    }
}
