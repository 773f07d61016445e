package io.plakar.kloset.chunking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.plakar.kloset.codec.Vectors;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EntropyTest {
    private final Entropy entropy = new Entropy();

    @Test
    void isExactWhereFrequenciesArePowersOfTwo() {
        byte[] every = new byte[4096];
        for (int i = 0; i < every.length; i++) {
            every[i] = (byte) i;
        }
        assertThat(entropy.of(every, 0, every.length)).isEqualTo(8.0);
        assertThat(entropy.of(every, 7, 2)).isEqualTo(1.0);
        assertThat(entropy.of("x\n".getBytes(StandardCharsets.US_ASCII), 0, 2)).isEqualTo(1.0);
    }

    @Test
    void isZeroForNothingAndForConstantData() {
        assertThat(entropy.of(new byte[0], 0, 0)).isZero();
        assertThat(Double.doubleToRawLongBits(entropy.of(new byte[1001], 0, 1001)))
                .isZero();
    }

    @Test
    void chunksOfARealStoreHaveTheirEntropyToTheLastBit() throws Exception {
        JsonNode snapshot = Vectors.json("snapshot-plain.json");
        JsonNode blobs = snapshot.get("blobs_hex");
        int seen = 0;
        for (JsonNode object : Vectors.elements(snapshot.get("objects"))) {
            for (JsonNode chunk : Vectors.elements(object.get("chunks"))) {
                JsonNode blob = blobs.get("chunk:" + Vectors.text(chunk, "contentMAC"));
                if (blob != null && blob.isString()) {
                    byte[] data = HexFormat.of().parseHex(blob.asString());
                    // Directory packs are stored with none.
                    if (chunk.get("entropy").asDouble() != 0) {
                        assertThat(entropy.of(data, 0, data.length))
                                .isEqualTo(chunk.get("entropy").asDouble());
                        seen++;
                    }
                }
            }
        }
        assertThat(seen).isGreaterThan(10);
    }

    @Test
    void looksAtTheRangeOnly() {
        byte[] data = Vectors.splitmix64(1, 10_000);
        Arrays.fill(data, 5000, 6001, (byte) 3);
        assertThat(entropy.of(data, 5000, 1001)).isZero();
        assertThat(entropy.of(data, 0, 5000)).isCloseTo(8.0, within(0.1));
    }
}
