package io.plakar.connector.tar;

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
import io.plakar.connector.Xattr;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The members of one local tar archive as a source. Run once, by one thread.
 *
 * <p>Contents of an uncompressed archive are read from the file by position, whenever the engine wants. Those of a
 * compressed archive pass by once: small ones are kept in memory until the engine is done with them; for a large one the
 * run waits until its channel is closed or its entry released.
 *
 * <p>A hard link becomes a file of its own with the content of the member it refers to; all names of one file share
 * {@code ino} and {@code nlink}. What has several names in a compressed archive is copied to the scratch directory. Of
 * several members with one name the first is kept, the others are failures; so are members below something which is no
 * directory.
 */
public final class TarImporter implements Importer {
    private static final int MAX_IN_MEMORY = 8 << 20;
    private static final long MEMORY_BUDGET = 64 << 20;
    private static final int MAX_PATH_BYTES = 16 << 10;

    private final String scheme;
    private final Path archive;
    private final ConnectorContext context;
    private final boolean compressed;
    private final AtomicLong budget = new AtomicLong(MEMORY_BUDGET);
    private final PathIndex seen = new PathIndex();
    private HardLinks links = new HardLinks();
    private boolean seekable;
    private @Nullable Path copies;
    private long copied;

    private TarImporter(String scheme, Path archive, ConnectorContext context) {
        this.scheme = scheme;
        this.archive = archive;
        this.context = context;
        this.compressed = !scheme.equals("tar");
    }

    /**
     * The archive at {@code archive}.
     *
     * @param scheme {@code tar} for a plain one; any other for one compressed by gzip
     * @throws ConnectorException {@code MISSING}, {@code DENIED} or {@code INVALID} when it cannot be read
     */
    public static TarImporter of(String scheme, Path archive, ConnectorContext context) throws ConnectorException {
        TarImporter importer = new TarImporter(scheme, archive, context);
        importer.ping();
        return importer;
    }

    @Override
    public String origin() {
        return context.hostname();
    }

    @Override
    public String type() {
        return scheme;
    }

    @Override
    public BytePath root() {
        return BytePath.ROOT;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return EnumSet.of(ConnectorFlag.LOCALFS, ConnectorFlag.STREAM);
    }

    @Override
    public void ping() throws ConnectorException {
        if (!Files.exists(archive)) {
            throw new ConnectorException(Reason.MISSING, "open " + archive + ": no such file or directory");
        }
        if (Files.isDirectory(archive)) {
            throw new ConnectorException(Reason.INVALID, archive + ": is a directory, not a tar archive");
        }
        if (!Files.isReadable(archive)) {
            throw new ConnectorException(Reason.DENIED, "open " + archive + ": permission denied");
        }
    }

    @Override
    public void run(RecordSink sink) throws ConnectorException, InterruptedException {
        try {
            seekable = Files.isRegularFile(archive);
            Instant written = Files.getLastModifiedTime(archive).toInstant();
            if (seekable) {
                checkCompression();
                try (ArchiveBytes bytes = openArchive()) {
                    links = HardLinks.scan(bytes);
                }
            }
            try (ArchiveBytes bytes = openArchive()) {
                TarReader reader = new TarReader(bytes);
                TarHeader header;
                while ((header = reader.next()) != null) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    deliver(header, bytes, sink);
                }
            }
            if (seen.get(BytePath.ROOT) != PathIndex.DIRECTORY) {
                FileInfo info =
                        new FileInfo(BytePath.ROOT.name(), 0, GoMode.DIRECTORY | 0755, written, 0, 0, 0, 0, 1, "", "");
                sink.entry(new Member(BytePath.ROOT, info, new byte[0], List.of(), null));
            }
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new ConnectorException(Reason.MALFORMED, "read tar archive " + archive + ": " + cause, e);
        }
    }

    private void checkCompression() throws IOException {
        try (InputStream in = new FileInputStream(archive.toFile())) {
            byte[] start = in.readNBytes(2);
            boolean gzip = start.length == 2 && start[0] == 0x1f && start[1] == (byte) 0x8b;
            if (gzip && !compressed) {
                throw new IOException("it is compressed by gzip, use tgz:" + archive);
            }
            if (!gzip && compressed) {
                throw new IOException("it is not compressed by gzip; a plain archive is tar:" + archive);
            }
        }
    }

    private ArchiveBytes openArchive() throws IOException {
        // Not a channel: an interrupt would close it under the engine's readers.
        InputStream file = new FileInputStream(archive.toFile());
        try {
            return new ArchiveBytes(
                    compressed ? new GZIPInputStream(file, 1 << 16) : new BufferedInputStream(file, 1 << 16));
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private void deliver(TarHeader header, ArchiveBytes bytes, RecordSink sink)
            throws IOException, InterruptedException {
        char type = header.type();
        if (type == 'V') {
            return; // the label of the whole archive
        }
        BytePath path = BytePath.clean(header.name());
        String refusal = refusal(header, path);
        if (refusal != null) {
            sink.failure(path, refusal);
            return;
        }
        boolean directory = type == TarHeader.DIRECTORY;
        boolean excluded = isBelowExcluded(path, sink) || (!path.isRoot() && sink.excluded(path, directory));
        seen.put(path, excluded ? PathIndex.EXCLUDED : directory ? PathIndex.DIRECTORY : PathIndex.OTHER);
        HardLinks.Group group = links.of(path);
        HardLinks.Delivered delivered;
        Content.HandOver handOver = null;
        if (type == TarHeader.HARD_LINK) {
            if (group == null || group.first == null) {
                String target = new String(header.linkName(), StandardCharsets.UTF_8);
                sink.failure(
                        path,
                        seekable
                                ? "hard link to " + target + ", which is not in the archive before it"
                                : "hard link to " + target + ": needs an archive in a regular file");
                return;
            }
            delivered = group.first;
        } else {
            if (excluded && group == null) {
                return;
            }
            Content content = null;
            if (header.isFile()) {
                content = content(header, bytes, group != null);
                handOver = content instanceof Content.HandOver waits ? waits : null;
                if (header.isSparse()) {
                    content = new Content.Sparse(content, header.sparse(), header.size());
                }
            }
            delivered = new HardLinks.Delivered(
                    info(header, path, group),
                    type == TarHeader.SYMLINK ? header.linkName() : new byte[0],
                    context.readXattrs() ? header.xattrs() : List.of(),
                    content);
            if (group != null) {
                group.first = delivered;
            }
        }
        if (excluded) {
            return;
        }
        sink.entry(new Member(
                path,
                delivered.info().withName(path.name()),
                delivered.linkTarget(),
                delivered.xattrs(),
                delivered.content()));
        if (handOver != null) {
            handOver.await();
        }
    }

    /** Why a member cannot be a part of a snapshot; null when it can. */
    private @Nullable String refusal(TarHeader header, BytePath path) {
        char type = header.type();
        if (type == 'M') {
            return "the rest of a file from another volume of the archive";
        }
        if (path.bytes().length > MAX_PATH_BYTES) {
            return "the name is longer than " + MAX_PATH_BYTES + " bytes";
        }
        for (byte b : path.bytes()) {
            if (b == 0) {
                return "the name holds a zero byte";
            }
        }
        boolean directory = type == TarHeader.DIRECTORY;
        if (path.isRoot() && !directory) {
            return "the name is that of the root, but it is no directory";
        }
        byte known = seen.get(path);
        if (known == PathIndex.DIRECTORY || known == PathIndex.OTHER) {
            return "is in the archive more than once; the first one is kept";
        }
        if (known == PathIndex.IMPLIED && !directory && !path.isRoot()) {
            return "is no directory, but others lie below it";
        }
        for (BytePath above = path.parent(); !above.isRoot(); above = above.parent()) {
            byte kind = seen.get(above);
            if (kind == PathIndex.OTHER) {
                return "lies below " + above + ", which is no directory";
            }
            if (kind != PathIndex.NONE) {
                break;
            }
        }
        return null;
    }

    /** Notes the directories above {@code path}; returns whether one of them is not wanted. */
    private boolean isBelowExcluded(BytePath path, RecordSink sink) {
        Deque<BytePath> unknown = new ArrayDeque<>();
        boolean excluded = false;
        for (BytePath above = path.parent(); !above.isRoot(); above = above.parent()) {
            byte kind = seen.get(above);
            if (kind != PathIndex.NONE) {
                excluded = kind == PathIndex.EXCLUDED;
                break;
            }
            unknown.push(above);
        }
        for (BytePath above : unknown) {
            excluded = excluded || sink.excluded(above, true);
            seen.put(above, excluded ? PathIndex.EXCLUDED : PathIndex.IMPLIED);
        }
        return excluded;
    }

    private FileInfo info(TarHeader header, BytePath path, HardLinks.@Nullable Group group) {
        return new FileInfo(
                path.name(),
                header.isFile() ? header.size() : 0,
                header.goMode(),
                header.modTime(),
                0,
                group == null ? 0 : seen.number(path),
                header.uid(),
                header.gid(),
                group == null ? 1 : Math.min(group.names, 0xffff),
                header.username(),
                header.groupname());
    }

    private Content content(TarHeader header, ArchiveBytes bytes, boolean severalNames) throws IOException {
        long length = header.storedSize();
        if (seekable && !compressed) {
            if (length > Files.size(archive) - header.dataOffset()) {
                throw new EOFException("unexpected end of archive");
            }
            return new Content.StoredRange(archive, header.dataOffset(), length);
        }
        if (severalNames) {
            return copy(bytes, length);
        }
        if (length <= MAX_IN_MEMORY) {
            if (budget.addAndGet(-length) >= 0) {
                byte[] content = new byte[(int) length];
                if (bytes.readUpTo(content) < length) {
                    throw new EOFException("unexpected end of archive");
                }
                return new Content.InMemory(content, budget);
            }
            budget.addAndGet(length);
        }
        return new Content.HandOver(bytes, length);
    }

    private Content copy(ArchiveBytes bytes, long length) throws IOException {
        if (copies == null) {
            Files.createDirectories(context.scratch());
            copies = Files.createTempFile(context.scratch(), "tar-links-", ".tmp");
        }
        Content.StoredRange range = new Content.StoredRange(copies, copied, length);
        byte[] piece = new byte[1 << 16];
        try (OutputStream out = Files.newOutputStream(copies, StandardOpenOption.APPEND)) {
            long left = length;
            while (left > 0) {
                int count = bytes.read(piece, 0, (int) Math.min(left, piece.length));
                if (count < 0) {
                    throw new EOFException("unexpected end of archive");
                }
                out.write(piece, 0, count);
                left -= count;
            }
        }
        copied += length;
        return range;
    }

    @Override
    public void close() throws ConnectorException {
        if (copies != null) {
            try {
                Files.deleteIfExists(copies);
            } catch (IOException e) {
                throw new ConnectorException(Reason.FAILED, "remove " + copies + ": " + e.getMessage(), e);
            }
        }
    }

    /** One member on its way to the engine. */
    private record Member(
            BytePath path,
            FileInfo info,
            byte[] linkTarget,
            List<Xattr> attributes,
            @Nullable Content content) implements SourceEntry {
        @Override
        public List<Xattr> xattrs() {
            return attributes;
        }

        @Override
        public ReadableByteChannel open() throws IOException {
            if (content == null) {
                throw new IOException(path + ": is not a regular file");
            }
            return content.open();
        }

        @Override
        public void release() {
            if (content != null) {
                content.release();
            }
        }
    }
}
