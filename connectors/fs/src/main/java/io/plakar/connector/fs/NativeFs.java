package io.plakar.connector.fs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * The file tree of Linux by calls of the C library. Names are the kernel's bytes; every attribute the format has is
 * kept. Safe for many threads.
 *
 * <p>Paths longer than the kernel takes in one call are opened in pieces. Extended attributes have no call relative to a
 * directory on older kernels, so those of links and of very long paths go through {@code /proc/self/fd}.
 */
final class NativeFs implements FileTree {
    private static final int NODE_0600 = 0600;

    private final Scratch.Pool pool = new Scratch.Pool();
    private final Accounts accounts = new Accounts();

    private final NativeDirectory anywhere = new NativeDirectory(Libc.AT_FDCWD, BytePath.ROOT);

    /** Whether this machine can be served. */
    static boolean available() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return false;
        }
        try {
            return new NativeFs().stat(BytePath.ROOT, true).isDirectory();
        } catch (ConnectorException | LinkageError | RuntimeException e) {
            return false;
        }
    }

    @Override
    public BytePath resolve(String text, Path workingDirectory) throws ConnectorException {
        byte[] bytes = PathText.encode(text);
        for (byte b : bytes) {
            if (b == 0) {
                throw new ConnectorException(Reason.INVALID, "a path cannot hold a NUL byte");
            }
        }
        if (bytes.length > 0 && bytes[0] == '/') {
            return BytePath.clean(bytes);
        }
        byte[] base = PathText.bytes(workingDirectory.toAbsolutePath());
        byte[] joined = Arrays.copyOf(base, base.length + 1 + bytes.length);
        joined[base.length] = '/';
        System.arraycopy(bytes, 0, joined, base.length + 1, bytes.length);
        return BytePath.clean(joined);
    }

    @Override
    public String display(BytePath path) {
        return path.toString();
    }

    /** Work on a path as one name relative to a directory that can hold it. */
    private interface Call<T> {
        T run(NativeDirectory directory, byte[] name) throws ConnectorException;
    }

    private <T> T at(BytePath path, Call<T> call) throws ConnectorException {
        if (path.bytes().length < Scratch.PATH_BYTES) {
            return call.run(anywhere, path.bytes());
        }
        try (NativeDirectory parent = openInPieces(path.parent())) {
            return call.run(parent, path.name());
        }
    }

    private NativeDirectory openInPieces(BytePath path) throws ConnectorException {
        byte[] all = path.bytes();
        NativeDirectory directory = anywhere;
        int start = 0;
        while (start < all.length) {
            int end = Math.min(all.length, start + Scratch.PATH_BYTES - 1);
            if (end < all.length) {
                while (end > start && all[end] != '/') {
                    end--;
                }
                if (end == start) {
                    directory.close();
                    throw Errno.failure("open", path, 36);
                }
            }
            try (NativeDirectory previous = directory) {
                int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
                int fd = open(previous.fd, path, Arrays.copyOfRange(all, start, end), flags, 0);
                directory = new NativeDirectory(fd, path);
            }
            start = end + 1;
        }
        return directory;
    }

    private int open(int directory, BytePath full, byte[] name, int flags, int mode) throws ConnectorException {
        try (Scratch scratch = pool.lend()) {
            if (!Scratch.put(scratch.first, name)) {
                throw Errno.failure("open", full, 36);
            }
            int fd;
            do {
                fd = Libc.openat(scratch.state, directory, scratch.first, flags, mode);
            } while (fd == -Errno.EINTR);
            if (fd == -Errno.EPERM && (flags & Libc.O_NOATIME) != 0) {
                fd = Libc.openat(scratch.state, directory, scratch.first, flags & ~Libc.O_NOATIME, mode);
            }
            if (fd < 0) {
                throw Errno.failure("open", full, -fd);
            }
            return fd;
        }
    }

    private void closeFd(int fd) {
        try (Scratch scratch = pool.lend()) {
            Libc.close(scratch.state, fd);
        }
    }

    @Override
    public FileStat stat(BytePath path, boolean follow) throws ConnectorException {
        return at(path, (directory, name) -> statAt(directory.fd, name, path, follow));
    }

    private FileStat statAt(int directory, byte[] name, BytePath full, boolean follow) throws ConnectorException {
        FileStat stat = findAt(directory, name, full, follow);
        if (stat == null) {
            throw Errno.failure(follow ? "stat" : "lstat", full, Errno.ENOENT);
        }
        return stat;
    }

    /** Null when there is nothing of that name. */
    private @Nullable FileStat findAt(int directory, byte[] name, BytePath full, boolean follow)
            throws ConnectorException {
        try (Scratch scratch = pool.lend()) {
            String verb = follow ? "stat" : "lstat";
            if (!Scratch.put(scratch.first, name)) {
                throw Errno.failure(verb, full, 36);
            }
            int flags = Libc.AT_NO_AUTOMOUNT | (follow ? 0 : Libc.AT_SYMLINK_NOFOLLOW);
            return statx(scratch, directory, flags, verb, full);
        }
    }

    private static @Nullable FileStat statx(Scratch scratch, int directory, int flags, String verb, BytePath full)
            throws ConnectorException {
        MemorySegment out = scratch.statx;
        int result = Libc.statx(scratch.state, directory, scratch.first, flags, Libc.STATX_BASIC_STATS, out);
        if (result == -Errno.ENOENT) {
            return null;
        }
        if (result < 0) {
            throw Errno.failure(verb, full, -result);
        }
        long major = Integer.toUnsignedLong(out.get(JAVA_INT, 136));
        long minor = Integer.toUnsignedLong(out.get(JAVA_INT, 140));
        // The C library's makedev(), which is what st_dev holds.
        long dev = ((major & 0xfffff000L) << 32) | ((major & 0xfffL) << 8) | ((minor & ~0xffL) << 12) | (minor & 0xff);
        return new FileStat(
                GoMode.fromUnix(Short.toUnsignedInt(out.get(JAVA_SHORT, 28))),
                out.get(JAVA_LONG, 40),
                Instant.ofEpochSecond(out.get(JAVA_LONG, 112), out.get(JAVA_INT, 120)),
                dev,
                out.get(JAVA_LONG, 32),
                Integer.toUnsignedLong(out.get(JAVA_INT, 20)),
                Integer.toUnsignedLong(out.get(JAVA_INT, 24)),
                out.get(JAVA_INT, 16));
    }

    private static final int AT_EMPTY_PATH = 0x1000;

    private FileStat statFd(int fd, BytePath full) throws ConnectorException {
        try (Scratch scratch = pool.lend()) {
            Scratch.put(scratch.first, new byte[0]);
            FileStat stat = statx(scratch, fd, AT_EMPTY_PATH, "fstat", full);
            if (stat == null) {
                throw Errno.failure("fstat", full, Errno.ENOENT);
            }
            return stat;
        }
    }

    @Override
    public byte[] readLink(BytePath path) throws ConnectorException {
        return at(path, (directory, name) -> readLinkAt(directory.fd, name, path));
    }

    private byte[] readLinkAt(int directory, byte[] name, BytePath full) throws ConnectorException {
        try (Scratch scratch = pool.lend()) {
            Scratch.put(scratch.first, name);
            long length = Libc.readlinkat(scratch.state, directory, scratch.first, scratch.second, Scratch.PATH_BYTES);
            if (length < 0) {
                throw Errno.failure("readlink", full, (int) -length);
            }
            return scratch.second.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    @Override
    public Directory directory(BytePath path, boolean follow) throws ConnectorException {
        int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NOATIME | (follow ? 0 : Libc.O_NOFOLLOW);
        return at(path, (directory, name) -> new NativeDirectory(open(directory.fd, path, name, flags, 0), path));
    }

    @Override
    public InputFile read(BytePath path, boolean follow) throws ConnectorException {
        int flags = Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_CLOEXEC | Libc.O_NOATIME | (follow ? 0 : Libc.O_NOFOLLOW);
        return at(path, (directory, name) -> {
            NativeInputFile file = new NativeInputFile(open(directory.fd, path, name, flags, 0), path);
            try {
                if (!statFd(file.fd, path).isRegular()) {
                    throw new ConnectorException(Reason.MALFORMED, "open " + path + ": not a regular file any more");
                }
            } catch (ConnectorException e) {
                file.close();
                throw e;
            }
            return file;
        });
    }

    @Override
    public List<Xattr> xattrs(BytePath path) throws ConnectorException {
        return at(path, (directory, name) -> {
            byte[] reach = directory == anywhere ? name : throughProc(directory.fd, name);
            try (Scratch scratch = pool.lend()) {
                if (!Scratch.put(scratch.first, reach)) {
                    throw Errno.failure("listxattr", path, 36);
                }
                long length = Libc.llistxattr(scratch.state, scratch.first, scratch.value, Scratch.VALUE_BYTES);
                if (length == 0 || length == -Errno.ENOTSUP) {
                    return List.of();
                }
                if (length < 0) {
                    throw Errno.failure("listxattr", path, (int) -length);
                }
                byte[] names = scratch.value.asSlice(0, length).toArray(JAVA_BYTE);
                List<Xattr> found = new ArrayList<>();
                int start = 0;
                for (int i = 0; i < names.length; i++) {
                    if (names[i] == 0) {
                        readXattr(scratch, path, Arrays.copyOfRange(names, start, i), found);
                        start = i + 1;
                    }
                }
                return found;
            }
        });
    }

    private static void readXattr(Scratch scratch, BytePath path, byte[] name, List<Xattr> found)
            throws ConnectorException {
        Scratch.put(scratch.second, name);
        long length = Libc.lgetxattr(scratch.state, scratch.first, scratch.second, scratch.value, Scratch.VALUE_BYTES);
        if (length == -Errno.ENODATA) {
            return; // removed meanwhile
        }
        if (length < 0) {
            throw Errno.failure("getxattr " + new String(name, StandardCharsets.UTF_8), path, (int) -length);
        }
        found.add(
                new Xattr(name, Xattr.EXTENDED, scratch.value.asSlice(0, length).toArray(JAVA_BYTE)));
    }

    private static byte[] throughProc(int directory, byte[] name) {
        byte[] prefix = ("/proc/self/fd/" + directory + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] path = Arrays.copyOf(prefix, prefix.length + name.length);
        System.arraycopy(name, 0, path, prefix.length, name.length);
        return path;
    }

    @Override
    public String userName(long uid) {
        return accounts.userName(uid);
    }

    @Override
    public String groupName(long gid) {
        return accounts.groupName(gid);
    }

    @Override
    public OptionalLong userId(String name) {
        return accounts.userId(name);
    }

    @Override
    public OptionalLong groupId(String name) {
        return accounts.groupId(name);
    }

    @Override
    public boolean privileged() {
        return Libc.geteuid() == 0;
    }

    private static void check(int result, String verb, BytePath path) throws ConnectorException {
        if (result < 0) {
            throw Errno.failure(verb, path, -result);
        }
    }

    private static void putTimes(Scratch scratch, Instant time) {
        for (long at = 0; at < 32; at += 16) {
            scratch.times.set(JAVA_LONG, at, time.getEpochSecond());
            scratch.times.set(JAVA_LONG, at + 8, time.getNano());
        }
    }

    /** The address of {@code bytes} from its position on, copied into {@code scratch} when it is not native. */
    private static MemorySegment address(Scratch scratch, ByteBuffer bytes) {
        if (bytes.isDirect()) {
            return MemorySegment.ofBuffer(bytes);
        }
        int count = Math.min(bytes.remaining(), Scratch.VALUE_BYTES);
        MemorySegment.copy(MemorySegment.ofBuffer(bytes), 0, scratch.value, 0, count);
        return scratch.value.asSlice(0, count);
    }

    /** A file open for reading. */
    private final class NativeInputFile implements InputFile {
        private final int fd;
        private final BytePath path;
        private boolean closed;

        NativeInputFile(int fd, BytePath path) {
            this.fd = fd;
            this.path = path;
        }

        @Override
        public int read(ByteBuffer into, long offset) throws ConnectorException {
            if (!into.hasRemaining()) {
                return 0;
            }
            try (Scratch scratch = pool.lend()) {
                boolean direct = into.isDirect();
                int want = direct ? into.remaining() : Math.min(into.remaining(), Scratch.VALUE_BYTES);
                MemorySegment target = direct ? MemorySegment.ofBuffer(into) : scratch.value;
                long got;
                do {
                    got = Libc.pread(scratch.state, fd, target, want, offset);
                } while (got == -Errno.EINTR);
                if (got < 0) {
                    throw Errno.failure("read", path, (int) -got);
                }
                if (got == 0) {
                    return -1;
                }
                if (direct) {
                    into.position(into.position() + (int) got);
                } else {
                    into.put(target.asSlice(0, got).asByteBuffer());
                }
                return (int) got;
            }
        }

        @Override
        public long size() throws ConnectorException {
            return statFd(fd, path).size();
        }

        @Override
        public void close() {
            if (!closed) {
                closed = true;
                closeFd(fd);
            }
        }
    }

    /** Attributes through a descriptor. */
    private abstract class ByDescriptor implements Attributed {
        final int fd;

        ByDescriptor(int fd) {
            this.fd = fd;
        }

        abstract BytePath fullPath();

        @Override
        public FileStat stat() throws ConnectorException {
            return statFd(fd, fullPath());
        }

        @Override
        public void chown(long uid, long gid) throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                check(Libc.fchown(scratch.state, fd, (int) uid, (int) gid), "chown", fullPath());
            }
        }

        @Override
        public void chmod(int permissions) throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                check(Libc.fchmod(scratch.state, fd, permissions), "chmod", fullPath());
            }
        }

        @Override
        public void touch(Instant time) throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                putTimes(scratch, time);
                check(Libc.futimens(scratch.state, fd, scratch.times), "utimensat", fullPath());
            }
        }

        @Override
        public void setXattr(Xattr xattr) throws ConnectorException {
            String verb = "setxattr " + new String(xattr.name(), StandardCharsets.UTF_8);
            try (Scratch scratch = pool.lend()) {
                putXattr(scratch, xattr, verb, fullPath());
                int length = xattr.value().length;
                check(Libc.fsetxattr(scratch.state, fd, scratch.second, scratch.value, length, 0), verb, fullPath());
            }
        }
    }

    private static void putXattr(Scratch scratch, Xattr xattr, String verb, BytePath path) throws ConnectorException {
        if (xattr.type() != Xattr.EXTENDED) {
            throw new ConnectorException(
                    Reason.UNSUPPORTED, verb + " " + path + ": alternate data streams do not exist here");
        }
        if (xattr.value().length > Scratch.VALUE_BYTES || !Scratch.put(scratch.second, xattr.name())) {
            throw Errno.failure(verb, path, 7);
        }
        MemorySegment.copy(xattr.value(), 0, scratch.value, JAVA_BYTE, 0, xattr.value().length);
    }

    /** A file being written. */
    private final class NativeOutputFile extends ByDescriptor implements OutputFile {
        private final BytePath path;
        private long position;
        private long length;
        private boolean closed;

        NativeOutputFile(int fd, BytePath path) {
            super(fd);
            this.path = path;
        }

        @Override
        BytePath fullPath() {
            return path;
        }

        @Override
        public void write(ByteBuffer bytes) throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                while (bytes.hasRemaining()) {
                    MemorySegment from = address(scratch, bytes);
                    long done;
                    do {
                        done = Libc.pwrite(scratch.state, fd, from, from.byteSize(), position);
                    } while (done == -Errno.EINTR);
                    if (done < 0) {
                        throw Errno.failure("write", path, (int) -done);
                    }
                    bytes.position(bytes.position() + (int) done);
                    position += done;
                    length = position;
                }
            }
        }

        @Override
        public void skip(long bytes) {
            position += bytes;
        }

        @Override
        public void finish() throws ConnectorException {
            if (length < position) {
                try (Scratch scratch = pool.lend()) {
                    check(Libc.ftruncate(scratch.state, fd, position), "truncate", path);
                }
                length = position;
            }
        }

        @Override
        public void sync() throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                check(Libc.fsync(scratch.state, fd), "fsync", path);
            }
        }

        @Override
        public void close() throws ConnectorException {
            if (!closed) {
                closed = true;
                try (Scratch scratch = pool.lend()) {
                    // Network file systems tell of a lost write only here.
                    check(Libc.close(scratch.state, fd), "close", path);
                }
            }
        }
    }

    /** An open directory, or with {@code AT_FDCWD} the base of absolute paths. */
    private final class NativeDirectory extends ByDescriptor implements Directory {
        private static final int LIST_BYTES = Scratch.VALUE_BYTES;

        private final BytePath path;
        private boolean closed;

        NativeDirectory(int fd, BytePath path) {
            super(fd);
            this.path = path;
        }

        @Override
        BytePath fullPath() {
            return path;
        }

        @Override
        public BytePath path() {
            return path;
        }

        private BytePath full(byte[] name) {
            return name.length > 0 && name[0] == '/' ? BytePath.ofClean(name) : path.child(name);
        }

        @Override
        public void forEach(Visitor visitor) throws ConnectorException {
            // A descriptor of its own, so that every listing begins at the start.
            int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NOATIME;
            int list = open(fd, path, new byte[] {'.'}, flags, 0);
            try (Scratch scratch = pool.lend()) {
                while (true) {
                    long count = Libc.getdents64(scratch.state, list, scratch.value, LIST_BYTES);
                    if (count < 0) {
                        throw Errno.failure("readdirent", path, (int) -count);
                    }
                    if (count == 0) {
                        return;
                    }
                    visitAll(scratch.value, count, visitor);
                }
            } finally {
                closeFd(list);
            }
        }

        private void visitAll(MemorySegment list, long count, Visitor visitor) throws ConnectorException {
            // struct linux_dirent64: ino u64, off s64, reclen u16, type u8, name NUL-terminated.
            long at = 0;
            while (at < count) {
                int size = Short.toUnsignedInt(list.get(java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED, at + 16));
                int type = list.get(JAVA_BYTE, at + 18);
                long start = at + 19;
                long end = start;
                while (list.get(JAVA_BYTE, end) != 0) {
                    end++;
                }
                byte[] name = list.asSlice(start, end - start).toArray(JAVA_BYTE);
                boolean dots = name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
                if (!dots) {
                    visitor.visit(
                            name,
                            switch (type) {
                                case 0 -> Kind.UNKNOWN;
                                case 4 -> Kind.DIRECTORY;
                                case 8 -> Kind.REGULAR;
                                default -> Kind.OTHER;
                            });
                }
                at += size;
            }
        }

        @Override
        public FileStat stat(byte[] name) throws ConnectorException {
            return statAt(fd, name, full(name), false);
        }

        @Override
        public Optional<FileStat> find(byte[] name) throws ConnectorException {
            return Optional.ofNullable(findAt(fd, name, full(name), false));
        }

        @Override
        public byte[] readLink(byte[] name) throws ConnectorException {
            return readLinkAt(fd, name, full(name));
        }

        @Override
        public Directory directory(byte[] name) throws ConnectorException {
            int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
            return new NativeDirectory(open(fd, full(name), name, flags, 0), full(name));
        }

        @Override
        public OutputFile create(byte[] name) throws ConnectorException {
            int flags = Libc.O_WRONLY | Libc.O_CREAT | Libc.O_EXCL | Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
            return new NativeOutputFile(open(fd, full(name), name, flags, NODE_0600), full(name));
        }

        private interface OnePath {
            int call(Scratch scratch);
        }

        private void one(String verb, byte[] name, OnePath call) throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                if (!Scratch.put(scratch.first, name)) {
                    throw Errno.failure(verb, full(name), 36);
                }
                check(call.call(scratch), verb, full(name));
            }
        }

        private void two(String verb, byte[] name, byte[] other, OnePath call) throws ConnectorException {
            one(verb, name, scratch -> Scratch.put(scratch.second, other) ? call.call(scratch) : -36);
        }

        @Override
        public void makeDirectory(byte[] name, int permissions) throws ConnectorException {
            one("mkdir", name, s -> Libc.mkdirat(s.state, fd, s.first, permissions));
        }

        @Override
        public void makeSymlink(byte[] name, byte[] target) throws ConnectorException {
            two("symlink", name, target, s -> Libc.symlinkat(s.state, s.second, fd, s.first));
        }

        @Override
        public void makeLink(byte[] name, Directory from, byte[] existing) throws ConnectorException {
            int old = ((NativeDirectory) from).fd;
            two("link", name, existing, s -> Libc.linkat(s.state, old, s.second, fd, s.first, 0));
        }

        @Override
        public void makeSpecial(byte[] name, int goMode) throws ConnectorException {
            int type = (goMode & GoMode.NAMED_PIPE) != 0 ? 0010000 : 0140000;
            one("mknod", name, s -> Libc.mknodat(s.state, fd, s.first, type | NODE_0600, 0));
        }

        @Override
        public Attributed node(byte[] name) {
            return new NativeNode(this, name);
        }

        @Override
        public void rename(byte[] name, Directory target, byte[] newName) throws ConnectorException {
            int to = ((NativeDirectory) target).fd;
            try (Scratch scratch = pool.lend()) {
                BytePath full = target.path().child(newName);
                if (!Scratch.put(scratch.first, name) || !Scratch.put(scratch.second, newName)) {
                    throw Errno.failure("rename", full, 36);
                }
                check(Libc.renameat(scratch.state, fd, scratch.first, to, scratch.second), "rename", full);
            }
        }

        @Override
        public void remove(byte[] name) throws ConnectorException {
            one("remove", name, s -> Libc.unlinkat(s.state, fd, s.first, 0));
        }

        @Override
        public void sync() throws ConnectorException {
            try (Scratch scratch = pool.lend()) {
                int result = Libc.fsync(scratch.state, fd);
                // Some network and user space file systems have no fsync of a directory.
                if (result != -Errno.EINVAL && result != -Errno.ENOTSUP && result != -Errno.ENOSYS) {
                    check(result, "fsync", path);
                }
            }
        }

        @Override
        public void close() {
            if (!closed && fd >= 0) {
                closed = true;
                closeFd(fd);
            }
        }
    }

    /** A link or special file, reached through its directory. */
    private final class NativeNode implements Attributed {
        private final NativeDirectory directory;
        private final byte[] name;

        NativeNode(NativeDirectory directory, byte[] name) {
            this.directory = directory;
            this.name = name;
        }

        @Override
        public FileStat stat() throws ConnectorException {
            return directory.stat(name);
        }

        @Override
        public void chown(long uid, long gid) throws ConnectorException {
            directory.one(
                    "lchown",
                    name,
                    s -> Libc.fchownat(s.state, directory.fd, s.first, (int) uid, (int) gid, Libc.AT_SYMLINK_NOFOLLOW));
        }

        @Override
        public void chmod(int permissions) throws ConnectorException {
            directory.one(
                    "chmod",
                    name,
                    s -> Libc.fchmodat(s.state, directory.fd, s.first, permissions, Libc.AT_SYMLINK_NOFOLLOW));
        }

        @Override
        public void touch(Instant time) throws ConnectorException {
            directory.one("utimensat", name, s -> {
                putTimes(s, time);
                return Libc.utimensat(s.state, directory.fd, s.first, s.times, Libc.AT_SYMLINK_NOFOLLOW);
            });
        }

        @Override
        public void setXattr(Xattr xattr) throws ConnectorException {
            String verb = "lsetxattr " + new String(xattr.name(), StandardCharsets.UTF_8);
            BytePath full = directory.full(name);
            try (Scratch scratch = pool.lend()) {
                putXattr(scratch, xattr, verb, full);
                Scratch.put(scratch.first, throughProc(directory.fd, name));
                int length = xattr.value().length;
                check(
                        Libc.lsetxattr(scratch.state, scratch.first, scratch.second, scratch.value, length, 0),
                        verb,
                        full);
            }
        }
    }
}
