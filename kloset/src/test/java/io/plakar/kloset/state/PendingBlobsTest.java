package io.plakar.kloset.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PendingBlobsTest {
    private static final int CHUNK = 9;
    private static final Mac BLOB = Mac.of(1, 2, 3, 4);

    private final PendingBlobs pending = new PendingBlobs();

    @Test
    void grantsABlobOnceUntilItIsReleased() {
        assertThat(pending.reserve(CHUNK, BLOB)).isTrue();
        assertThat(pending.reserve(CHUNK, BLOB)).isFalse();
        assertThat(pending.reserve(CHUNK + 1, BLOB)).isTrue();
        pending.release(CHUNK, BLOB);
        pending.release(CHUNK, BLOB);
        assertThat(pending.contains(CHUNK, BLOB)).isFalse();
        assertThat(pending.contains(CHUNK + 1, BLOB)).isTrue();
        assertThat(pending.reserve(CHUNK, BLOB)).isTrue();
        assertThat(pending.size()).isEqualTo(2);
    }

    @Test
    void clearsOnlyWhatWasRecordedBeforeTheMark() {
        Mac early = Mac.of(10, 0, 0, 0);
        Mac unwritten = Mac.of(11, 0, 0, 0);
        Mac late = Mac.of(12, 0, 0, 0);
        pending.reserve(CHUNK, early);
        pending.reserve(CHUNK, unwritten);
        pending.record(CHUNK, early);
        long mark = pending.mark();
        pending.reserve(CHUNK, late);
        pending.record(CHUNK, late);
        pending.clear(mark);
        assertThat(pending.contains(CHUNK, early)).isFalse();
        assertThat(pending.contains(CHUNK, unwritten)).isTrue();
        assertThat(pending.contains(CHUNK, late)).isTrue();
        pending.record(CHUNK, unwritten);
        pending.clear(pending.mark());
        assertThat(pending.size()).isZero();
    }

    @Test
    void behavesLikeAMapUnderAnySequenceOfCalls() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<String, Long> model = new HashMap<>();
        List<Mac> macs = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            macs.add(Mac.of(random.nextInt(4), random.nextInt(50), random.nextInt(5), i));
        }
        for (int step = 0; step < 300_000; step++) {
            Mac mac = macs.get(random.nextInt(macs.size()));
            int type = random.nextInt(2) * 255;
            String key = type + mac.toHex();
            switch (random.nextInt(8)) {
                case 0, 1, 2 ->
                    assertThat(pending.reserve(type, mac))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(model.putIfAbsent(key, Long.MAX_VALUE) == null);
                case 3, 4 -> {
                    pending.release(type, mac);
                    model.remove(key);
                }
                case 5 -> {
                    pending.record(type, mac);
                    model.computeIfPresent(key, (k, when) -> 0L);
                }
                case 6 ->
                    assertThat(pending.contains(type, mac))
                            .as("seed %d step %d", seed, step)
                            .isEqualTo(model.containsKey(key));
                default -> {
                    if (random.nextInt(500) == 0) {
                        pending.clear(pending.mark());
                        model.values().removeIf(when -> when == 0L);
                    }
                }
            }
        }
        assertThat(pending.size()).as("seed %d", seed).isEqualTo(model.size());
    }

    @Test
    void grantsEachBlobToOneOfManyThreads() throws Exception {
        int blobs = 100_000;
        Callable<Integer> work = () -> {
            int granted = 0;
            for (int i = 0; i < blobs; i++) {
                Mac mac = Mac.of(i * 0x9e3779b97f4a7c15L, i, i, i);
                if (pending.reserve(CHUNK, mac)) {
                    granted++;
                    pending.record(CHUNK, mac);
                }
            }
            return granted;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            int granted = 0;
            for (Future<Integer> one : threads.invokeAll(List.of(work, work, work, work, work, work, work, work))) {
                granted += one.get();
            }
            assertThat(granted).isEqualTo(blobs);
        }
        assertThat(pending.size()).isEqualTo(blobs);
        pending.clear(pending.mark());
        assertThat(pending.size()).isZero();
    }
}
