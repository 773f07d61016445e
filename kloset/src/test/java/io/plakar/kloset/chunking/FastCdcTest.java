package io.plakar.kloset.chunking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class FastCdcTest {
    @Test
    void everyVectorIsCutWhereItShouldBe() throws Exception {
        for (JsonNode vector : Vectors.list("fastcdc.json")) {
            byte[] data = Vectors.input(vector.get("input"));
            FastCdc chunker = chunker(vector);
            List<Integer> lengths = new ArrayList<>();
            List<String> hashes = new ArrayList<>();
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            int at = 0;
            do {
                int n = chunker.cut(data, at, data.length - at);
                lengths.add(n);
                sha256.update(data, at, n);
                hashes.add(HexFormat.of().formatHex(Arrays.copyOf(sha256.digest(), 8)));
                at += n;
            } while (at < data.length);
            assertThat(lengths)
                    .as(vector.get("input").toString())
                    .isEqualTo(Vectors.elements(vector.get("lengths")).stream()
                            .map(JsonNode::asInt)
                            .toList());
            if (vector.has("sha256_prefix8")) {
                assertThat(hashes)
                        .isEqualTo(Vectors.elements(vector.get("sha256_prefix8")).stream()
                                .map(JsonNode::asString)
                                .toList());
            }
        }
    }

    /** Stores never have a keyed gear table; the two keyed vectors still say something about the loop. */
    private static FastCdc chunker(JsonNode vector) throws KlosetException {
        int min = vector.get("min").asInt();
        int normal = vector.get("normal").asInt();
        int max = vector.get("max").asInt();
        if (!vector.has("key")) {
            return FastCdc.of(Vectors.text(vector, "algorithm"), min, normal, max);
        }
        ByteBuffer table = ByteBuffer.allocate(2048).order(ByteOrder.LITTLE_ENDIAN);
        for (long word : Gear.table()) {
            table.putLong(word);
        }
        Blake3Digest xof = new Blake3Digest();
        xof.init(Blake3Parameters.key(Vectors.hex(vector, "key")));
        xof.update(table.array(), 0, 2048);
        xof.doFinal(table.array(), 0, 2048);
        long[] gear = new long[256];
        table.clear().asLongBuffer().get(gear);
        return new FastCdc(gear, min, normal, max, false);
    }

    @Test
    void theGearTableIsTheFormats() throws Exception {
        List<JsonNode> words =
                Vectors.elements(Vectors.json("fastcdc-gear.json").get("gear"));
        long[] table = Gear.table();
        assertThat(words).hasSize(256);
        for (int i = 0; i < 256; i++) {
            assertThat(table[i])
                    .isEqualTo(Long.parseUnsignedLong(words.get(i).asString().substring(2), 16));
        }
    }

    @Test
    void theWindowsPlaceInTheArrayDoesNotMatter() throws Exception {
        FastCdc chunker = FastCdc.of("fastcdc-v1.0.0", 1024, 4096, 16384);
        byte[] data = Vectors.splitmix64(7, 100_000);
        int expected = chunker.cut(data, 0, data.length);
        byte[] shifted = new byte[data.length + 3];
        System.arraycopy(data, 0, shifted, 3, data.length);
        assertThat(chunker.cut(shifted, 3, data.length)).isEqualTo(expected);
        assertThat(chunker.cut(data, 0, 16384)).isEqualTo(expected);
    }

    @Test
    void theNameIsReadInAnyCaseAndUnknownOnesAreRefused() throws Exception {
        assertThat(FastCdc.of("FASTCDC", 65536, 1 << 20, 4 << 20).maxSize()).isEqualTo(4 << 20);
        assertThat(FastCdc.of("FastCDC-V1.0.0", 65536, 1 << 20, 4 << 20).minSize())
                .isEqualTo(65536);
        assertThatThrownBy(() -> FastCdc.of("ultracdc", 65536, 1 << 20, 4 << 20))
                .isInstanceOf(KlosetException.UnsupportedVersion.class)
                .hasMessageContaining("ultracdc");
    }

    @Test
    void impossibleSizesAreRefused() {
        int[][] sizes = {{0, 1, 2}, {-1, 1, 2}, {2, 1, 3}, {1, 3, 2}, {1, 2, Integer.MAX_VALUE}, {0, 0, 0}};
        for (int[] size : sizes) {
            assertThatThrownBy(() -> FastCdc.of("fastcdc", size[0], size[1], size[2]))
                    .isInstanceOf(KlosetException.Corrupt.class);
        }
    }
}
