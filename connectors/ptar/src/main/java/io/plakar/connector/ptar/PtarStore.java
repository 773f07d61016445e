package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store which is one file: written once, from the configuration over one packfile to one state, and read-only from
 * then on. Safe for use by many threads; its life is either {@link #open}, reads, {@link #close}, or {@link #create},
 * one {@code put(PACKFILE)}, one {@code put(STATE)}, reads, {@link #close}.
 *
 * <p>The packfile is served under any name, since the name inside the state of an archive is random; packfile and state
 * are listed under one fixed name each. There are no locks: none is listed, and one that is put is dropped.
 */
public final class PtarStore implements StoreConnector {
    private final @Nullable Path path;
    private final @Nullable URI uri;
    private final String agent;
    private final boolean overwrite;

    private @Nullable PtarInput input;
    private @Nullable PtarLayout layout;
    private @Nullable PtarDraft draft;
    private boolean created;

    /**
     * An archive in the local file at {@code path}.
     *
     * @param overwrite whether {@link #create} may replace a file
     */
    public PtarStore(Path path, boolean overwrite) {
        this.path = path;
        this.uri = null;
        this.agent = "";
        this.overwrite = overwrite;
    }

    /** An archive behind an http or https address, only to be read. */
    public PtarStore(URI uri, String agent) {
        this.path = null;
        this.uri = uri;
        this.agent = agent;
        this.overwrite = false;
    }

    @Override
    public synchronized String origin() {
        if (uri != null) {
            return uri.getHost();
        }
        return created ? "localhost" : "hostname";
    }

    @Override
    public String type() {
        return "ptar";
    }

    @Override
    public String root() {
        return uri != null ? uri.getPath() : String.valueOf(path);
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return uri != null ? EnumSet.of(ConnectorFlag.FILE) : EnumSet.of(ConnectorFlag.LOCALFS, ConnectorFlag.FILE);
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        Path target = localPath();
        if (Files.isDirectory(target)) {
            throw new ConnectorException(Reason.EXISTS, "ptar archive " + target + " is a directory");
        }
        if (!overwrite && PtarFiles.exists(target)) {
            throw new ConnectorException(
                    Reason.EXISTS, "ptar archive " + target + " already exists, use -overwrite to overwrite it");
        }
    }

    private Path localPath() throws ConnectorException {
        if (path == null) {
            throw readOnly();
        }
        return path;
    }

    /**
     * Begins an archive in a temporary file beside the final name. Unlike other stores nothing is there until the state
     * is committed.
     */
    @Override
    public synchronized void create(byte[] config) throws ConnectorException {
        Path target = localPath();
        if (input != null || draft != null) {
            throw new ConnectorException(Reason.INVALID, "ptar archive " + root() + " is already open");
        }
        if (config.length < 1 || config.length > PtarLayout.MAX_CONFIG_BYTES) {
            throw new ConnectorException(Reason.INVALID, "invalid configuration length: " + config.length);
        }
        checkCreatable();
        draft = PtarDraft.begin(target, config, overwrite, this::finished);
        created = true;
    }

    private synchronized void finished(FilePtarInput archive, PtarLayout whole) {
        draft = null;
        input = archive;
        layout = whole;
    }

    @Override
    public synchronized byte[] open() throws ConnectorException {
        if (draft != null) {
            return draft.config();
        }
        PtarInput source = input;
        PtarLayout where = layout;
        if (source == null || where == null) {
            source = uri != null ? HttpPtarInput.open(uri, agent) : FilePtarInput.open(localPath());
            boolean usable = false;
            try {
                where = PtarLayout.read(source);
                usable = true;
            } finally {
                if (!usable) {
                    source.close();
                }
            }
            input = source;
            layout = where;
        }
        byte[] config = new byte[(int) where.config().length()];
        source.read(where.config().offset(), ByteBuffer.wrap(config));
        return config;
    }

    @Override
    public synchronized void ping() throws ConnectorException {
        if (input != null || draft != null) {
            return;
        }
        Path target = path;
        if (target != null && !PtarFiles.exists(target) && Files.isDirectory(PtarFiles.directoryOf(target))) {
            return;
        }
        try (PtarInput probe = uri != null ? HttpPtarInput.open(uri, agent) : FilePtarInput.open(localPath())) {
            PtarLayout.read(probe);
        }
    }

    @Override
    public boolean readable() {
        return true;
    }

    /** Only between {@link #create} and the commit of the state. */
    @Override
    public synchronized boolean writable() {
        return draft != null;
    }

    @Override
    public synchronized long size() throws ConnectorException {
        if (draft != null) {
            return draft.size();
        }
        return opened().size();
    }

    private synchronized PtarInput opened() throws ConnectorException {
        if (input == null) {
            throw new ConnectorException(Reason.INVALID, "ptar archive " + root() + " is not open");
        }
        return input;
    }

    @Override
    public synchronized void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        if (resource == Resource.LOCK) {
            return;
        }
        if (draft != null) {
            if (resource == Resource.PACKFILE && draft.packfile() != null) {
                each.accept(PtarLayout.PACKFILE_ID);
            }
            return;
        }
        opened();
        each.accept(resource == Resource.STATE ? PtarLayout.STATE_ID : PtarLayout.PACKFILE_ID);
    }

    @Override
    public synchronized ObjectWriter put(Resource resource) throws ConnectorException {
        if (resource == Resource.LOCK) {
            return new DroppedLock();
        }
        if (draft == null) {
            throw readOnly();
        }
        return draft.put(resource);
    }

    private ConnectorException readOnly() {
        return new ConnectorException(Reason.READ_ONLY, "ptar archive " + root() + ": storage is not writable");
    }

    @Override
    public synchronized InputStream get(Resource resource, Mac name) throws ConnectorException {
        return new SectionStream(source(), section(resource, name));
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        PtarLayout.Section section;
        PtarInput source;
        synchronized (this) {
            section = section(Resource.PACKFILE, packfile);
            source = source();
        }
        if (offset < 0 || offset > section.length() || into.remaining() > section.length() - offset) {
            throw new ConnectorException(
                    Reason.MALFORMED,
                    "ptar archive " + root() + ": " + into.remaining() + " bytes at offset " + offset
                            + " lie beyond the packfile's " + section.length() + " bytes");
        }
        source.read(section.offset() + offset, into);
    }

    private synchronized PtarInput source() throws ConnectorException {
        return draft != null ? draft : opened();
    }

    private synchronized PtarLayout.Section section(Resource resource, Mac name) throws ConnectorException {
        PtarLayout.Section section = null;
        if (resource == Resource.PACKFILE) {
            section = draft != null ? draft.packfile() : layout == null ? null : layout.packfile();
        } else if (resource == Resource.STATE && name.equals(PtarLayout.STATE_ID)) {
            section = layout == null ? null : layout.state();
        }
        if (section == null) {
            if (draft == null) {
                opened();
            }
            String kind = resource.name().toLowerCase(Locale.ROOT);
            throw new ConnectorException(
                    Reason.MISSING, kind + " " + name.toShortHex() + " is not in ptar archive " + root());
        }
        return section;
    }

    /** Locks are never there; anything else cannot be removed. */
    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        if (resource != Resource.LOCK) {
            throw readOnly();
        }
    }

    /** Removes the temporary file of an archive whose state was never committed. */
    @Override
    public synchronized void close() throws ConnectorException {
        PtarDraft unfinished = draft;
        PtarInput open = input;
        draft = null;
        input = null;
        layout = null;
        if (unfinished != null) {
            unfinished.close();
        }
        if (open != null) {
            open.close();
        }
    }

    /** Takes a lock nobody will look for. */
    private static final class DroppedLock implements ObjectWriter {
        @Override
        public void write(ByteBuffer bytes) {
            bytes.position(bytes.limit());
        }

        @Override
        public void commit(Mac name) throws ConnectorException {}

        @Override
        public void close() throws ConnectorException {}
    }

    /** Told once, when the archive is whole under its final name. */
    interface Completion {
        void archived(FilePtarInput archive, PtarLayout layout) throws IOException;
    }
}
