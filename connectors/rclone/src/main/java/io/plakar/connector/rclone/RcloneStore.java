package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * A store at a remote, in Plakar's flat layout (see the package). Safe for many threads and many processes.
 *
 * <p>An object is kept in memory until it is committed, then sent in one piece; where the service would show a part of
 * it, it is sent under another name and renamed. It is as durable as the service makes it. A store which was copied from
 * a local disk has its objects in directories of two digits: those are read and listed too, but not written.
 *
 * <p>The place need not be empty: a store may share the root of a remote with the user's files, as in the reference.
 */
public final class RcloneStore implements StoreConnector {
    private static final String CONFIG = "CONFIG";

    /** A packfile and what is around it, with room: the format's largest packfile has 64 MiB. */
    private static final long IN_MEMORY = 96 << 20;

    /** A configuration has a few hundred bytes; anything beyond this is something else. */
    private static final int LARGEST_CONFIG = 1 << 20;

    private final RcloneRemote place;
    private final Remote remote;
    private final UploadSource source;

    private RcloneStore(RcloneRemote place, Remote remote, UploadSource source) {
        this.place = place;
        this.remote = remote;
        this.source = source;
    }

    /** Takes over {@code remote}, which is closed also when this fails. */
    static RcloneStore open(RcloneRemote place, Remote remote) throws ConnectorException {
        try {
            return new RcloneStore(place, remote, new UploadSource());
        } catch (ConnectorException | RuntimeException e) {
            remote.close();
            throw e;
        }
    }

    @Override
    public String origin() {
        return place.path();
    }

    @Override
    public String type() {
        return remote.type();
    }

    @Override
    public String root() {
        return "/";
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    private String path(String name) {
        return place.path().isEmpty() ? name : place.path() + "/" + name;
    }

    private static String directory(Resource resource) {
        return switch (resource) {
            case PACKFILE -> "packfiles";
            case STATE -> "states";
            case LOCK -> "locks";
        };
    }

    private String flat(Resource resource, Mac name) {
        return path(directory(resource) + "/" + name.toHex());
    }

    private String bucketed(Resource resource, Mac name) {
        String hex = name.toHex();
        return path(directory(resource) + "/" + hex.substring(0, 2) + "/" + hex);
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        try {
            for (RemoteEntry entry : remote.list(place.path())) {
                switch (entry.name()) {
                    case CONFIG, "packfiles", "states", "locks" ->
                        throw new ConnectorException(
                                Reason.EXISTS,
                                "storage " + entry.name() + " already exists at " + remote.display(place.path()));
                    default -> {}
                }
            }
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
        }
    }

    @Override
    public void create(byte[] config) throws ConnectorException {
        checkCreatable();
        for (Resource resource : Resource.values()) {
            remote.makeDirectory(path(directory(resource)));
        }
        try (Upload upload = upload()) {
            upload.write(ByteBuffer.wrap(config));
            upload.finish(path(CONFIG));
        }
    }

    private Upload upload() {
        long number = ThreadLocalRandom.current().nextLong() >>> 1;
        return new Upload(remote, source, Instant.now(), -1, IN_MEMORY, path("tmp." + number));
    }

    @Override
    public byte[] open() throws ConnectorException {
        String what = "read " + remote.display(path(CONFIG));
        try (InputStream in = Channels.newInputStream(new ObjectContent(remote, path(CONFIG), -1))) {
            byte[] config = in.readNBytes(LARGEST_CONFIG + 1);
            if (config.length > LARGEST_CONFIG) {
                throw new ConnectorException(Reason.MALFORMED, what + ": it is not a store's configuration");
            }
            return config;
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            throw new ConnectorException(Reason.UNREACHABLE, what + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void ping() throws ConnectorException {
        remote.list(place.path());
    }

    @Override
    public boolean readable() {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public long size() throws ConnectorException {
        long[] sum = {remote.stat(path(CONFIG)).map(RemoteEntry::size).orElse(0L)};
        for (Resource resource : Resource.values()) {
            walk(resource, new Visitor() {
                @Override
                public void object(RemoteEntry entry, Mac name) {
                    sum[0] += Math.max(0, entry.size());
                }

                @Override
                public void foreign(RemoteEntry entry) {
                    sum[0] += Math.max(0, entry.size());
                }
            });
        }
        return sum[0];
    }

    /** Told of everything in the directory of one kind. */
    private interface Visitor {
        void object(RemoteEntry entry, Mac name);

        void foreign(RemoteEntry entry);
    }

    private void walk(Resource resource, Visitor visitor) throws ConnectorException {
        List<String> buckets = new ArrayList<>();
        try {
            remote.list(path(directory(resource)), false, entry -> {
                if (entry.directory() && entry.name().matches("[0-9a-f]{2}")) {
                    buckets.add(entry.path());
                } else {
                    visit(entry, visitor);
                }
            });
        } catch (ConnectorException e) {
            // Services without directories do not know an empty one.
            if (e.reason() != Reason.MISSING || remote.features().has("CanHaveEmptyDirectories")) {
                throw e;
            }
        }
        for (String bucket : buckets) {
            remote.list(bucket, false, entry -> visit(entry, visitor));
        }
    }

    private static void visit(RemoteEntry entry, Visitor visitor) {
        if (!entry.directory() && entry.name().matches("[0-9a-f]{64}")) {
            visitor.object(entry, Mac.fromHex(entry.name()));
        } else {
            visitor.foreign(entry);
        }
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        walk(resource, new Visitor() {
            @Override
            public void object(RemoteEntry entry, Mac name) {
                each.accept(name);
            }

            @Override
            public void foreign(RemoteEntry entry) {}
        });
    }

    @Override
    public List<String> foreignFiles(int limit) throws ConnectorException {
        List<String> found = new ArrayList<>();
        for (Resource resource : Resource.values()) {
            walk(resource, new Visitor() {
                @Override
                public void object(RemoteEntry entry, Mac name) {}

                @Override
                public void foreign(RemoteEntry entry) {
                    if (found.size() < limit) {
                        found.add(entry.path().substring(path("").length()));
                    }
                }
            });
        }
        return found;
    }

    @Override
    public ObjectWriter put(Resource resource) {
        Upload upload = upload();
        return new ObjectWriter() {
            @Override
            public void write(ByteBuffer bytes) throws ConnectorException {
                upload.write(bytes);
            }

            @Override
            public void commit(Mac name) throws ConnectorException {
                upload.finish(flat(resource, name));
            }

            @Override
            public void close() throws ConnectorException {
                upload.close();
            }
        };
    }

    /** A deed at the path of an object. */
    @FunctionalInterface
    private interface At<T> {
        T path(String path) throws ConnectorException;
    }

    /** Does it where the object lies; the flat place first. */
    private <T> Optional<T> find(Resource resource, Mac name, At<T> deed) throws ConnectorException {
        for (String path : List.of(flat(resource, name), bucketed(resource, name))) {
            try {
                return Optional.of(deed.path(path));
            } catch (ConnectorException e) {
                if (e.reason() != Reason.MISSING) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    private ConnectorException missing(Resource resource, Mac name) {
        String kind = resource == Resource.PACKFILE ? "packfile not found: " : "not found: ";
        return new ConnectorException(Reason.MISSING, kind + remote.display(flat(resource, name)));
    }

    @Override
    public InputStream get(Resource resource, Mac name) throws ConnectorException {
        return find(resource, name, path -> Channels.newInputStream(new ObjectContent(remote, path, -1)))
                .orElseThrow(() -> missing(resource, name));
    }

    @Override
    public int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        return find(Resource.PACKFILE, packfile, path -> remote.readUpTo(path, offset, into))
                .orElseThrow(() -> missing(Resource.PACKFILE, packfile));
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        if (!into.hasRemaining()) {
            return;
        }
        boolean found = find(Resource.PACKFILE, packfile, path -> {
                    remote.read(path, offset, into);
                    return path;
                })
                .isPresent();
        if (!found) {
            throw missing(Resource.PACKFILE, packfile);
        }
    }

    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        find(resource, name, path -> {
            remote.delete(path);
            return path;
        });
    }

    @Override
    public void close() {
        source.close();
        remote.close();
    }
}
