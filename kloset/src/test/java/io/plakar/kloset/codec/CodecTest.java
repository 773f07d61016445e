package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CodecTest {
    private static final long SEED = 20263;

    private static List<Codec> codecs() throws KlosetException {
        List<Codec> out = new ArrayList<>();
        for (Compression compression : Compression.values()) {
            out.add(Codec.of(compression, null));
            out.add(Codec.of(
                    compression,
                    Encryption.of(
                            Encryption.AES256_KW,
                            Encryption.AES256_GCM_SIV,
                            Encryption.DEFAULT_PIECE,
                            StoreKey.of(new byte[32]),
                            new SecureRandom())));
        }
        return out;
    }

    private static byte[] content(Random random, int length) {
        byte[] out = new byte[length];
        random.nextBytes(out);
        if (random.nextBoolean()) {
            for (int i = 0; i < length; i++) {
                if ((out[i] & 7) != 0) {
                    out[i] = (byte) (i >> 4);
                }
            }
        }
        return out;
    }

    private static byte[] copy(ByteBuffer view) {
        byte[] out = new byte[view.remaining()];
        view.get(out);
        return out;
    }

    /** Equality of large arrays, which the assertion library compares element by element. */
    private static void same(byte[] actual, byte[] expected, String what) {
        assertThat(java.util.Arrays.equals(actual, expected)).as(what).isTrue();
    }

    @Test
    void decodingGivesBackWhatWasEncoded() throws Exception {
        Random random = new Random(SEED);
        int[] lengths = {0, 1, 12, 13, 65535, 65536, 65537, 4 << 20, (4 << 20) + 1};
        for (Codec codec : codecs()) {
            for (int round = 0; round < lengths.length + 20; round++) {
                byte[] plain = content(random, round < lengths.length ? lengths[round] : random.nextInt(200_000));
                String what = "seed " + SEED + ", round " + round;
                byte[] encoded = copy(codec.encode(plain, 0, plain.length));
                assertThat((long) encoded.length).as(what).isLessThanOrEqualTo(codec.maxEncodedLength(plain.length));
                same(codec.decode(encoded, plain.length), plain, what);

                byte[] out = new byte[plain.length + 5];
                ByteBuffer direct =
                        ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
                assertThat(codec.decode(direct, out, 5, plain.length)).isEqualTo(plain.length);
                same(java.util.Arrays.copyOfRange(out, 5, out.length), plain, what);
                assertThat(direct.hasRemaining()).isFalse();

                same(codec.decoder(new ByteArrayInputStream(encoded)).readAllBytes(), plain, what);
                ByteArrayOutputStream streamed = new ByteArrayOutputStream();
                try (OutputStream encoder = codec.encoder(streamed)) {
                    for (int at = 0; at < plain.length; ) {
                        int n = Math.min(plain.length - at, 1 + random.nextInt(100_000));
                        encoder.write(plain, at, n);
                        at += n;
                    }
                }
                same(codec.decode(streamed.toByteArray(), plain.length), plain, what);
            }
        }
    }

    @Test
    void takesBuffersOfEveryKindAndLeavesTheirOrderAlone() throws Exception {
        byte[] data = Vectors.splitmix64(4, 1000);
        for (Codec codec : codecs()) {
            byte[] encoded = copy(codec.encode(data, 0, data.length));
            ByteBuffer direct =
                    ByteBuffer.allocateDirect(encoded.length).put(encoded).flip();
            ByteBuffer inside = ByteBuffer.allocate(encoded.length + 9)
                    .position(7)
                    .put(encoded)
                    .position(7)
                    .limit(7 + encoded.length);
            for (ByteBuffer buffer :
                    List.of(direct, inside, inside.slice(), inside.asReadOnlyBuffer(), ByteBuffer.wrap(encoded))) {
                ByteBuffer given = buffer.duplicate();
                assertThat(codec.decode(given, data.length)).isEqualTo(data);
                assertThat(given.hasRemaining()).isFalse();
                assertThat(given.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            }
        }
    }

    @Test
    void encodesTheRangeOnly() throws Exception {
        byte[] data = Vectors.splitmix64(3, 1000);
        for (Codec codec : codecs()) {
            byte[] encoded = copy(codec.encode(data, 100, 200));
            assertThat(codec.decode(encoded, 200)).isEqualTo(java.util.Arrays.copyOfRange(data, 100, 300));
        }
    }

    @Test
    void moreThanTheLimitIsRefused() throws Exception {
        byte[] plain = new byte[1_000_000];
        for (Codec codec : codecs()) {
            byte[] encoded = copy(codec.encode(plain, 0, plain.length));
            for (int limit : new int[] {0, 1, 65536, plain.length - 1}) {
                assertThatThrownBy(() -> codec.decode(encoded, limit)).isInstanceOf(KlosetException.Corrupt.class);
            }
        }
    }

    @Test
    void hostileBytesGiveATypedError() throws Exception {
        Random random = new Random(SEED + 1);
        for (Codec codec : codecs()) {
            for (int round = 0; round < 1500; round++) {
                byte[] bytes;
                if (round % 4 == 0) {
                    bytes = new byte[random.nextInt(300)];
                    random.nextBytes(bytes);
                } else {
                    byte[] plain = content(random, random.nextInt(2000));
                    bytes = copy(codec.encode(plain, 0, plain.length));
                    int changes = bytes.length == 0 ? 0 : 1 + random.nextInt(3);
                    for (int i = 0; i < changes; i++) {
                        bytes[random.nextInt(Math.min(bytes.length, 1 + random.nextInt(bytes.length)))] =
                                (byte) random.nextInt();
                    }
                    if (random.nextInt(4) == 0) {
                        bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 20));
                    }
                }
                String what = "seed " + (SEED + 1) + ", round " + round;
                try {
                    assertThat(codec.decode(bytes, 100_000).length).as(what).isLessThanOrEqualTo(100_000);
                } catch (KlosetException.Corrupt | KlosetException.UnsupportedVersion expected) {
                    assertThat(expected.getMessage()).as(what).isNotBlank();
                }
                try (InputStream in = codec.decoder(new ByteArrayInputStream(bytes))) {
                    assertThat(in.readNBytes(10_000_000).length).as(what).isLessThanOrEqualTo(10_000_000);
                } catch (DecodingException expected) {
                    assertThat(expected.failure().getMessage()).as(what).isNotBlank();
                }
            }
        }
    }
}
