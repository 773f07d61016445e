package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A store in a directory (format-storage §2). Safe for many threads and many processes.
 *
 * <p>An object is written to a temporary file, synced, renamed to its name, and the directory is synced: after a power
 * cut it is there whole or not at all. Temporary files of writers which died more than a day ago are removed when the
 * store is first written to; their age is measured by the file system's own clock.
 */
public final class FsStore implements StoreConnector {
    private static final byte[] CONFIG = ascii("CONFIG");
    private static final byte[] PACKFILES = ascii("packfiles");
    private static final byte[] STATES = ascii("states");
    private static final byte[] LOCKS = ascii("locks");
    private static final String TEMPORARY = "tmp.";
    private static final int PRIVATE = 0700;
    private static final int OPEN_PACKFILES = 64;
    private static final Duration LEFTOVER = Duration.ofDays(1);

    /** A configuration has a few hundred bytes; anything beyond this is something else. */
    private static final long LARGEST_CONFIG = 1 << 20;

    private final FileTree tree;
    private final BytePath root;
    private final OpenFiles packfiles;
    private final AtomicBoolean tidied = new AtomicBoolean();

    FsStore(FileTree tree, BytePath root) {
        this.tree = tree;
        this.root = root;
        this.packfiles = new OpenFiles(tree, OPEN_PACKFILES);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String origin() {
        return "localhost";
    }

    @Override
    public String type() {
        return "fs";
    }

    @Override
    public String root() {
        return tree.display(root);
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of(ConnectorFlag.LOCALFS);
    }

    @Override
    public void checkCreatable() throws ConnectorException {
        try (Directory directory = tree.directory(root, true)) {
            directory.forEach((name, kind) -> {
                throw new ConnectorException(Reason.EXISTS, "directory " + root() + " is not empty");
            });
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
        }
    }

    @Override
    public void create(byte[] config) throws ConnectorException {
        checkCreatable();
        tree.makeDirectories(root, PRIVATE);
        try (Directory directory = tree.directory(root, true)) {
            makeBuckets(directory, PACKFILES);
            makeBuckets(directory, STATES);
            directory.makeDirectory(LOCKS, PRIVATE);
            try (TemporaryObject writer = new TemporaryObject(root)) {
                writer.write(ByteBuffer.wrap(config));
                writer.publish(root, CONFIG);
            }
        }
        try (Directory parent = tree.directory(root.parent(), true)) {
            parent.sync();
        } catch (ConnectorException e) {
            // A parent that may be passed through but not listed cannot be synced; the store itself is whole.
            if (e.reason() != Reason.DENIED) {
                throw e;
            }
        }
    }

    private static void makeBuckets(Directory directory, byte[] kind) throws ConnectorException {
        directory.makeDirectory(kind, PRIVATE);
        try (Directory buckets = directory.directory(kind)) {
            for (int i = 0; i < 256; i++) {
                buckets.makeDirectory(bucket((byte) i), PRIVATE);
            }
            buckets.sync();
        }
    }

    private static byte[] bucket(byte first) {
        return ascii(HexFormat.of().toHexDigits(first));
    }

    @Override
    public byte[] open() throws ConnectorException {
        BytePath path = root.child(CONFIG);
        try (InputFile file = tree.read(path, true)) {
            long size = file.size();
            if (size > LARGEST_CONFIG) {
                throw new ConnectorException(
                        Reason.MALFORMED,
                        tree.display(path) + " is not a store's configuration: it has " + size + " bytes");
            }
            ByteBuffer config = ByteBuffer.allocate((int) size);
            fill(file, 0, config, tree.display(path));
            return config.array();
        }
    }

    @Override
    public void ping() throws ConnectorException {
        tree.directory(root, true).close();
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
        long sum = 0;
        Deque<BytePath> pending = new ArrayDeque<>(List.of(root));
        while (!pending.isEmpty()) {
            try (Directory directory = tree.directory(pending.pop(), true)) {
                for (byte[] name : directory.names()) {
                    FileStat stat = directory.find(name).orElse(null);
                    if (stat == null || stat.isSymlink()) {
                        continue;
                    }
                    if (stat.isDirectory()) {
                        pending.push(directory.path().child(name));
                    } else {
                        sum += stat.size();
                    }
                }
            }
        }
        return sum;
    }

    private BytePath base(Resource resource) {
        return root.child(
                switch (resource) {
                    case PACKFILE -> PACKFILES;
                    case STATE -> STATES;
                    case LOCK -> LOCKS;
                });
    }

    private BytePath home(Resource resource, Mac name) {
        BytePath base = base(resource);
        return resource == Resource.LOCK ? base : base.child(bucket((byte) (name.word(0) >>> 56)));
    }

    private BytePath file(Resource resource, Mac name) {
        return home(resource, name).child(ascii(name.toHex()));
    }

    @Override
    public void list(Resource resource, Consumer<Mac> each) throws ConnectorException {
        try (Directory base = tree.directory(base(resource), true)) {
            if (resource == Resource.LOCK) {
                listFiles(base, each);
                return;
            }
            List<byte[]> buckets = new ArrayList<>();
            base.forEach((name, kind) -> {
                if (isDirectory(base, name, kind)) {
                    buckets.add(name);
                }
            });
            for (byte[] name : buckets) {
                try (Directory bucket = base.directory(name)) {
                    listFiles(bucket, each);
                }
            }
        }
    }

    private static void listFiles(Directory directory, Consumer<Mac> each) throws ConnectorException {
        directory.forEach((name, kind) -> {
            Mac mac = mac(name);
            if (mac != null && isRegular(directory, name, kind)) {
                each.accept(mac);
            }
        });
    }

    private static boolean isDirectory(Directory parent, byte[] name, Directory.Kind kind) throws ConnectorException {
        return switch (kind) {
            case DIRECTORY -> true;
            case REGULAR, OTHER -> false;
            case UNKNOWN -> parent.find(name).map(FileStat::isDirectory).orElse(false);
        };
    }

    private static boolean isRegular(Directory parent, byte[] name, Directory.Kind kind) throws ConnectorException {
        return switch (kind) {
            case REGULAR -> true;
            case DIRECTORY, OTHER -> false;
            case UNKNOWN -> parent.find(name).map(FileStat::isRegular).orElse(false);
        };
    }

    private static @org.jspecify.annotations.Nullable Mac mac(byte[] name) {
        if (name.length != 2 * Mac.BYTES) {
            return null;
        }
        for (byte b : name) {
            if (!HexFormat.isHexDigit(b & 0xff)) {
                return null;
            }
        }
        return Mac.fromHex(new String(name, StandardCharsets.US_ASCII));
    }

    private static boolean isTemporary(byte[] name) {
        String text = new String(name, StandardCharsets.ISO_8859_1);
        return text.startsWith(TEMPORARY)
                && text.length() > TEMPORARY.length()
                && text.chars().skip(TEMPORARY.length()).allMatch(c -> c >= '0' && c <= '9');
    }

    @Override
    public List<String> foreignFiles(int limit) throws ConnectorException {
        List<String> found = new ArrayList<>();
        try (Directory top = tree.directory(root, true)) {
            for (byte[] name : top.names()) {
                String text = new String(name, StandardCharsets.UTF_8);
                switch (text) {
                    case "CONFIG" -> {}
                    case "packfiles", "states" -> foreignBuckets(text, found, limit);
                    case "locks" -> foreignIn(root.child(name), "locks/", found, limit);
                    default -> addForeign(found, limit, text, isTemporary(name));
                }
            }
        }
        return found;
    }

    private void foreignBuckets(String kind, List<String> found, int limit) throws ConnectorException {
        try (Directory base = tree.directory(root.child(kind), true)) {
            for (byte[] name : base.names()) {
                if (found.size() >= limit) {
                    return;
                }
                String text = kind + "/" + new String(name, StandardCharsets.UTF_8);
                if (base.stat(name).isDirectory()) {
                    foreignIn(base.path().child(name), text + "/", found, limit);
                } else {
                    addForeign(found, limit, text, isTemporary(name));
                }
            }
        }
    }

    private void foreignIn(BytePath path, String prefix, List<String> found, int limit) throws ConnectorException {
        try (Directory directory = tree.directory(path, true)) {
            directory.forEach((name, kind) -> {
                if (found.size() < limit) {
                    boolean known = mac(name) != null && isRegular(directory, name, kind);
                    addForeign(found, limit, prefix + new String(name, StandardCharsets.UTF_8), known);
                }
            });
        }
    }

    private static void addForeign(List<String> found, int limit, String name, boolean known) {
        if (!known && found.size() < limit) {
            found.add(name);
        }
    }

    @Override
    public ObjectWriter put(Resource resource) throws ConnectorException {
        BytePath directory = resource == Resource.LOCK ? root : base(resource);
        TemporaryObject writer = new TemporaryObject(directory);
        try {
            if (!tidied.getAndSet(true)) {
                Instant now = writer.output.stat().modTime();
                tidy(root, now);
                tidy(root.child(PACKFILES), now);
                tidy(root.child(STATES), now);
            }
        } catch (ConnectorException e) {
            writer.close();
            throw e;
        }
        return new ObjectWriter() {
            @Override
            public void write(ByteBuffer bytes) throws ConnectorException {
                writer.write(bytes);
            }

            @Override
            public void commit(Mac name) throws ConnectorException {
                writer.publish(home(resource, name), ascii(name.toHex()));
                if (resource == Resource.PACKFILE) {
                    packfiles.evict(name);
                }
            }

            @Override
            public void close() throws ConnectorException {
                writer.close();
            }
        };
    }

    private void tidy(BytePath path, Instant now) throws ConnectorException {
        try (Directory directory = tree.directory(path, true)) {
            for (byte[] name : directory.names()) {
                if (!isTemporary(name)) {
                    continue;
                }
                FileStat stat = directory.find(name).orElse(null);
                if (stat != null && stat.isRegular() && stat.modTime().isBefore(now.minus(LEFTOVER))) {
                    try {
                        directory.remove(name);
                    } catch (ConnectorException e) {
                        // Another process was quicker, or it belongs to another user: no concern of this write.
                        if (e.reason() != Reason.MISSING && e.reason() != Reason.DENIED) {
                            throw e;
                        }
                    }
                }
            }
        }
    }

    /** A temporary file on its way to a name. */
    private final class TemporaryObject implements AutoCloseable {
        private final Directory directory;
        private final byte[] name;
        private final OutputFile output;
        private boolean published;
        private boolean closed;

        TemporaryObject(BytePath path) throws ConnectorException {
            this.directory = tree.directory(path, true);
            try {
                while (true) {
                    byte[] candidate =
                            ascii(TEMPORARY + (ThreadLocalRandom.current().nextLong() >>> 1));
                    OutputFile created;
                    try {
                        created = directory.create(candidate);
                    } catch (ConnectorException e) {
                        if (e.reason() == Reason.EXISTS) {
                            continue;
                        }
                        throw e;
                    }
                    this.name = candidate;
                    this.output = created;
                    break;
                }
            } catch (ConnectorException e) {
                directory.close();
                throw e;
            }
        }

        void write(ByteBuffer bytes) throws ConnectorException {
            output.write(bytes);
        }

        void publish(BytePath home, byte[] finalName) throws ConnectorException {
            output.sync();
            output.close();
            try (Directory target = openHome(home)) {
                directory.rename(name, target, finalName);
                published = true;
                target.sync();
            }
        }

        private Directory openHome(BytePath home) throws ConnectorException {
            try {
                return tree.directory(home, true);
            } catch (ConnectorException e) {
                if (e.reason() != Reason.MISSING) {
                    throw e;
                }
            }
            // A damaged or copied store may lack a bucket; the reference never makes one again.
            tree.makeDirectories(home, PRIVATE);
            try (Directory parent = tree.directory(home.parent(), true)) {
                parent.sync();
            }
            return tree.directory(home, true);
        }

        @Override
        public void close() throws ConnectorException {
            if (closed) {
                return;
            }
            closed = true;
            try {
                output.close();
            } finally {
                try {
                    if (!published) {
                        directory.remove(name);
                    }
                } finally {
                    directory.close();
                }
            }
        }
    }

    @Override
    public InputStream get(Resource resource, Mac name) throws ConnectorException {
        try {
            return new FileContent(tree.read(file(resource, name), true)).stream();
        } catch (ConnectorException e) {
            throw missing(e, resource, name);
        }
    }

    private static ConnectorException missing(ConnectorException e, Resource resource, Mac name) {
        if (resource != Resource.PACKFILE || e.reason() != Reason.MISSING) {
            return e;
        }
        return new ConnectorException(Reason.MISSING, "packfile not found: " + e.getMessage(), e);
    }

    @Override
    public void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        try (OpenFiles.Lease lease = packfiles.open(packfile, file(Resource.PACKFILE, packfile))) {
            fill(lease.file(), offset, into, "packfile " + packfile.toHex());
        } catch (ConnectorException e) {
            throw missing(e, Resource.PACKFILE, packfile);
        }
    }

    private static void fill(InputFile file, long offset, ByteBuffer into, String what) throws ConnectorException {
        if (offset < 0) {
            throw new IllegalArgumentException("negative offset " + offset);
        }
        long end = offset + into.remaining();
        while (into.hasRemaining()) {
            int count = file.read(into, end - into.remaining());
            if (count < 0) {
                throw new ConnectorException(
                        Reason.MALFORMED, what + " is truncated: it has " + file.size() + " bytes, " + end + " needed");
            }
        }
    }

    @Override
    public void delete(Resource resource, Mac name) throws ConnectorException {
        try (Directory home = tree.directory(home(resource, name), true)) {
            home.remove(ascii(name.toHex()));
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
        } finally {
            if (resource == Resource.PACKFILE) {
                packfiles.evict(name);
            }
        }
    }

    @Override
    public void close() throws ConnectorException {
        packfiles.close();
    }
}
