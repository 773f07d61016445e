package io.plakar.testkit;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import io.plakar.connector.Xattr;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A source in memory: a tree which a test builds, changes and backs up again. Paths are given in byte order, by one
 * thread; parents need not be added.
 */
public final class MemorySource implements Importer {
    /** One thing in the source. */
    private record Item(FileInfo info, byte[] content, List<Xattr> xattrs) {}

    private final BytePath root;
    private final TreeMap<BytePath, Item> items = new TreeMap<>();
    private final TreeMap<BytePath, String> failures = new TreeMap<>();
    private final AtomicInteger opened = new AtomicInteger();
    private long inode = 1;

    public MemorySource(String root) {
        this.root = BytePath.clean(root);
        directory(root);
    }

    /** Adds or replaces a regular file. */
    public MemorySource file(String path, byte[] content, Instant modTime, Xattr... xattrs) {
        return put(path, 0644, content, modTime, xattrs);
    }

    public MemorySource directory(String path, Xattr... xattrs) {
        return put(path, GoMode.DIRECTORY | 0755, new byte[0], Instant.EPOCH, xattrs);
    }

    public MemorySource symlink(String path, String target) {
        return put(
                path, GoMode.SYMLINK | 0777, target.getBytes(java.nio.charset.StandardCharsets.UTF_8), Instant.EPOCH);
    }

    /** Makes a path that cannot be read. */
    public MemorySource unreadable(String path, String message) {
        failures.put(BytePath.clean(path), message);
        return this;
    }

    public MemorySource remove(String path) {
        items.remove(BytePath.clean(path));
        return this;
    }

    private MemorySource put(String path, int mode, byte[] content, Instant modTime, Xattr... xattrs) {
        BytePath at = BytePath.clean(path);
        FileInfo info =
                new FileInfo(at.name(), content.length, mode, modTime, 7, inode++, 1000, 1000, 1, "alice", "users");
        items.put(at, new Item(info, content, List.of(xattrs)));
        return this;
    }

    /** How many contents were opened since the last call. */
    public int opened() {
        return opened.getAndSet(0);
    }

    /** The content of every regular file. */
    public Map<BytePath, byte[]> files() {
        Map<BytePath, byte[]> files = new TreeMap<>();
        items.forEach((path, item) -> {
            if (item.info().isRegular()) {
                files.put(path, item.content());
            }
        });
        return files;
    }

    @Override
    public String origin() {
        return "memory";
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public BytePath root() {
        return root;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() {}

    @Override
    public void run(RecordSink sink) throws InterruptedException {
        for (Map.Entry<BytePath, Item> item : items.entrySet()) {
            if (!sink.excluded(item.getKey(), item.getValue().info().isDirectory())) {
                sink.entry(entry(item.getKey(), item.getValue()));
            }
        }
        for (Map.Entry<BytePath, String> failure : failures.entrySet()) {
            sink.failure(failure.getKey(), failure.getValue());
        }
    }

    private SourceEntry entry(BytePath path, Item item) {
        return new SourceEntry() {
            @Override
            public BytePath path() {
                return path;
            }

            @Override
            public FileInfo info() {
                return item.info();
            }

            @Override
            public byte[] linkTarget() {
                return item.info().isSymlink() ? item.content() : new byte[0];
            }

            @Override
            public List<Xattr> xattrs() {
                return item.xattrs();
            }

            @Override
            public ReadableByteChannel open() {
                opened.incrementAndGet();
                return Channels.newChannel(new ByteArrayInputStream(item.content()));
            }

            @Override
            public Optional<FileInfo> current() {
                return Optional.ofNullable(items.get(path)).map(Item::info);
            }
        };
    }

    @Override
    public void close() {}
}
