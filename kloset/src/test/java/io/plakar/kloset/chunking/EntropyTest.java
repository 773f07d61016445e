package io.plakar.kloset.chunking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.plakar.kloset.codec.Vectors;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

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
    void looksAtTheRangeOnly() {
        byte[] data = Vectors.splitmix64(1, 10_000);
        java.util.Arrays.fill(data, 5000, 6001, (byte) 3);
        assertThat(entropy.of(data, 5000, 1001)).isZero();
        assertThat(entropy.of(data, 0, 5000)).isCloseTo(8.0, within(0.1));
    }
}
