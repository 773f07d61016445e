package io.plakar.bench.kernels;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.btree.BTreeWriter;
import io.plakar.kloset.btree.TreeKind;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.state.StateIndex;
import io.plakar.kloset.state.StateWriter;
import io.plakar.kloset.vfs.Entry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What is done for each file: its entry, its place in a tree, and asking the index of a store of a million blobs. */
@NullUnmarked
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class RecordKernels {
    private static final int BLOBS = 1_000_000;
    private static final int STATES = 10;
    private static final int KEYS = 100_000;
    private static final int CHUNK = 2;

    private Path directory;
    private StateIndex index;
    private long next;
    private Entry entry;
    private byte[] encoded;
    private List<byte[]> keys;

    @Setup
    public void prepare() throws KlosetException, IOException {
        directory = Files.createTempDirectory("plakar-kernels");
        index = StateIndex.open(directory.resolve("cache"), directory.resolve("scratch"));
        List<Mac> states = new ArrayList<>();
        for (int state = 0; state < STATES; state++) {
            ByteArrayOutputStream stream = new ByteArrayOutputStream(100 << 20 >> 3);
            StateWriter writer = new StateWriter(stream, Mac.ZERO);
            for (int i = state; i < BLOBS; i += STATES) {
                writer.location(CHUNK, 0x10000, mac(i), mac(-1 - i / 1000), i * 1000L, 1000);
            }
            writer.finish(state, new UUID(1, state));
            Mac id = Mac.of(state, 2, 3, 4);
            index.add(id, StateWriter.VERSION, new ByteArrayInputStream(stream.toByteArray()));
            states.add(id);
        }
        index.refresh(states);
        entry = Entry.of(
                BytePath.clean("/srv/projects/plakar/src/main/java"),
                new FileInfo(
                        "SomeClass.java".getBytes(StandardCharsets.UTF_8),
                        12_345,
                        0644,
                        Instant.ofEpochSecond(1_700_000_000, 123_456_789),
                        42,
                        123_456,
                        1000,
                        1000,
                        1,
                        "somebody",
                        "users"),
                "text/x-java",
                List.of());
        encoded = entry.encode();
        keys = new ArrayList<>(KEYS);
        for (int i = KEYS; --i >= 0; ) {
            keys.add("/srv/projects/plakar/folder-%04d/file-%03d"
                    .formatted(i / 500, i % 500)
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Spread like hashes, and known from its number alone. */
    private static Mac mac(long number) {
        SplittableRandom random = new SplittableRandom(number);
        return Mac.of(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    @TearDown
    public void close() throws IOException {
        index.close();
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    @Benchmark
    public byte[] encodeEntry() {
        return entry.encode();
    }

    @Benchmark
    public Entry decodeEntry() throws KlosetException {
        return Entry.decode(encoded);
    }

    /** In random order: mostly a miss of the processor's caches each. */
    @Benchmark
    public BlobLocation findInIndex() {
        next = (next + 611_953) % BLOBS;
        return index.find(CHUNK, mac(next));
    }

    @Benchmark
    public boolean missInIndex() {
        next = (next + 611_953) % BLOBS;
        return index.contains(CHUNK, mac(next + BLOBS));
    }

    /** For one key. The nodes go nowhere and are not hashed. */
    @Benchmark
    @OperationsPerInvocation(KEYS)
    public Mac writeTree() throws KlosetException {
        BTreeWriter writer = new BTreeWriter((type, bytes, offset, length) -> Mac.of(length, 0, 0, 1), TreeKind.INDEX);
        for (byte[] key : keys) {
            writer.add(key, Mac.ZERO);
        }
        return writer.finish();
    }
}
