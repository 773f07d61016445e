package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class VectorsTest {
    @Test
    void theGeneratorGivesTheListedBytes() throws Exception {
        for (JsonNode vector : Vectors.list("prng.json")) {
            long seed = Long.parseUnsignedLong(Vectors.text(vector, "seed").substring(2), 16);
            assertThat(HexFormat.of().formatHex(Vectors.splitmix64(seed, 40)))
                    .isEqualTo(Vectors.text(vector, "first_40_bytes"));
        }
    }
}
