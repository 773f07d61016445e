package io.plakar.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RawTextTest {
    @Test
    void anyBytesComeBackAsTheyWere() {
        for (long seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            assertThat(RawText.encode(RawText.decode(bytes)))
                    .as("seed %d", seed)
                    .isEqualTo(bytes);
        }
    }

    @Test
    void textInUtf8StaysReadable() {
        byte[] bytes = "grün 🙂".getBytes(StandardCharsets.UTF_8);
        assertThat(RawText.decode(bytes)).isEqualTo("grün 🙂");
        assertThat(RawText.encode("grün 🙂")).isEqualTo(bytes);
        assertThat(RawText.isUtf8(bytes)).isTrue();
        assertThat(RawText.isUtf8(new byte[] {(byte) 0xff})).isFalse();
    }
}
