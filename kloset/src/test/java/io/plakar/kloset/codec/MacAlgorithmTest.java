package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class MacAlgorithmTest {
    @Test
    void everyVectorHolds() throws Exception {
        JsonNode root = Vectors.json("mac.json");
        byte[] id = HexFormat.of().parseHex(Vectors.text(root, "repository_id").replace("-", ""));
        byte[] storeKey = Vectors.hex(root, "encrypted_store_key");
        for (JsonNode vector : Vectors.list("mac.json")) {
            String name = Vectors.text(vector, "algorithm");
            if (vector.has("derived_mac_key")) {
                assertThat(HexFormat.of().formatHex(MacAlgorithm.plainHash(name, id)))
                        .isEqualTo(Vectors.text(vector, "derived_mac_key"));
                continue;
            }
            byte[] data = Vectors.splitmix64(
                    vector.get("input_seed").asLong(), vector.get("input_len").asInt());
            assertThat(HexFormat.of().formatHex(MacAlgorithm.plainHash(name, data)))
                    .isEqualTo(Vectors.text(vector, "unkeyed_hash"));
            try (MacAlgorithm plaintext = MacAlgorithm.of(name, MacAlgorithm.plainHash(name, id));
                    MacAlgorithm encrypted = MacAlgorithm.of(name, storeKey)) {
                assertThat(plaintext.mac(data).toHex()).isEqualTo(Vectors.text(vector, "mac_plaintext_store"));
                assertThat(encrypted.mac(data).toHex()).isEqualTo(Vectors.text(vector, "mac_encrypted_store"));
            }
        }
    }

    @Test
    void aStreamGivesTheMacOfItsPiecesWhereverTheyAreSplit() throws Exception {
        long seed = 20261;
        Random random = new Random(seed);
        for (String name : new String[] {MacAlgorithm.BLAKE3, MacAlgorithm.SHA256}) {
            try (MacAlgorithm algorithm = MacAlgorithm.of(name, new byte[32])) {
                MacStream stream = algorithm.stream();
                for (int round = 0; round < 50; round++) {
                    byte[] data = new byte[random.nextInt(200_000)];
                    random.nextBytes(data);
                    for (int at = 0; at < data.length; ) {
                        int n = Math.min(data.length - at, 1 + random.nextInt(70_000));
                        switch (random.nextInt(3)) {
                            case 0 -> stream.update(data, at, n);
                            case 1 -> stream.update(ByteBuffer.wrap(data, at, n));
                            default ->
                                stream.update(ByteBuffer.allocateDirect(n)
                                        .put(data, at, n)
                                        .flip());
                        }
                        at += n;
                    }
                    assertThat(stream.finish())
                            .as("%s, seed %d, round %d", name, seed, round)
                            .isEqualTo(algorithm.mac(data));
                }
            }
        }
    }

    @Test
    void anUnknownHashingIsRefused() {
        assertThatThrownBy(() -> MacAlgorithm.of("MD5", new byte[32]))
                .isInstanceOf(KlosetException.UnsupportedVersion.class)
                .hasMessageContaining("MD5");
        assertThatThrownBy(() -> MacAlgorithm.plainHash("MD5", new byte[32]))
                .isInstanceOf(KlosetException.UnsupportedVersion.class);
    }

    @Test
    void aClosedMacIsOfNoMoreUse() throws Exception {
        for (String name : new String[] {MacAlgorithm.BLAKE3, MacAlgorithm.SHA256}) {
            MacAlgorithm algorithm = MacAlgorithm.of(name, new byte[] {
                1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
                17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32
            });
            algorithm.close();
            assertThatThrownBy(() -> algorithm.mac(new byte[1])).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(algorithm::stream).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aDifferenceInAnyBitIsSeen() {
        Mac mac = Mac.of(1, 2, 3, 4);
        assertThat(MacAlgorithm.authentic(mac, Mac.of(1, 2, 3, 4))).isTrue();
        for (int bit = 0; bit < 256; bit++) {
            byte[] bytes = mac.bytes();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(MacAlgorithm.authentic(mac, Mac.of(bytes))).isFalse();
        }
    }
}
