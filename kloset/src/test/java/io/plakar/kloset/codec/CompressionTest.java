package io.plakar.kloset.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG.Bits;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class CompressionTest {
    private static final long SEED = 20265;

    private static byte[] encode(Compression compression, byte[] plain) {
        ByteBuffer out = ByteBuffer.allocate(compression.scratchLength(plain.length));
        compression.encode(plain, 0, plain.length, out);
        byte[] encoded = Arrays.copyOf(out.array(), out.position());
        assertThat((long) encoded.length).isLessThanOrEqualTo(compression.maxLength(plain.length));
        return encoded;
    }

    private static byte[] decode(Compression compression, byte[] encoded, int max) throws KlosetException {
        Plain plain = new Plain();
        plain.restart(max);
        compression.decode(ByteBuffer.wrap(encoded), plain);
        return plain.copy();
    }

    private static byte[] stream(Compression compression, byte[] encoded) throws Exception {
        return compression.decoder(new ByteArrayInputStream(encoded)).readAllBytes();
    }

    /** Equality of large arrays, which the assertion library compares element by element. */
    private static void same(byte[] actual, byte[] expected) {
        assertThat(Arrays.equals(actual, expected)).isTrue();
    }

    @Test
    void everyVectorIsRead() throws Exception {
        for (JsonNode vector : Vectors.list("compression.json")) {
            byte[] encoded = vector.has("encoded_file")
                    ? Vectors.bytes(Vectors.text(vector, "encoded_file"))
                    : Vectors.hex(vector, "encoded");
            assertThat(encoded).hasSize(vector.get("encoded_len").asInt());
            byte[] plain = Vectors.input(vector.get("input"));
            Compression compression = Compression.of(Vectors.text(vector, "algorithm"));
            String what = Vectors.text(vector, "algorithm") + " " + Vectors.text(vector, "name");
            assertThat(decode(compression, encoded, plain.length)).as(what).isEqualTo(plain);
            assertThat(stream(compression, encoded)).as(what).isEqualTo(plain);
            assertThat(decode(compression, encode(compression, plain), plain.length))
                    .as(what)
                    .isEqualTo(plain);
        }
    }

    @Test
    void shortFramesAreTheOnesTheFormatShows() throws Exception {
        assertThat(HexFormat.of().formatHex(encode(Compression.LZ4, new byte[0])))
                .isEqualTo("04224d186470b900000000055dcc02");
        byte[] hello = "hello world\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        assertThat(HexFormat.of().formatHex(encode(Compression.LZ4, hello)))
                .isEqualTo("04224d186470b90c00008068656c6c6f20776f726c640a00000000b08d52a4");
        assertThat(HexFormat.of().formatHex(encode(Compression.GZIP, hello))).startsWith("1f8b08000000000000ff");
        ByteArrayOutputStream streamed = new ByteArrayOutputStream();
        Compression.LZ4.encoder(streamed).close();
        assertThat(streamed.toByteArray()).isEqualTo(encode(Compression.LZ4, new byte[0]));
    }

    @Test
    void noiseIsStoredRaw() {
        byte[] noise = Vectors.splitmix64(1, (4 << 20) + 100);
        assertThat(encode(Compression.LZ4, noise)).hasSize(noise.length + 15 + 8);
    }

    @Test
    void anotherImplementationReadsWhatIsWritten() throws Exception {
        byte[] plain = text(new Random(SEED), 5_000_000);
        try (LZ4FrameInputStream in =
                new LZ4FrameInputStream(new ByteArrayInputStream(encode(Compression.LZ4, plain)))) {
            same(in.readAllBytes(), plain);
        }
        ByteArrayOutputStream streamed = new ByteArrayOutputStream();
        try (OutputStream out = Compression.LZ4.encoder(streamed)) {
            out.write(plain);
        }
        try (LZ4FrameInputStream in = new LZ4FrameInputStream(new ByteArrayInputStream(streamed.toByteArray()))) {
            same(in.readAllBytes(), plain);
        }
    }

    @Test
    void everyKindOfFrameIsRead() throws Exception {
        byte[] plain = text(new Random(SEED + 1), 700_000);
        for (BLOCKSIZE size : BLOCKSIZE.values()) {
            ByteArrayOutputStream frame = new ByteArrayOutputStream();
            try (LZ4FrameOutputStream out = new LZ4FrameOutputStream(
                    frame,
                    size,
                    plain.length,
                    Bits.BLOCK_INDEPENDENCE,
                    Bits.BLOCK_CHECKSUM,
                    Bits.CONTENT_CHECKSUM,
                    Bits.CONTENT_SIZE)) {
                out.write(plain);
            }
            same(decode(Compression.LZ4, frame.toByteArray(), plain.length), plain);
            same(stream(Compression.LZ4, frame.toByteArray()), plain);
        }
    }

    @Test
    void linkedBlocksAreRead() throws Exception {
        Random random = new Random(SEED + 2);
        byte[] plain = text(random, 300_000);
        byte[] frame = linkedFrame(plain);
        assertThat(frame.length).isLessThan(plain.length);
        same(decode(Compression.LZ4, frame, plain.length), plain);
        same(stream(Compression.LZ4, frame), plain);
        for (int round = 0; round < 800; round++) {
            byte[] damaged = frame.clone();
            damaged[random.nextInt(frame.length)] ^= (byte) (1 + random.nextInt(255));
            String what = "seed " + (SEED + 2) + ", round " + round;
            assertThatThrownBy(() -> decode(Compression.LZ4, damaged, plain.length))
                    .as(what)
                    .isInstanceOf(KlosetException.class);
            assertThatThrownBy(() -> stream(Compression.LZ4, damaged)).as(what).isInstanceOf(DecodingException.class);
        }
    }

    /** Words out of a small dictionary, so that matches reach far back. */
    private static byte[] text(Random random, int length) {
        byte[] words = new byte[20_000];
        random.nextBytes(words);
        byte[] out = new byte[length];
        for (int at = 0; at < length; ) {
            int n = Math.min(length - at, 4 + random.nextInt(60));
            System.arraycopy(words, random.nextInt(words.length - n), out, at, n);
            at += n;
        }
        return out;
    }

    /** A frame of 64 KiB blocks which refer to the ones before them, by a simple greedy compressor. */
    private static byte[] linkedFrame(byte[] plain) {
        ByteBuffer out = ByteBuffer.allocate(2 * plain.length + 1000).order(ByteOrder.LITTLE_ENDIAN);
        out.putInt(0x184d2204).put((byte) 0x44).put((byte) 0x40);
        out.put((byte) (Lz4.checksum(out.array(), 4, 2) >>> 8));
        int[] last = new int[1 << 16];
        Arrays.fill(last, -1);
        for (int from = 0; from < plain.length; from += 1 << 16) {
            int to = Math.min(plain.length, from + (1 << 16));
            int sizeAt = out.position();
            out.putInt(0);
            int anchor = from;
            for (int i = from; i < to - 12; ) {
                int word = ByteBuffer.wrap(plain).getInt(i);
                int slot = (word * 0x9e3779b1) >>> 16;
                int match = last[slot];
                last[slot] = i;
                if (match < 0 || i - match > 65535 || ByteBuffer.wrap(plain).getInt(match) != word) {
                    i++;
                    continue;
                }
                int length = 4;
                while (i + length < to - 5 && plain[match + length] == plain[i + length]) {
                    length++;
                }
                sequence(out, plain, anchor, i - anchor, length);
                out.putShort((short) (i - match));
                extra(out, length - 4);
                i += length;
                anchor = i;
            }
            sequence(out, plain, anchor, to - anchor, 4);
            out.putInt(sizeAt, out.position() - sizeAt - 4);
        }
        out.putInt(0).putInt(Lz4.checksum(plain, 0, plain.length));
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void sequence(ByteBuffer out, byte[] plain, int from, int literals, int match) {
        out.put((byte) (Math.min(15, literals) << 4 | Math.min(15, match - 4)));
        extra(out, literals);
        out.put(plain, from, literals);
    }

    private static void extra(ByteBuffer out, int length) {
        if (length >= 15) {
            int rest = length - 15;
            for (; rest >= 255; rest -= 255) {
                out.put((byte) 255);
            }
            out.put((byte) rest);
        }
    }

    @Test
    void namesAreTheConfigurations() throws Exception {
        assertThat(Compression.of(null)).isEqualTo(Compression.NONE);
        assertThat(Compression.of("LZ4")).isEqualTo(Compression.LZ4);
        assertThat(Compression.of("GZIP")).isEqualTo(Compression.GZIP);
        assertThatThrownBy(() -> Compression.of("ZSTD"))
                .isInstanceOf(KlosetException.UnsupportedVersion.class)
                .hasMessage("unsupported compression method \"ZSTD\"");
    }
}
