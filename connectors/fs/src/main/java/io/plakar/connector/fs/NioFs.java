package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.DosFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.text.Normalizer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The file tree of any {@code java.nio} file system: for macOS and Windows. What the platform lacks (owners on Windows,
 * pipes, names which are not Unicode) is left out or refused with a message. Safe for many threads.
 *
 * <p>There are no directory handles here: a check that a component is no link and the use of it are two steps.
 */
final class NioFs implements FileTree {
    private static final Set<PosixFilePermission> OWNER_FILE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final FileSystem system;
    private final NioNames names;
    private final boolean unix;
    private final boolean posix;
    private final ConcurrentHashMap<Long, String> users = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<Long, String> groups = new ConcurrentHashMap<>();

    NioFs(FileSystem system) {
        this.system = system;
        this.names = new NioNames(system);
        this.unix = system.supportedFileAttributeViews().contains("unix");
        this.posix = system.supportedFileAttributeViews().contains("posix");
    }

    @Override
    public BytePath resolve(String text, Path workingDirectory) throws ConnectorException {
        return names.resolve(text, workingDirectory);
    }

    @Override
    public String display(BytePath path) {
        try {
            return names.windows() && path.isRoot() ? "/" : names.toPath(path).toString();
        } catch (ConnectorException e) {
            return path.toString();
        }
    }

    private ConnectorException failure(String verb, BytePath path, Exception e) {
        String place = verb + " " + display(path) + ": ";
        return switch (e) {
            case NoSuchFileException x ->
                new ConnectorException(Reason.MISSING, place + "no such file or directory", x);
            case FileAlreadyExistsException x -> new ConnectorException(Reason.EXISTS, place + "file exists", x);
            case DirectoryNotEmptyException x ->
                new ConnectorException(Reason.EXISTS, place + "directory not empty", x);
            case AccessDeniedException x -> new ConnectorException(Reason.DENIED, place + "permission denied", x);
            case NotDirectoryException x -> new ConnectorException(Reason.FAILED, place + "not a directory", x);
            case FileSystemLoopException x ->
                new ConnectorException(Reason.FAILED, place + "too many levels of symbolic links", x);
            case ClosedByInterruptException x -> new ConnectorException(Reason.FAILED, place + "interrupted", x);
            case FileSystemException x -> fromText(place, String.valueOf(x.getReason()), x);
            case ReadOnlyFileSystemException x ->
                new ConnectorException(Reason.READ_ONLY, place + "read-only file system", x);
            case UnsupportedOperationException x ->
                new ConnectorException(Reason.UNSUPPORTED, place + "operation not supported", x);
            case InvalidPathException x -> new ConnectorException(Reason.INVALID, place + x.getReason(), x);
            default -> fromText(place, String.valueOf(e.getMessage()), e);
        };
    }

    /** The systems' own texts are all that is left of some errors. */
    private static ConnectorException fromText(String place, String text, Exception e) {
        String lower = text.toLowerCase(java.util.Locale.ROOT);
        Reason reason = lower.contains("no space") || lower.contains("not enough space") || lower.contains("quota")
                ? Reason.NO_SPACE
                : lower.contains("read-only") || lower.contains("write-protected")
                        ? Reason.READ_ONLY
                        : lower.contains("not permitted") || lower.contains("denied") || lower.contains("privilege")
                                ? Reason.DENIED
                                : Reason.FAILED;
        return new ConnectorException(reason, place + text, e);
    }

    /** Work on a path of the file system. */
    private interface Call<T extends @Nullable Object> {
        T run(Path path) throws IOException;
    }

    private <T extends @Nullable Object> T call(String verb, BytePath path, Call<T> call) throws ConnectorException {
        Path place = names.toPath(path);
        try {
            return call.run(place);
        } catch (ConnectorException e) {
            throw e;
        } catch (DirectoryIteratorException e) {
            IOException cause = e.getCause();
            throw failure(verb, path, cause == null ? new IOException(e) : cause);
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            throw failure(verb, path, e);
        }
    }

    private static LinkOption[] links(boolean follow) {
        return follow ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    }

    @Override
    public FileStat stat(BytePath path, boolean follow) throws ConnectorException {
        if (names.windows() && path.isRoot()) {
            return new FileStat(GoMode.DIRECTORY | 0755, 0, Instant.EPOCH, 0, 0, 0, 0, 1);
        }
        return call(
                follow ? "stat" : "lstat", path, place -> unix ? statUnix(place, follow) : statBasic(place, follow));
    }

    private FileStat statUnix(Path path, boolean follow) throws IOException {
        Map<String, Object> found = Files.readAttributes(
                path, "unix:mode,ino,dev,uid,gid,nlink,size,lastModifiedTime,owner,group", links(follow));
        long uid = Integer.toUnsignedLong(number(found, "uid").intValue());
        long gid = Integer.toUnsignedLong(number(found, "gid").intValue());
        users.putIfAbsent(uid, accountName(found.get("owner"), uid));
        groups.putIfAbsent(gid, accountName(found.get("group"), gid));
        return new FileStat(
                GoMode.fromUnix(number(found, "mode").intValue()),
                number(found, "size").longValue(),
                found.get("lastModifiedTime") instanceof FileTime time ? time.toInstant() : Instant.EPOCH,
                number(found, "dev").longValue(),
                number(found, "ino").longValue(),
                uid,
                gid,
                number(found, "nlink").intValue());
    }

    private static Number number(Map<String, Object> found, String name) throws IOException {
        if (found.get(name) instanceof Number number) {
            return number;
        }
        throw new IOException("the system does not tell " + name);
    }

    /** Empty for an account which the system only knows by its number. */
    private static String accountName(@Nullable Object principal, long id) {
        String name = principal == null ? "" : principal.toString();
        return name.equals(Long.toString(id)) ? "" : name;
    }

    private FileStat statBasic(Path path, boolean follow) throws IOException {
        BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class, links(follow));
        int mode;
        if (basic.isSymbolicLink()) {
            mode = GoMode.SYMLINK | 0777;
        } else if (basic.isDirectory()) {
            mode = GoMode.DIRECTORY | 0777;
        } else {
            mode = basic.isRegularFile() ? 0666 : GoMode.IRREGULAR | 0666;
        }
        if (posix && !basic.isSymbolicLink()) {
            int permissions = 0;
            PosixFileAttributes attributes = Files.readAttributes(path, PosixFileAttributes.class, links(follow));
            for (PosixFilePermission permission : attributes.permissions()) {
                permissions |= 0400 >> permission.ordinal();
            }
            mode = (mode & ~GoMode.PERMISSIONS) | permissions;
        } else if (!basic.isSymbolicLink()) {
            DosFileAttributeView dos = Files.getFileAttributeView(path, DosFileAttributeView.class, links(follow));
            if (dos != null && dos.readAttributes().isReadOnly()) {
                mode &= ~0222;
            }
        }
        return new FileStat(mode, basic.size(), basic.lastModifiedTime().toInstant(), 0, 0, 0, 0, 1);
    }

    @Override
    public byte[] readLink(BytePath path) throws ConnectorException {
        return call(
                "readlink",
                path,
                place -> NioNames.encode(Files.readSymbolicLink(place).toString()));
    }

    @Override
    public Directory directory(BytePath path, boolean follow) throws ConnectorException {
        FileStat stat = stat(path, follow);
        if (!stat.isDirectory()) {
            throw new ConnectorException(Reason.FAILED, "open " + display(path) + ": not a directory");
        }
        return new NioDirectory(path);
    }

    @Override
    public InputFile read(BytePath path, boolean follow) throws ConnectorException {
        if (!stat(path, follow).isRegular()) {
            throw new ConnectorException(Reason.MALFORMED, "open " + display(path) + ": not a regular file");
        }
        return new NioInputFile(path);
    }

    @Override
    public List<Xattr> xattrs(BytePath path) throws ConnectorException {
        return call("listxattr", path, place -> {
            UserDefinedFileAttributeView view =
                    Files.getFileAttributeView(place, UserDefinedFileAttributeView.class, links(false));
            List<Xattr> found = new ArrayList<>();
            if (view == null || Files.isSymbolicLink(place)) {
                return found;
            }
            int type = names.windows() ? Xattr.ALTERNATE_STREAM : Xattr.EXTENDED;
            for (String name : view.list()) {
                ByteBuffer value = ByteBuffer.allocate(view.size(name));
                view.read(name, value);
                found.add(new Xattr(NioNames.encode(name), type, value.array()));
            }
            return found;
        });
    }

    @Override
    public String userName(long uid) {
        return users.getOrDefault(uid, "");
    }

    @Override
    public String groupName(long gid) {
        return groups.getOrDefault(gid, "");
    }

    @Override
    public OptionalLong userId(String name) {
        // java.nio knows principals, not their numbers: those of the snapshot are used.
        return OptionalLong.empty();
    }

    @Override
    public OptionalLong groupId(String name) {
        return OptionalLong.empty();
    }

    @Override
    public boolean privileged() {
        return unix && "root".equals(System.getProperty("user.name"));
    }

    private final class NioInputFile implements InputFile {
        private final BytePath path;
        private FileChannel channel;
        private boolean closed;

        NioInputFile(BytePath path) throws ConnectorException {
            this.path = path;
            this.channel = openChannel();
        }

        private FileChannel openChannel() throws ConnectorException {
            return call("open", path, place -> FileChannel.open(place, StandardOpenOption.READ));
        }

        /** The interruption of one reader closes a channel for all of them: the others open it again. */
        private synchronized FileChannel channel() throws ConnectorException {
            if (!closed && !channel.isOpen()) {
                channel = openChannel();
            }
            return channel;
        }

        @Override
        public int read(ByteBuffer into, long offset) throws ConnectorException {
            while (true) {
                try {
                    return channel().read(into, offset);
                } catch (ClosedByInterruptException e) {
                    throw failure("read", path, e);
                } catch (ClosedChannelException e) {
                    if (isClosed()) {
                        throw failure("read", path, e);
                    }
                } catch (IOException e) {
                    throw failure("read", path, e);
                }
            }
        }

        private synchronized boolean isClosed() {
            return closed;
        }

        @Override
        public long size() throws ConnectorException {
            try {
                return channel().size();
            } catch (IOException e) {
                throw failure("stat", path, e);
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
            try {
                channel.close();
            } catch (IOException e) {
                // Nothing was written: there is nothing to lose.
            }
        }
    }

    /** Attributes through a path. */
    private class ByPath implements Attributed {
        final BytePath path;

        ByPath(BytePath path) {
            this.path = path;
        }

        @Override
        public FileStat stat() throws ConnectorException {
            return NioFs.this.stat(path, false);
        }

        @Override
        public void chown(long uid, long gid) throws ConnectorException {
            if (unix) {
                call("chown", path, place -> {
                    Files.setAttribute(place, "unix:uid", (int) uid, links(false));
                    return Files.setAttribute(place, "unix:gid", (int) gid, links(false));
                });
            }
        }

        @Override
        public void chmod(int permissions) throws ConnectorException {
            call("chmod", path, place -> {
                if (posix) {
                    EnumSet<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
                    for (PosixFilePermission permission : PosixFilePermission.values()) {
                        if ((permissions & (0400 >> permission.ordinal())) != 0) {
                            set.add(permission);
                        }
                    }
                    Files.setPosixFilePermissions(place, set);
                    if (unix && (permissions & 07000) != 0) {
                        Files.setAttribute(place, "unix:mode", permissions);
                    }
                    return place;
                }
                DosFileAttributeView dos = Files.getFileAttributeView(place, DosFileAttributeView.class);
                // A read-only directory on Windows means something else.
                if (dos != null && !Files.isDirectory(place)) {
                    dos.setReadOnly((permissions & 0200) == 0);
                }
                return place;
            });
        }

        @Override
        public void touch(Instant time) throws ConnectorException {
            call("utimes", path, place -> {
                // The JDK gives up on fractions of seconds before 1970 and would set 1970 itself.
                boolean early = time.getEpochSecond() < 0;
                FileTime fileTime = FileTime.from(early ? Instant.ofEpochSecond(time.getEpochSecond()) : time);
                BasicFileAttributeView view =
                        Files.getFileAttributeView(place, BasicFileAttributeView.class, links(false));
                view.setTimes(fileTime, fileTime, null);
                return place;
            });
        }

        @Override
        public void setXattr(Xattr xattr) throws ConnectorException {
            call("setxattr", path, place -> {
                UserDefinedFileAttributeView view =
                        Files.getFileAttributeView(place, UserDefinedFileAttributeView.class);
                if (view == null) {
                    throw new UnsupportedOperationException();
                }
                view.write(names.name(xattr.name(), path), ByteBuffer.wrap(xattr.value()));
                return place;
            });
        }
    }

    private final class NioOutputFile extends ByPath implements OutputFile {
        private final FileChannel channel;
        private long position;

        NioOutputFile(BytePath path, FileChannel channel) {
            super(path);
            this.channel = channel;
        }

        @Override
        public void write(ByteBuffer bytes) throws ConnectorException {
            try {
                while (bytes.hasRemaining()) {
                    position += channel.write(bytes, position);
                }
            } catch (IOException e) {
                throw failure("write", path, e);
            }
        }

        @Override
        public void skip(long bytes) {
            position += bytes;
        }

        @Override
        public void finish() throws ConnectorException {
            try {
                if (channel.size() < position) {
                    channel.write(ByteBuffer.allocate(1), position - 1);
                }
            } catch (IOException e) {
                throw failure("write", path, e);
            }
        }

        @Override
        public void sync() throws ConnectorException {
            try {
                channel.force(true);
            } catch (IOException e) {
                throw failure("fsync", path, e);
            }
        }

        @Override
        public void close() throws ConnectorException {
            try {
                channel.close();
            } catch (IOException e) {
                throw failure("close", path, e);
            }
        }
    }

    private final class NioDirectory extends ByPath implements Directory {
        NioDirectory(BytePath path) {
            super(path);
        }

        @Override
        public FileStat stat() throws ConnectorException {
            return NioFs.this.stat(path, true);
        }

        @Override
        public BytePath path() {
            return path;
        }

        private BytePath child(byte[] name) throws ConnectorException {
            BytePath full = path.child(name);
            if (!(names.windows() && path.isRoot())) {
                names.name(name, full);
            }
            return full;
        }

        @Override
        public void forEach(Visitor visitor) throws ConnectorException {
            if (names.windows() && path.isRoot()) {
                for (Path drive : system.getRootDirectories()) {
                    visitor.visit(names.fromPath(drive).name(), Kind.DIRECTORY);
                }
                return;
            }
            call("open", path, place -> {
                try (DirectoryStream<Path> stream = Files.newDirectoryStream(place)) {
                    for (Path entry : stream) {
                        visitor.visit(NioNames.encode(entry.getFileName().toString()), Kind.UNKNOWN);
                    }
                }
                return place;
            });
        }

        @Override
        public FileStat stat(byte[] name) throws ConnectorException {
            return NioFs.this.stat(child(name), false);
        }

        @Override
        public byte[] readLink(byte[] name) throws ConnectorException {
            return NioFs.this.readLink(child(name));
        }

        @Override
        public Directory directory(byte[] name) throws ConnectorException {
            BytePath full = child(name);
            checkSpelling(full);
            return NioFs.this.directory(full, false);
        }

        @Override
        public OutputFile create(byte[] name) throws ConnectorException {
            BytePath full = child(name);
            FileChannel channel = call("open", full, place -> {
                Set<StandardOpenOption> how = EnumSet.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
                return posix
                        ? FileChannel.open(
                                place, how, java.nio.file.attribute.PosixFilePermissions.asFileAttribute(OWNER_FILE))
                        : FileChannel.open(place, how);
            });
            return new NioOutputFile(full, channel);
        }

        @Override
        public void makeDirectory(byte[] name, int permissions) throws ConnectorException {
            BytePath full = child(name);
            checkSpelling(full);
            call("mkdir", full, Files::createDirectory);
            new ByPath(full).chmod(permissions);
        }

        @Override
        public void makeSymlink(byte[] name, byte[] target) throws ConnectorException {
            BytePath full = child(name);
            String text = new String(target, java.nio.charset.StandardCharsets.UTF_8);
            call("symlink", full, place -> Files.createSymbolicLink(place, system.getPath(text)));
        }

        @Override
        public void makeLink(byte[] name, Directory from, byte[] existing) throws ConnectorException {
            Path old = names.toPath(from.path().child(existing));
            call("link", child(name), place -> Files.createLink(place, old));
        }

        @Override
        public void makeSpecial(byte[] name, int goMode) throws ConnectorException {
            throw new ConnectorException(
                    Reason.UNSUPPORTED, "mknod " + display(path.child(name)) + ": operation not supported");
        }

        @Override
        public Attributed node(byte[] name) {
            return new ByPath(path.child(name));
        }

        @Override
        public void rename(byte[] name, Directory target, byte[] newName) throws ConnectorException {
            Path from = names.toPath(child(name));
            BytePath full = target.path().child(newName);
            checkSpelling(full);
            call("rename", full, to -> {
                // Unlike rename(2), a move may replace an empty directory.
                if (Files.isDirectory(to, LinkOption.NOFOLLOW_LINKS)) {
                    throw new FileAlreadyExistsException(to.toString());
                }
                return Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            });
        }

        /** Refuses a name that the file system takes for another one which is there: {@code A} and {@code a}. */
        private void checkSpelling(BytePath full) throws ConnectorException {
            String wanted = names.name(full.name(), full);
            Path place = names.toPath(full);
            if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return;
            }
            String real = call(
                    "lstat",
                    full,
                    p -> p.toRealPath(LinkOption.NOFOLLOW_LINKS).getFileName().toString());
            boolean same = Normalizer.normalize(real, Normalizer.Form.NFC)
                    .equals(Normalizer.normalize(wanted, Normalizer.Form.NFC));
            if (!same) {
                throw new ConnectorException(
                        Reason.EXISTS,
                        "rename " + display(full) + ": this file system takes the name for '" + real
                                + "', which exists; restore to a case-sensitive place");
            }
        }

        @Override
        public void remove(byte[] name) throws ConnectorException {
            call("remove", child(name), place -> {
                Files.delete(place);
                return place;
            });
        }

        @Override
        public void sync() throws ConnectorException {
            if (names.windows()) {
                return; // NTFS journals names by itself; a directory cannot be opened there
            }
            try (FileChannel channel = FileChannel.open(names.toPath(path), StandardOpenOption.READ)) {
                channel.force(true);
            } catch (IOException | UnsupportedOperationException e) {
                // Not every file system can: the rename itself has been done.
            }
        }

        @Override
        public void close() {}
    }
}
