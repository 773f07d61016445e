package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.junit.jupiter.api.Test;

class Argon2Test {
    private static byte[] repeated(int value, int length) {
        byte[] out = new byte[length];
        Arrays.fill(out, (byte) value);
        return out;
    }

    /** RFC 9106 §5.3. */
    @Test
    void theRfcsVectorHolds() {
        byte[] tag = Argon2.derive(repeated(1, 32), repeated(2, 16), repeated(3, 8), repeated(4, 12), 3, 32, 4, 32);
        assertThat(HexFormat.of().formatHex(tag))
                .isEqualTo("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    @Test
    void thePortableCodeGivesWhatTheDefaultParametersWant() {
        byte[] salt = HexFormat.of().parseHex("ed8f01dbe4140b1d89a9817b8a6f46b3");
        assertThat(HexFormat.of()
                        .formatHex(KeyDerivation.Argon2id.DEFAULT.portable(
                                new byte[] {'s', 'e', 'c', 'r', 'e', 't'}, salt)))
                .isEqualTo("e90c61f0df10d148671b43f5f047da638878ddcab22bbb1d58a6ebb039442a65");
    }

    @Test
    void agreesWithAnotherImplementationAndTheSystemsLibrary() {
        long seed = 20264;
        Random random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            int lanes = 1 + random.nextInt(4);
            int passes = 1 + random.nextInt(3);
            int memory = 8 * lanes + random.nextInt(2000);
            int length = round % 3 == 0 ? 4 + random.nextInt(200) : 32;
            byte[] password = new byte[random.nextInt(100)];
            byte[] salt = new byte[8 + random.nextInt(20)];
            random.nextBytes(password);
            random.nextBytes(salt);
            String what = String.format(
                    "seed %d, round %d: %d lanes, %d passes, %d KiB, %d bytes",
                    seed, round, lanes, passes, memory, length);

            Argon2BytesGenerator reference = new Argon2BytesGenerator();
            reference.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                    .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                    .withIterations(passes)
                    .withMemoryAsKB(memory)
                    .withParallelism(lanes)
                    .withSalt(salt)
                    .build());
            byte[] expected = new byte[length];
            reference.generateBytes(password, expected);

            byte[] none = new byte[0];
            assertThat(Argon2.derive(password, salt, none, none, passes, memory, lanes, length))
                    .as(what)
                    .isEqualTo(expected);
            byte[] system = NativeArgon2.derive(password, salt, passes, memory, lanes, length);
            if (system != null) {
                assertThat(system).as(what).isEqualTo(expected);
            }
        }
    }
}
