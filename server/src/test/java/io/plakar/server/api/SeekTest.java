package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import io.plakar.kloset.repository.Repository;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a seek in a long file costs when each request to the store is dear. */
class SeekTest {
    /** As issue 6 wants it. */
    private static final long MOST_FETCHED = 3 << 20;

    private static final int PART = 128 << 10;

    @TempDir
    Path directory;

    @Test
    void aSeekInAVideoFarAwayFetchesLittleBeforeItPlaysOn() throws Exception {
        long seed = 20261124;
        SplittableRandom random = new SplittableRandom(seed);
        byte[] video = new byte[64 << 20];
        random.nextBytes(video);
        try (StoreFixture fixture = new StoreFixture(directory)) {
            RecordedTree tree = new RecordedTree(Map.of(), "fs", "/data")
                    .directory("/")
                    .directory("/data")
                    .content("/data/video.mp4", video);
            Mac snapshot = fixture.backup(tree, StoreFixture.options());
            Repository far = fixture.openFar();
            UiServer server = fixture.start(far, fixture.settings(""));
            for (int i = 0; i < 12; i++) {
                // The first one also pays for finding the file.
                int first = random.nextInt(video.length - PART);
                long before = far.bytesFetched();
                HttpResponse<byte[]> answer = fixture.ask(
                        server,
                        "GET",
                        "/api/snapshot/reader/" + snapshot.toHex() + ":/data/video.mp4",
                        "Range",
                        "bytes=" + first + "-" + (first + PART - 1));
                assertThat(answer.statusCode()).isEqualTo(206);
                assertThat(Arrays.equals(answer.body(), Arrays.copyOfRange(video, first, first + PART)))
                        .isTrue();
                // A chunk must be read whole to be verified, and a part may touch two: the seed is fixed, as a rare
                // pair
                // of long ones is more than that.
                assertThat(far.bytesFetched() - before)
                        .as("seed %d, seek %d to %d", seed, i, first)
                        .isLessThanOrEqualTo(MOST_FETCHED);
            }
        }
    }
}
