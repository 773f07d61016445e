package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.KeyDerivation.Argon2id;
import io.plakar.kloset.codec.KeyDerivation.Pbkdf2;
import io.plakar.kloset.codec.KeyDerivation.Scrypt;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class KeyDerivationTest {
    @Test
    void everyVectorHolds() throws Exception {
        for (JsonNode vector : Vectors.list("kdf.json")) {
            KeyDerivation derivation = derivation(vector);
            assertThat(derivation.name()).isEqualTo(Vectors.text(vector, "kdf"));
            byte[] passphrase = Vectors.text(vector, "passphrase_utf8").getBytes(StandardCharsets.UTF_8);
            assertThat(derivation.derive(passphrase, Vectors.hex(vector, "salt")))
                    .as("%s of %s", derivation, Vectors.text(vector, "passphrase_utf8"))
                    .isEqualTo(Vectors.hex(vector, "key"));
        }
    }

    private static KeyDerivation derivation(JsonNode vector) {
        return switch (Vectors.text(vector, "kdf")) {
            case "ARGON2ID" ->
                vector.has("memory_kib")
                        ? new Argon2id(
                                16,
                                vector.get("time").asLong(),
                                vector.get("memory_kib").asLong(),
                                vector.get("threads").asLong(),
                                32)
                        : Argon2id.DEFAULT;
            case "SCRYPT" -> Scrypt.DEFAULT;
            case "PBKDF2" -> Pbkdf2.DEFAULT;
            default -> throw new IllegalArgumentException(vector.toString());
        };
    }

    @Test
    void exorbitantOrImpossibleParametersAreRefusedBeforeAnyWork() {
        long huge = 0xffffffffL;
        List<KeyDerivation> bad = List.of(
                new Argon2id(16, 4, huge, 1, 32),
                new Argon2id(16, huge, 262144, 1, 32),
                new Argon2id(16, Long.MAX_VALUE, 8, 1, 32),
                new Argon2id(16, 0, 262144, 1, 32),
                new Argon2id(16, 4, 262144, 0, 32),
                new Argon2id(16, 4, 262144, 256, 32),
                new Argon2id(16, 4, 15, 2, 32),
                new Argon2id(16, 4, 262144, 1, 16),
                new Argon2id(16, 4, 262144, 1, huge),
                new Argon2id(16, 4, -262144, 1, 32),
                new Scrypt(16, 32767, 8, 1, 32),
                new Scrypt(16, 1L << 40, 8, 1, 32),
                new Scrypt(16, 1 << 24, 1024, 1, 32),
                new Scrypt(16, 0, 8, 1, 32),
                new Scrypt(16, Long.MIN_VALUE, 8, 1, 32),
                new Scrypt(16, 32768, 0, 1, 32),
                new Scrypt(16, 32768, 8, huge, 32),
                new Scrypt(16, 32768, 8, 1, 31),
                new Pbkdf2(16, 0, 32, "SHA256"),
                new Pbkdf2(16, huge, 32, "SHA256"),
                new Pbkdf2(16, 1000, 64, "SHA256"));
        for (KeyDerivation derivation : bad) {
            assertThatThrownBy(() -> derivation.derive(new byte[3], new byte[16]))
                    .as(derivation.toString())
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
        assertThatThrownBy(() -> new Pbkdf2(16, 1000, 32, "MD5").derive(new byte[3], new byte[16]))
                .isInstanceOf(KlosetException.UnsupportedVersion.class);
        for (int salt : new int[] {0, 7, 1025}) {
            assertThatThrownBy(() -> Scrypt.DEFAULT.derive(new byte[3], new byte[salt]))
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
    }
}
