package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An archive being written, in a temporary file beside its final name: sections go into the file in order, the trailer
 * last. The committed packfile can be read back meanwhile. {@link #put} and
 * {@link #close} are guarded by the store; one object is written at a time, by one thread and without a lock.
 */
final class PtarDraft implements PtarInput {
    private final Path target;
    private final Path temporary;
    private final FileChannel channel;
    private final boolean overwrite;
    private final PtarStore.Completion completion;
    private final byte[] config;

    private volatile long end;
    private volatile PtarLayout.@Nullable Section packfile;
    private volatile @Nullable SectionWriter writer;
    private volatile boolean closed;

    private PtarDraft(
            Path target,
            Path temporary,
            FileChannel channel,
            byte[] config,
            boolean overwrite,
            PtarStore.Completion completion) {
        this.target = target;
        this.temporary = temporary;
        this.channel = channel;
        this.config = config.clone();
        this.overwrite = overwrite;
        this.completion = completion;
    }

    static PtarDraft begin(Path target, byte[] config, boolean overwrite, PtarStore.Completion completion)
            throws ConnectorException {
        byte[] random = new byte[6];
        new SecureRandom().nextBytes(random);
        Path directory = PtarFiles.directoryOf(target);
        Path temporary = directory.resolve(".tmp." + HexFormat.of().formatHex(random) + ".ptar");
        FileChannel channel;
        try {
            boolean posix = Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null;
            FileAttribute<?>[] owned = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            channel = FileChannel.open(
                    temporary,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    owned);
        } catch (IOException e) {
            throw PtarFiles.translate("create", target, e);
        }
        PtarDraft draft = new PtarDraft(target, temporary, channel, config, overwrite, completion);
        try {
            draft.append(PtarLayout.header());
            draft.append(ByteBuffer.wrap(config));
            return draft;
        } catch (ConnectorException e) {
            try {
                draft.close();
            } catch (ConnectorException second) {
                e.addSuppressed(second);
            }
            throw e;
        }
    }

    byte[] config() {
        return config.clone();
    }

    PtarLayout.@Nullable Section packfile() {
        return packfile;
    }

    ObjectWriter put(Resource resource) throws ConnectorException {
        if (writer != null) {
            throw invalid("another object is being written");
        }
        if (resource == Resource.PACKFILE && packfile != null) {
            throw invalid("an archive holds exactly one packfile");
        }
        if (resource == Resource.STATE && packfile == null) {
            throw invalid("the packfile must be written before the state");
        }
        SectionWriter next = new SectionWriter(resource, end);
        writer = next;
        return next;
    }

    private ConnectorException invalid(String why) {
        return new ConnectorException(Reason.INVALID, "write ptar archive " + target + ": " + why);
    }

    private void append(ByteBuffer bytes) throws ConnectorException {
        try {
            while (bytes.hasRemaining()) {
                end += channel.write(bytes, end);
            }
        } catch (IOException e) {
            throw PtarFiles.translate("write", target, e);
        }
    }

    private void finish(PtarLayout.Section state, PtarLayout.Section packed) throws ConnectorException {
        PtarLayout layout =
                new PtarLayout(new PtarLayout.Section(PtarLayout.HEADER_BYTES, config.length), packed, state);
        append(layout.trailer());
        try {
            channel.force(true);
            if (!overwrite && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                throw new ConnectorException(
                        Reason.EXISTS, "ptar archive " + target + " already exists, use -overwrite to overwrite it");
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            PtarFiles.syncDirectory(PtarFiles.directoryOf(target));
            channel.close();
            closed = true;
            completion.archived(FilePtarInput.open(target), layout);
        } catch (IOException e) {
            throw PtarFiles.translate("write", target, e);
        }
    }

    @Override
    public String name() {
        return target.toString();
    }

    @Override
    public long size() {
        return end;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws ConnectorException {
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into, offset);
                if (count < 0) {
                    throw new ConnectorException(
                            Reason.MALFORMED, target + ": unexpected end of file at offset " + offset);
                }
                offset += count;
            }
        } catch (IOException e) {
            throw PtarFiles.translate("read", target, e);
        }
    }

    /** Removes the temporary file unless the archive was finished. */
    @Override
    public void close() throws ConnectorException {
        if (closed) {
            return;
        }
        closed = true;
        try {
            channel.close();
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            throw PtarFiles.translate("remove", temporary, e);
        }
    }

    /** One section on its way into the file; dropping it cuts the file back to where it began. */
    private final class SectionWriter implements ObjectWriter {
        private final Resource resource;
        private final long start;
        private boolean done;

        SectionWriter(Resource resource, long start) {
            this.resource = resource;
            this.start = start;
        }

        @Override
        public void write(ByteBuffer bytes) throws ConnectorException {
            requireOpen();
            append(bytes);
        }

        @Override
        public void commit(Mac name) throws ConnectorException {
            requireOpen();
            PtarLayout.Section section = new PtarLayout.Section(start, end - start);
            PtarLayout.Section packed = packfile;
            if (resource == Resource.PACKFILE) {
                packfile = section;
            } else if (packed != null) {
                finish(section, packed);
            }
            done = true;
            writer = null;
        }

        private void requireOpen() throws ConnectorException {
            if (done || closed) {
                throw invalid("the object is already closed");
            }
        }

        @Override
        public void close() throws ConnectorException {
            if (done) {
                return;
            }
            done = true;
            if (!closed) {
                try {
                    channel.truncate(start);
                    end = start;
                } catch (IOException e) {
                    throw PtarFiles.translate("write", target, e);
                }
            }
            writer = null;
        }
    }
}
