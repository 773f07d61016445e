package io.plakar.kloset.content;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SeekingReaderTest {
    private static final MacAlgorithm MACS = macs();

    /** Chunks in memory; counts what is read of them. */
    private static final class Chunks implements BlobSource {
        final Map<Mac, byte[]> chunks = new ConcurrentHashMap<>();
        final AtomicLong bytes = new AtomicLong();
        final AtomicLong reads = new AtomicLong();

        @Override
        public byte[] get(BlobType type, Mac id) throws KlosetException {
            byte[] chunk = chunks.get(id);
            if (chunk == null) {
                throw new KlosetException.Missing("chunk " + id + " is gone");
            }
            bytes.addAndGet(chunk.length);
            reads.incrementAndGet();
            return chunk.clone();
        }

        @Override
        public boolean contains(BlobType type, Mac id) {
            return chunks.containsKey(id);
        }
    }

    private final Chunks chunks = new Chunks();

    private static MacAlgorithm macs() {
        try {
            return MacAlgorithm.of("BLAKE3", new byte[32]);
        } catch (KlosetException e) {
            throw new AssertionError(e);
        }
    }

    private FileObject store(byte[] content, int... lengths) {
        FileObject.Builder object = new FileObject.Builder();
        int at = 0;
        for (int length : lengths) {
            byte[] chunk = Arrays.copyOfRange(content, at, at + length);
            Mac id = MACS.mac(chunk, 0, length);
            chunks.chunks.put(id, chunk);
            object.add(id, length, 0);
            at += length;
        }
        assertThat(at).isEqualTo(content.length);
        return object.build(MACS.mac(content, 0, content.length), "", 0);
    }

    private ChunkCache cache(long capacity) {
        return new ChunkCache(new ContentReader(chunks), capacity, 2);
    }

    private static byte[] random(SplittableRandom random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void random_parts_read_by_several_threads_equal_the_content() throws Exception {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        int[] lengths = IntStream.range(0, 300)
                .map(i -> random.nextInt(10) == 0 ? 0 : random.nextInt(1, 5000))
                .toArray();
        byte[] content = random(random, Arrays.stream(lengths).sum());
        FileObject object = store(content, lengths);
        try (ChunkCache cache = cache(100_000);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            SeekingReader reader = new SeekingReader(cache, object);
            assertThat(reader.size()).isEqualTo(content.length);
            List<SplittableRandom> seeds =
                    IntStream.range(0, 4).mapToObj(i -> random.split()).toList();
            List<Future<Void>> runs = seeds.stream()
                    .map(own -> threads.submit(() -> readRandomly(own, reader, content, seed)))
                    .toList();
            for (Future<Void> run : runs) {
                run.get();
            }
            assertThat(cache.heldBytes()).as("seed %d", seed).isLessThanOrEqualTo(100_000);
        }
    }

    private static Void readRandomly(SplittableRandom random, SeekingReader reader, byte[] content, long seed)
            throws Exception {
        long at = 0;
        for (int i = 0; i < 500; i++) {
            at = random.nextInt(3) == 0 ? at : random.nextInt(content.length + 10);
            int wanted = random.nextInt(20_000);
            ByteBuffer buffer = ByteBuffer.allocateDirect(wanted);
            int n = reader.read(at, buffer);
            assertThat(n)
                    .as("seed %d, %d bytes at %d", seed, wanted, at)
                    .isEqualTo(Math.clamp(content.length - at, 0, wanted));
            byte[] got = new byte[n];
            buffer.flip().get(got);
            assertThat(got)
                    .as("seed %d, %d bytes at %d", seed, wanted, at)
                    .isEqualTo(n == 0 ? new byte[0] : Arrays.copyOfRange(content, (int) at, (int) at + n));
            at += n;
        }
        return null;
    }

    @Test
    void a_stream_gives_its_part_and_nothing_else() throws Exception {
        byte[] content = random(new SplittableRandom(7), 100_000);
        FileObject object = store(content, 40_000, 20_000, 40_000);
        try (ChunkCache cache = cache(1 << 20)) {
            SeekingReader reader = new SeekingReader(cache, object);
            try (InputStream in = reader.stream(39_999, 20_002)) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(content, 39_999, 60_001));
            }
            assertThat(reader.stream(100_000, 0).read()).isEqualTo(-1);
            assertThatThrownBy(() -> reader.stream(99_999, 2)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void a_seek_reads_only_the_chunks_it_touches_and_reading_on_reads_ahead() throws Exception {
        int[] lengths = new int[64];
        Arrays.fill(lengths, 1 << 20);
        byte[] content = random(new SplittableRandom(8), 64 << 20);
        FileObject object = store(content, lengths);
        try (ChunkCache cache = cache(64 << 20)) {
            SeekingReader reader = new SeekingReader(cache, object);
            ByteBuffer buffer = ByteBuffer.allocate(128 << 10);
            reader.read((40L << 20) + 1000, buffer);
            assertThat(chunks.reads).hasValue(1);
            for (int i = 1; i <= 16; i++) {
                reader.read((40L << 20) + 1000 + i * (128L << 10), buffer.clear());
            }
        }
        // Two megabytes on there is a window of some four, whatever of it was loaded before the end came.
        assertThat(chunks.reads.get()).isBetween(3L, 8L);
    }

    @Test
    void two_who_want_the_same_chunk_cost_one_read() throws Exception {
        byte[] content = random(new SplittableRandom(9), 50_000);
        FileObject object = store(content, 50_000);
        try (ChunkCache cache = cache(1 << 20);
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<byte[]>> got = IntStream.range(0, 4)
                    .mapToObj(i -> threads.submit(() -> {
                        start.await();
                        return cache.get(object, 0);
                    }))
                    .toList();
            start.countDown();
            for (Future<byte[]> one : got) {
                assertThat(one.get()).isEqualTo(content);
            }
            assertThat(chunks.reads).hasValue(1);
        }
    }

    @Test
    void a_lost_chunk_fails_who_asks_for_it_and_nobody_else_and_is_tried_again() throws Exception {
        byte[] content = random(new SplittableRandom(10), 30_000);
        FileObject object = store(content, 10_000, 10_000, 10_000);
        byte[] lost = chunks.chunks.remove(object.chunkMac(1));
        assertThat(lost).isNotNull();
        try (ChunkCache cache = cache(1 << 20)) {
            SeekingReader reader = new SeekingReader(cache, object);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> reader.read(10_000, ByteBuffer.allocate(10)))
                        .isInstanceOf(KlosetException.Missing.class);
            }
            assertThat(reader.read(20_000, ByteBuffer.allocate(20_000))).isEqualTo(10_000);
            assertThatThrownBy(() -> reader.stream(0, 30_000).readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(KlosetException.Missing.class);
            chunks.chunks.put(object.chunkMac(1), lost);
            assertThat(reader.stream(0, 30_000).readAllBytes()).isEqualTo(content);
        }
    }

    @Test
    void a_chunk_of_another_length_than_its_object_says_is_corrupt() throws Exception {
        byte[] content = random(new SplittableRandom(11), 10_000);
        FileObject right = store(content, 10_000);
        FileObject.Builder longer = new FileObject.Builder();
        longer.add(right.chunkMac(0), 10_001, 0);
        FileObject lying = longer.build(Mac.ZERO, "", 0);
        try (ChunkCache cache = cache(1 << 20)) {
            assertThat(cache.get(right, 0)).isEqualTo(content);
            assertThatThrownBy(() -> cache.get(lying, 0)).isInstanceOf(KlosetException.Corrupt.class);
            assertThat(cache.get(right, 0)).isEqualTo(content);
        }
    }

    @Test
    void closing_wakes_who_waits() throws Exception {
        byte[] content = random(new SplittableRandom(12), 10);
        FileObject object = store(content, 10);
        ChunkCache cache = cache(1 << 20);
        cache.close();
        assertThatThrownBy(() -> cache.get(object, 0)).isInstanceOf(InterruptedException.class);
        assertThat(cache.prefetch(object, 0)).isFalse();
    }
}
