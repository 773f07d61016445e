package io.plakar.connector.tar;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A new tar archive as a destination, plain or compressed by gzip. Safe for use by many threads, which take turns.
 *
 * <p>Members go into a temporary file beside the archive; {@link #close} ends the archive, makes it durable and gives it
 * its name, unless nothing was stored or writing the file itself failed. A file whose content fails leaves no bytes:
 * small contents are collected before they are written, and behind a large one the archive is cut back.
 */
public final class TarExporter implements Exporter {
    private static final int COLLECTED_BYTES = 1 << 20;

    private final String hostname;
    private final String scheme;
    private final Path target;
    private final Path temporary;
    private final boolean overwrite;
    private final ExportOptions options;
    private final ArchiveOutput out;
    private final TarWriter writer;
    private final PathIndex directories = new PathIndex();
    private final ReentrantLock turn = new ReentrantLock();
    private boolean stored;
    private boolean broken;
    private boolean closed;

    private TarExporter(
            String hostname,
            String scheme,
            Path target,
            Path temporary,
            boolean overwrite,
            ExportOptions options,
            FileChannel channel) {
        this.hostname = hostname;
        this.scheme = scheme;
        this.target = target;
        this.temporary = temporary;
        this.overwrite = overwrite;
        this.options = options;
        this.out = new ArchiveOutput(channel, !scheme.equals("tar"));
        this.writer = new TarWriter(out);
    }

    /**
     * Begins an archive.
     *
     * @param scheme {@code tar} for a plain one; any other for one compressed by gzip
     * @param overwrite whether a file at {@code target} is replaced when the archive is whole
     * @throws ConnectorException {@code EXISTS} when there is such a file and {@code overwrite} is not set
     */
    public static TarExporter begin(
            String scheme, Path target, boolean overwrite, ExportOptions options, String hostname)
            throws ConnectorException {
        refuseExisting(target, overwrite);
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        Path temporary = target.resolveSibling(".tmp." + HexFormat.of().formatHex(random) + ".tar");
        try {
            FileChannel channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            return new TarExporter(hostname, scheme, target, temporary, overwrite, options, channel);
        } catch (IOException e) {
            throw translate("create " + target, e);
        }
    }

    private static void refuseExisting(Path target, boolean overwrite) throws ConnectorException {
        if (Files.isDirectory(target)) {
            throw new ConnectorException(Reason.EXISTS, "tar archive " + target + " is a directory");
        }
        if (!overwrite && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new ConnectorException(
                    Reason.EXISTS, "tar archive " + target + " already exists, use -o overwrite=true to overwrite it");
        }
    }

    private static ConnectorException translate(String what, IOException e) {
        if (e instanceof ConnectorException connector) {
            return connector;
        }
        String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        String lower = cause.toLowerCase(Locale.ROOT);
        if (e instanceof NoSuchFileException) {
            return new ConnectorException(Reason.MISSING, what + ": no such file or directory", e);
        }
        if (e instanceof AccessDeniedException) {
            return new ConnectorException(Reason.DENIED, what + ": permission denied", e);
        }
        boolean full = lower.contains("no space left") || lower.contains("quota exceeded");
        return new ConnectorException(full ? Reason.NO_SPACE : Reason.FAILED, what + ": " + cause, e);
    }

    @Override
    public String origin() {
        return hostname;
    }

    @Override
    public String type() {
        return scheme;
    }

    @Override
    public String root() {
        return target.toString();
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return EnumSet.of(ConnectorFlag.LOCALFS);
    }

    @Override
    public void ping() {}

    /** A new archive is empty. */
    @Override
    public Optional<FileInfo> existing(BytePath path) {
        return Optional.empty();
    }

    @Override
    public void makeDirectory(ExportEntry entry) throws IOException {
        turn.lock();
        try {
            if (directories.get(entry.path()) != PathIndex.NONE) {
                return;
            }
            byte[] name = name(entry.path());
            store(() -> writer.directory(name, info(entry, 0750), xattrs(entry)));
            directories.put(entry.path(), PathIndex.DIRECTORY);
            stored = true;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        long size = entry.info().size();
        if (size < 0) {
            throw new ConnectorException(Reason.INVALID, entry.path() + ": the size is not known");
        }
        byte[] name = name(entry.path());
        FileInfo info = info(entry, 0640);
        if (size <= COLLECTED_BYTES) {
            byte[] content = collect(entry.path(), size, body);
            turn.lockInterruptibly();
            try {
                store(() -> {
                    try {
                        writer.file(name, info, xattrs(entry), target -> target.write(ByteBuffer.wrap(content)));
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                        throw new IOException("cancelled", e);
                    }
                });
                stored = true;
            } finally {
                turn.unlock();
            }
            return unset(entry);
        }
        turn.lockInterruptibly();
        try {
            store(out::mark);
            long begin = writer.position();
            boolean whole = false;
            try {
                writer.file(name, info, xattrs(entry), body);
                whole = true;
                stored = true;
            } finally {
                if (!whole) {
                    store(out::rewind);
                    writer.rewound(begin);
                }
            }
        } finally {
            turn.unlock();
        }
        return unset(entry);
    }

    private static byte[] collect(BytePath path, long size, FileBody body) throws IOException, InterruptedException {
        ByteArrayOutputStream content = new ByteArrayOutputStream((int) size);
        body.writeTo(bytes -> {
            if (bytes.remaining() > size - content.size()) {
                throw new IOException(path + ": the content is longer than " + size + " bytes");
            }
            byte[] piece = new byte[bytes.remaining()];
            bytes.get(piece);
            content.writeBytes(piece);
        });
        if (content.size() != size) {
            throw new IOException(path + ": the content has " + content.size() + " bytes, not " + size);
        }
        return content.toByteArray();
    }

    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) throws IOException {
        turn.lock();
        try {
            byte[] name = name(entry.path());
            byte[] firstName = name(first);
            store(() -> writer.hardLink(name, info(entry, 0640), firstName));
            stored = true;
            return true;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) throws IOException {
        turn.lock();
        try {
            byte[] name = name(entry.path());
            store(() -> writer.symlink(name, info(entry, 0777), entry.linkTarget(), xattrs(entry)));
            stored = true;
            return unset(entry);
        } finally {
            turn.unlock();
        }
    }

    /** Named pipes only: a snapshot does not hold the numbers of devices, and tar has no sockets. */
    @Override
    public List<String> makeSpecial(ExportEntry entry) throws IOException {
        if ((entry.info().mode() & GoMode.TYPE) != GoMode.NAMED_PIPE) {
            throw new ConnectorException(
                    Reason.UNSUPPORTED, entry.path() + ": a tar archive cannot hold this kind of file");
        }
        turn.lock();
        try {
            byte[] name = name(entry.path());
            store(() -> writer.fifo(name, info(entry, 0640), xattrs(entry)));
            stored = true;
            return unset(entry);
        } finally {
            turn.unlock();
        }
    }

    /** Attributes were written with the directory. */
    @Override
    public List<String> finishDirectory(ExportEntry entry) {
        return unset(entry);
    }

    /** Something which goes into the file, and whose failure makes the whole archive useless. */
    private interface Step {
        void run() throws IOException;
    }

    private void store(Step step) throws ConnectorException {
        if (closed || broken) {
            throw new ConnectorException(Reason.FAILED, "write " + target + ": the archive is closed or broken");
        }
        boolean done = false;
        try {
            step.run();
            done = true;
        } catch (IOException e) {
            throw translate("write " + target, e);
        } finally {
            broken |= !done;
        }
    }

    /** The member's name; a path which is not clean never gets into an archive. */
    private static byte[] name(BytePath path) throws ConnectorException {
        byte[] bytes = path.bytes();
        boolean zero = false;
        for (byte b : bytes) {
            zero |= b == 0;
        }
        if (zero || !BytePath.clean(bytes).equals(path)) {
            throw new ConnectorException(Reason.INVALID, path.toString().replace('\0', '?') + ": not a clean path");
        }
        return path.isRoot() ? new byte[] {'.'} : Arrays.copyOfRange(bytes, 1, bytes.length);
    }

    private FileInfo info(ExportEntry entry, int withoutPermissions) {
        FileInfo info = entry.info();
        boolean names = options.owner() && !options.numericOwner();
        return new FileInfo(
                info.name(),
                info.size(),
                options.permissions() ? info.mode() : (info.mode() & GoMode.TYPE) | withoutPermissions,
                info.modTime(),
                info.dev(),
                info.ino(),
                options.owner() ? info.uid() : 0,
                options.owner() ? info.gid() : 0,
                info.nlink(),
                names ? info.username() : "",
                names ? info.groupname() : "");
    }

    private List<Xattr> xattrs(ExportEntry entry) {
        return options.xattrs() ? entry.xattrs() : List.of();
    }

    private List<String> unset(ExportEntry entry) {
        for (Xattr xattr : xattrs(entry)) {
            if (xattr.type() != Xattr.EXTENDED) {
                return List.of(entry.path() + ": alternate data streams have no place in a tar archive");
            }
        }
        return List.of();
    }

    @Override
    public void close() throws IOException {
        turn.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            boolean published = false;
            try {
                if (stored && !broken) {
                    writer.close();
                    refuseExisting(target, overwrite);
                    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
                    published = true;
                    syncDirectory();
                } else {
                    out.close();
                }
            } finally {
                if (!published) {
                    Files.deleteIfExists(temporary);
                }
            }
        } catch (IOException e) {
            throw translate("write " + target, e);
        } finally {
            turn.unlock();
        }
    }

    private void syncDirectory() throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        FileChannel channel;
        try {
            channel = FileChannel.open(directory, StandardOpenOption.READ);
        } catch (IOException e) {
            return; // Windows does not open directories, and keeps its renames by journal.
        }
        try (channel) {
            channel.force(true);
        }
    }
}
