package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import java.util.Random;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import org.junit.jupiter.api.Test;

class Blake3Test {
    private static final long SEED = 20262;

    @Test
    void agreesWithAnotherImplementationAtEveryEdgeOfTheTree() {
        Random random = new Random(SEED);
        byte[] data = new byte[(2 << 20) + 1025];
        random.nextBytes(data);
        int[] units = {64, 1024, 2048, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 192 << 10, 256 << 10, 1 << 20, 2 << 20};
        for (int unit : units) {
            for (int length : new int[] {unit - 1, unit, unit + 1, unit + 64, unit + 1024, unit + 1025}) {
                check(data, length, random);
            }
        }
    }

    @Test
    void agreesWithAnotherImplementationAtRandomLengths() {
        Random random = new Random(SEED + 1);
        byte[] data = new byte[400_000];
        random.nextBytes(data);
        check(data, 0, random);
        for (int round = 0; round < 300; round++) {
            check(data, random.nextInt(5001), random);
        }
        for (int round = 0; round < 60; round++) {
            check(data, random.nextInt(data.length), random);
        }
    }

    private static void check(byte[] data, int length, Random random) {
        byte[] key = null;
        Blake3Digest reference = new Blake3Digest();
        if (random.nextBoolean()) {
            key = new byte[32];
            random.nextBytes(key);
            reference.init(Blake3Parameters.key(key));
        }
        reference.update(data, 0, length);
        byte[] expected = new byte[32];
        reference.doFinal(expected, 0);
        assertThat(Blake3.hash(key, data, 0, length))
                .as("%d bytes, seed %d", length, SEED)
                .isEqualTo(expected);

        Blake3 pieces = key == null ? Blake3.unkeyed() : Blake3.keyed(key);
        pieces.use(new ArrayLanes());
        for (int at = 0; at < length; ) {
            int n = Math.min(length - at, random.nextInt(1 + random.nextInt(1 + 300_000)));
            pieces.update(data, at, n);
            at += n;
        }
        assertThat(pieces.finish())
                .as("%d bytes in pieces, seed %d", length, SEED)
                .isEqualTo(Mac.of(expected));
    }
}
