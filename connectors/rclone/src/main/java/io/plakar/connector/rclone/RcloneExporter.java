package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ExportEntry;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileBody;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A directory of a remote as a destination. Content and modification times of files are kept, to the second; owners,
 * permissions and times of directories have no place there. Safe for many threads.
 *
 * <p>Nothing is renamed in silence: a name the service refuses, or which differs from another in case only where the
 * service does not tell them apart, is an error of that entry.
 */
public final class RcloneExporter implements Exporter {
    private static final long IN_MEMORY = 4 << 20;

    /** How often a file that is too long to be kept in memory is sent. */
    private static final int TRIES = 6;

    private final Remote remote;
    private final String base;
    private final UploadSource source;
    private final DirectoryCache cache;

    private RcloneExporter(Remote remote, String base, UploadSource source) {
        this.remote = remote;
        this.base = base;
        this.source = source;
        this.cache = new DirectoryCache(remote);
    }

    /** Takes over {@code remote}, which is closed also when this fails. */
    static RcloneExporter open(RcloneRemote place, Remote remote) throws ConnectorException {
        try {
            return new RcloneExporter(remote, place.path(), new UploadSource());
        } catch (ConnectorException | RuntimeException e) {
            remote.close();
            throw e;
        }
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
    public String root() {
        return remote.display(base);
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public List<String> drops() {
        return List.of("owners", "permissions", "times of directories");
    }

    @Override
    public void ping() throws ConnectorException {
        try {
            remote.list(base);
        } catch (ConnectorException e) {
            // A place that is not there yet will be made.
            if (e.reason() != Reason.MISSING || base.isEmpty()) {
                throw e;
            }
        }
    }

    /** The path below the remote's root; fails on names which cannot be, or could lead elsewhere. */
    private String path(BytePath path) throws ConnectorException {
        byte[] bytes = path.bytes();
        if (bytes.length == 0 || bytes[0] != '/' || !BytePath.clean(bytes).equals(path)) {
            throw new ConnectorException(Reason.INVALID, "impossible path " + RcErrors.line(path.toString()));
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 1, bytes.length - 1))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ConnectorException(
                    Reason.UNSUPPORTED,
                    "name is not UTF-8 and cannot be stored at " + remote.type() + ": "
                            + RcErrors.line(path.toString()),
                    e);
        }
        if (text.indexOf('\0') >= 0) {
            throw new ConnectorException(Reason.INVALID, "impossible path " + RcErrors.line(text));
        }
        if (base.isEmpty() || text.isEmpty()) {
            return base + text;
        }
        return base + "/" + text;
    }

    @Override
    public Optional<FileInfo> existing(BytePath path) throws ConnectorException {
        String at = path(path);
        if (path.isRoot()) {
            return cache.isDirectory(at) ? Optional.of(directory(path, Instant.EPOCH)) : Optional.empty();
        }
        return cache.find(at)
                .map(found -> found.directory()
                        ? directory(path, found.modTime())
                        : new FileInfo(path.name(), found.size(), 0600, found.modTime(), 1, 0, 0, 0, 1, "", ""));
    }

    private static FileInfo directory(BytePath path, Instant time) {
        return new FileInfo(path.name(), 0, GoMode.DIRECTORY | 0700, time, 0, 0, 0, 0, 1, "", "");
    }

    @Override
    public void makeDirectory(ExportEntry entry) throws ConnectorException {
        String at = path(entry.path());
        if (at.isEmpty()) {
            return;
        }
        refuseCollision(at);
        Optional<RemoteEntry> found = cache.find(at);
        if (found.isPresent()) {
            if (!found.get().directory()) {
                throw new ConnectorException(Reason.EXISTS, remote.display(at) + " is a file");
            }
            return;
        }
        remote.makeDirectory(at);
        cache.made(at);
    }

    private void refuseCollision(String at) throws ConnectorException {
        Optional<String> other = cache.collision(at);
        if (other.isPresent()) {
            throw new ConnectorException(
                    Reason.EXISTS,
                    remote.display(at) + " differs only in case from " + other.get() + ", which is there; "
                            + remote.type() + " cannot hold both");
        }
    }

    @Override
    public List<String> writeFile(ExportEntry entry, FileBody body) throws IOException, InterruptedException {
        String at = path(entry.path());
        if (entry.path().isRoot() || cache.isDirectory(at)) {
            throw new ConnectorException(Reason.EXISTS, remote.display(at) + " is a directory");
        }
        refuseCollision(at);
        try {
            for (int tried = 1; !write(entry, body, at, tried == TRIES); tried++) {
                RetryingCalls.backOff("write " + remote.display(at), tried);
            }
        } catch (ConnectorException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException(e.getMessage());
            }
            throw e;
        }
        return lost(entry, at);
    }

    /** {@code false} when it failed, but another try may succeed. */
    private boolean write(ExportEntry entry, FileBody body, String at, boolean last)
            throws IOException, InterruptedException {
        FileInfo info = entry.info();
        try (Upload upload = new Upload(remote, source, info.modTime(), info.size(), IN_MEMORY, staging(at))) {
            Count count = new Count();
            try {
                body.writeTo(bytes -> {
                    count.bytes += bytes.remaining();
                    upload.write(bytes);
                });
                upload.finish(at);
            } catch (ConnectorException e) {
                // What was kept in memory has been tried often enough.
                if (last || !upload.streamed() || e.retryAfter().isEmpty()) {
                    throw e;
                }
                return false;
            }
            cache.stored(at, count.bytes, info.modTime());
            return true;
        }
    }

    private static final class Count {
        private long bytes;
    }

    /** The name for a file that is being written: its own where the service shows it only when whole. */
    private String staging(String at) {
        if (!remote.showsPartialUploads()) {
            return at;
        }
        String parent = DirectoryCache.parent(at);
        long number = ThreadLocalRandom.current().nextLong();
        return (parent.isEmpty() ? "" : parent + "/") + ".plakar-"
                + HexFormat.of().toHexDigits(number) + ".tmp";
    }

    private List<String> lost(ExportEntry entry, String at) {
        return entry.xattrs().isEmpty()
                ? List.of()
                : List.of(remote.display(at) + ": extended attributes cannot be stored at " + remote.type());
    }

    @Override
    public boolean hardLink(ExportEntry entry, BytePath first) throws ConnectorException {
        path(entry.path());
        path(first);
        return false;
    }

    @Override
    public List<String> makeSymlink(ExportEntry entry) throws ConnectorException {
        throw new ConnectorException(
                Reason.UNSUPPORTED,
                remote.display(path(entry.path())) + ": symbolic links cannot be stored at " + remote.type());
    }

    @Override
    public List<String> makeSpecial(ExportEntry entry) throws ConnectorException {
        throw new ConnectorException(
                Reason.UNSUPPORTED,
                remote.display(path(entry.path())) + ": pipes, sockets and devices cannot be stored at "
                        + remote.type());
    }

    @Override
    public List<String> finishDirectory(ExportEntry entry) throws ConnectorException {
        return lost(entry, path(entry.path()));
    }

    @Override
    public void close() {
        source.close();
        remote.close();
    }
}
