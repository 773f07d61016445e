package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EncryptionTest {
    /** Gives out what a test laid down. */
    private static final class Scripted extends SecureRandom {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial")
        private final transient ByteArrayInputStream script;

        Scripted(byte[] script) {
            this.script = new ByteArrayInputStream(script);
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (script.readNBytes(bytes, 0, bytes.length) < bytes.length) {
                throw new IllegalStateException("the script is too short");
            }
        }
    }

    @Test
    void everyVectorIsWrittenAndReadToTheByte() throws Exception {
        StoreKey key = StoreKey.of(Vectors.hex(Vectors.json("gcmsiv.json"), "key"));
        for (JsonNode vector : Vectors.list("gcmsiv.json")) {
            byte[] plain = Vectors.splitmix64(
                    vector.get("plaintext_seed").asLong(),
                    vector.get("plaintext_len").asInt());
            for (boolean portable : new boolean[] {false, true}) {
                byte[] whole = encrypt(encryption(key, vector, portable), plain);
                assertThat(whole).hasSize(vector.get("ciphertext_len").asInt());
                assertThat(HexFormat.of()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(whole)))
                        .isEqualTo(Vectors.text(vector, "ciphertext_sha256"));
                if (vector.has("ciphertext_file")) {
                    assertThat(whole).isEqualTo(Vectors.bytes(Vectors.text(vector, "ciphertext_file")));
                }
                Encryption encryption = encryption(key, vector, portable);
                assertThat(encryption.encryptedLength(plain.length)).isEqualTo(whole.length);
                assertThat(encryption.plainLength(whole.length)).isEqualTo(plain.length);
                assertThat(decrypt(encryption, whole)).isEqualTo(plain);
                assertThat(stream(encryption, plain)).isEqualTo(whole);
                assertThat(encryption.decryptor(new ByteArrayInputStream(whole)).readAllBytes())
                        .isEqualTo(plain);
            }
        }
    }

    private static Encryption encryption(StoreKey key, JsonNode vector, boolean portable) throws Exception {
        ByteArrayOutputStream script = new ByteArrayOutputStream();
        script.write(Vectors.hex(vector, "subkey"));
        for (JsonNode chunk : Vectors.elements(vector.get("chunks"))) {
            script.write(Vectors.hex(chunk, "nonce"));
        }
        SecureRandom random = new Scripted(script.toByteArray());
        return portable
                ? Encryption.of("AES256-KW", "AES256-GCM-SIV", 65536, key, random, null)
                : Encryption.of("AES256-KW", "AES256-GCM-SIV", 65536, key, random);
    }

    private static byte[] encrypt(Encryption encryption, byte[] plain) {
        ByteBuffer in = ByteBuffer.allocateDirect(plain.length).put(plain).flip();
        ByteBuffer out = ByteBuffer.allocateDirect(plain.length + 1000);
        encryption.encrypt(in, out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static byte[] decrypt(Encryption encryption, byte[] whole) throws KlosetException {
        ByteBuffer in = ByteBuffer.allocateDirect(whole.length).put(whole).flip();
        ByteBuffer out = ByteBuffer.allocateDirect(whole.length);
        encryption.decrypt(in, out);
        byte[] bytes = new byte[out.flip().remaining()];
        out.get(bytes);
        return bytes;
    }

    private static byte[] stream(Encryption encryption, byte[] plain) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream encryptor = encryption.encryptor(out)) {
            for (int at = 0; at < plain.length; at += 1000) {
                encryptor.write(plain, at, Math.min(1000, plain.length - at));
            }
        }
        return out.toByteArray();
    }

    @Test
    void subkeysAreWrappedLikeTheVectors() throws Exception {
        JsonNode root = Vectors.json("aeskw.json");
        for (JsonNode vector : Vectors.elements(root.get("aes256_kw"))) {
            try (StoreKey key = StoreKey.of(Vectors.hex(vector, "kek"))) {
                Encryption encryption = Encryption.of(
                        Encryption.AES256_KW,
                        Encryption.AES256_GCM_SIV,
                        65536,
                        key,
                        new Scripted(Vectors.hex(vector, "subkey")));
                byte[] wrapped = Vectors.hex(vector, "wrapped");
                assertThat(encrypt(encryption, new byte[0])).isEqualTo(wrapped);
                assertThat(decrypt(encryption, wrapped)).isEmpty();
            }
        }
        for (JsonNode vector : Vectors.elements(root.get("aes256_gcm_subkey"))) {
            try (StoreKey key = StoreKey.of(Vectors.hex(vector, "kek"))) {
                byte[] wrapped = Vectors.hex(vector, "wrapped");
                ByteArrayOutputStream script = new ByteArrayOutputStream();
                script.write(Vectors.hex(vector, "subkey"));
                script.write(wrapped, 0, 12);
                Encryption encryption = Encryption.of(
                        Encryption.AES256_GCM,
                        Encryption.AES256_GCM_SIV,
                        65536,
                        key,
                        new Scripted(script.toByteArray()));
                assertThat(encrypt(encryption, new byte[0])).isEqualTo(wrapped);
                assertThat(decrypt(encryption, wrapped)).isEmpty();
            }
        }
    }

    @Test
    void aFlippedBitAnywhereIsNoticed() throws Exception {
        StoreKey key = StoreKey.of(new byte[32]);
        for (String subkeys : new String[] {Encryption.AES256_KW, Encryption.AES256_GCM}) {
            Encryption encryption = Encryption.of(subkeys, Encryption.AES256_GCM_SIV, 16, key, new SecureRandom());
            byte[] whole = encrypt(encryption, new byte[40]);
            for (int bit = 0; bit < 8 * whole.length; bit += 5) {
                byte[] damaged = whole.clone();
                damaged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThatThrownBy(() -> decrypt(encryption, damaged)).isInstanceOf(KlosetException.Corrupt.class);
                assertThatThrownBy(() -> encryption
                                .decryptor(new ByteArrayInputStream(damaged))
                                .readAllBytes())
                        .isInstanceOf(DecodingException.class);
            }
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                try {
                    assertThat(decrypt(encryption, cut).length % 16).isZero();
                } catch (KlosetException.Corrupt expected) {
                    assertThat(expected).hasMessageContaining("encrypted data");
                }
            }
        }
    }

    @Test
    void unknownAlgorithmsAndImpossiblePiecesAreRefused() {
        StoreKey key = StoreKey.of(new byte[32]);
        SecureRandom random = new SecureRandom();
        assertThatThrownBy(() -> Encryption.of("AES256-XYZ", "AES256-GCM-SIV", 65536, key, random))
                .isInstanceOf(KlosetException.UnsupportedVersion.class);
        assertThatThrownBy(() -> Encryption.of("AES256-KW", "AES256-GCM", 65536, key, random))
                .isInstanceOf(KlosetException.UnsupportedVersion.class)
                .hasMessage("unsupported data encryption algorithm: AES256-GCM");
        for (int size : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, (16 << 20) + 1}) {
            assertThatThrownBy(() -> Encryption.of("AES256-KW", "AES256-GCM-SIV", size, key, random))
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
    }

    @Test
    void aClosedKeyIsOfNoMoreUse() throws Exception {
        StoreKey key = StoreKey.of(new byte[32]);
        Encryption encryption = Encryption.of("AES256-KW", "AES256-GCM-SIV", 65536, key, new SecureRandom());
        encryption.close();
        assertThat(key.isDestroyed()).isTrue();
        assertThatThrownBy(() -> encrypt(encryption, new byte[1])).isInstanceOf(IllegalStateException.class);
    }
}
