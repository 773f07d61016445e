package io.plakar.connector;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiPredicate;

/** A sink that keeps what it is given; for tests. Safe for many threads. */
public final class CollectedRecords implements RecordSink {
    private final BiPredicate<BytePath, Boolean> excludes;
    private final Map<BytePath, SourceEntry> entries = Collections.synchronizedMap(new TreeMap<>());
    private final Map<BytePath, String> failures = Collections.synchronizedMap(new TreeMap<>());
    private final List<BytePath> order = Collections.synchronizedList(new ArrayList<>());

    /** Excludes nothing. */
    public CollectedRecords() {
        this((path, directory) -> false);
    }

    public CollectedRecords(BiPredicate<BytePath, Boolean> excludes) {
        this.excludes = excludes;
    }

    /** What {@code importer} gives in one run. */
    public static CollectedRecords of(Importer importer) throws Exception {
        CollectedRecords records = new CollectedRecords();
        importer.run(records);
        return records;
    }

    @Override
    public void entry(SourceEntry entry) {
        order.add(entry.path());
        if (entries.put(entry.path(), entry) != null) {
            throw new AssertionError(entry.path() + " was given twice");
        }
    }

    @Override
    public void failure(BytePath path, String message) {
        failures.put(path, message);
    }

    @Override
    public boolean excluded(BytePath path, boolean directory) {
        return excludes.test(path, directory);
    }

    public Map<BytePath, SourceEntry> entries() {
        return entries;
    }

    public Map<BytePath, String> failures() {
        return failures;
    }

    /** The paths in the order they came. */
    public List<BytePath> order() {
        return order;
    }

    /** The paths equal to or below {@code root}, in byte order. */
    public List<BytePath> below(BytePath root) {
        return entries.keySet().stream().filter(path -> path.startsWith(root)).toList();
    }

    public SourceEntry get(BytePath path) {
        return Objects.requireNonNull(entries.get(path), () -> path + " was not given; given were " + order);
    }

    /** The whole content of the file at {@code path}, read in odd pieces. */
    public byte[] content(BytePath path) throws IOException {
        return content(get(path));
    }

    /** The whole content, read in odd pieces by direct and heap buffers in turn. */
    public static byte[] content(SourceEntry entry) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteBuffer direct = ByteBuffer.allocateDirect(10_007);
        ByteBuffer heap = ByteBuffer.allocate(3_001);
        try (ReadableByteChannel channel = entry.open()) {
            ByteBuffer buffer = direct;
            while (channel.read(buffer.clear()) >= 0) {
                byte[] piece = new byte[buffer.flip().remaining()];
                buffer.get(piece);
                out.writeBytes(piece);
                buffer = buffer == direct ? heap : direct;
            }
        }
        return out.toByteArray();
    }
}
