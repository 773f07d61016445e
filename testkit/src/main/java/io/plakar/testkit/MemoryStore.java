package io.plakar.testkit;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory. Its {@link Contents} outlive the connector, so that a test can open it again, look at it and damage
 * it.
 */
public final class MemoryStore implements StoreConnector {
    /** What a store holds. Safe for use by many threads. */
    public static final class Contents {
        private final Map<Resource, Map<Mac, byte[]>> objects = new EnumMap<>(Resource.class);
        private volatile byte @Nullable [] config;

        public Contents() {
            for (Resource resource : Resource.values()) {
                objects.put(resource, new ConcurrentHashMap<>());
            }
        }

        /** The objects of one kind; live, the arrays are not to be changed in place. */
        public Map<Mac, byte[]> objects(Resource resource) {
            return objects.getOrDefault(resource, Map.of());
        }

        public byte @Nullable [] config() {
            return config;
        }

        public void config(byte @Nullable [] bytes) {
            config = bytes;
        }

        /** A copy that shares nothing which can change. */
        public Contents copy() {
            Contents copy = new Contents();
            copy.config = config;
            objects.forEach((resource, map) -> copy.objects(resource).putAll(map));
            return copy;
        }
    }

    private final Contents contents;
    private final String root;
    private final Set<ConnectorFlag> flags;

    /** @param root names the place, in messages and for the local cache */
    public MemoryStore(Contents contents, String root) {
        this(contents, root, Set.of(ConnectorFlag.LOCALFS));
    }

    /** One with other flags: without {@code LOCALFS} it counts as far away. */
    public MemoryStore(Contents contents, String root, Set<ConnectorFlag> flags) {
        this.contents = contents;
        this.root = root;
        this.flags = Set.copyOf(flags);
    }

    @Override
    public String origin() {
        return "localhost";
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public String root() {
        return root;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return flags;
    }

    @Override
    public void create(byte[] config) throws ConnectorException {
        checkCreatable();
        contents.config(config.clone());
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        if (contents.config() != null) {
            throw new ConnectorException(Reason.EXISTS, root + " holds a store already");
        }
    }

    @Override
    public byte[] open() throws ConnectorException {
        byte[] config = contents.config();
        if (config == null) {
            throw new ConnectorException(Reason.MISSING, root + " holds no store");
        }
        return config.clone();
    }

    @Override
    public void ping() {}

    @Override
    public boolean readable() {
        return true;
    }

    @Override
    public boolean writable() {
        return true;
    }

    @Override
    public long size() {
        long size = contents.config() == null ? 0 : contents.config().length;
        for (Resource resource : Resource.values()) {
            size += contents.objects(resource).values().stream()
                    .mapToLong(object -> object.length)
                    .sum();
        }
        return size;
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) {
        List.copyOf(contents.objects(resource).keySet()).forEach(each);
    }

    @Override
    public ObjectWriter put(Resource resource) {
        return new ObjectWriter() {
            private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

            @Override
            public void write(ByteBuffer from) {
                byte[] copy = new byte[from.remaining()];
                from.get(copy);
                bytes.writeBytes(copy);
            }

            @Override
            public void commit(Mac name) {
                contents.objects(resource).put(name, bytes.toByteArray());
            }

            @Override
            public void close() {}
        };
    }

    private byte[] object(Resource resource, Mac name) throws ConnectorException {
        byte[] object = contents.objects(resource).get(name);
        if (object == null) {
            throw new ConnectorException(
                    Reason.MISSING,
                    resource == Resource.PACKFILE ? "packfile not found" : resource + " " + name + " is not there");
        }
        return object;
    }

    @Override
    public InputStream get(Resource resource, Mac name) throws ConnectorException {
        return new ByteArrayInputStream(object(resource, name));
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        byte[] object = object(Resource.PACKFILE, packfile);
        if (offset < 0 || offset > object.length - into.remaining()) {
            throw new ConnectorException(Reason.MALFORMED, "packfile " + packfile + " ends before");
        }
        into.put(object, (int) offset, into.remaining());
    }

    @Override
    public int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        byte[] object = object(Resource.PACKFILE, packfile);
        int n = (int) Math.min(into.remaining(), Math.max(0, object.length - offset));
        into.put(object, (int) Math.min(offset, object.length), n);
        return n;
    }

    @Override
    public void delete(Resource resource, Mac name) {
        contents.objects(resource).remove(name);
    }

    @Override
    public void close() {}
}
