package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CanaryTest {
    private static Encryption encryption(byte[] key) throws Exception {
        return Encryption.of(
                Encryption.AES256_KW,
                Encryption.AES256_GCM_SIV,
                Encryption.DEFAULT_PIECE,
                StoreKey.of(key),
                new SecureRandom());
    }

    @Test
    void theVectorsCanaryFitsItsKeyAndNoOther() throws Exception {
        JsonNode vector = Vectors.json("kdf.json").get("canary");
        byte[] key = Vectors.hex(vector, "key");
        byte[] canary = Vectors.hex(vector, "canary");
        assertThat(Canary.verify(encryption(key), canary)).isTrue();
        key[31] ^= 1;
        assertThat(Canary.verify(encryption(key), canary)).isFalse();
    }

    @Test
    void aFreshCanaryIsAHundredBytesAndFits() throws Exception {
        SecureRandom random = new SecureRandom();
        Encryption own = encryption(new byte[32]);
        byte[] canary = Canary.create(own, random);
        assertThat(canary).hasSize(100);
        assertThat(Canary.verify(own, canary)).isTrue();
        assertThat(Canary.create(own, random)).isNotEqualTo(canary);
        for (int length : new int[] {0, 39, 41, 99}) {
            assertThat(Canary.verify(own, Arrays.copyOf(canary, length))).isFalse();
        }
        assertThat(Canary.verify(own, new byte[1 << 20])).isFalse();
    }
}
