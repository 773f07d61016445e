package io.plakar.kloset.msgpack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class MsgpackTest {
    private static String hex(Consumer<MsgpackWriter> write) {
        MsgpackWriter out = new MsgpackWriter(1);
        write.accept(out);
        return HexFormat.of().formatHex(out.toByteArray());
    }

    private static MsgpackReader read(String hex) {
        return new MsgpackReader(HexFormat.of().parseHex(hex));
    }

    @Test
    void declaredWidthsAreNeverShortened() {
        assertThat(hex(w -> w.u8(1))).isEqualTo("cc01");
        assertThat(hex(w -> w.u16(1))).isEqualTo("cd0001");
        assertThat(hex(w -> w.u32(0x10000))).isEqualTo("ce00010000");
        assertThat(hex(w -> w.u64(-1))).isEqualTo("cfffffffffffffffff");
        assertThat(hex(w -> w.i64(2))).isEqualTo("d30000000000000002");
        assertThat(hex(w -> w.f64(1.0))).isEqualTo("cb3ff0000000000000");
    }

    @Test
    void smallestIntegersTakeTheFormOfTheirSize() throws Exception {
        long[] values = {0, 127, 128, 255, 256, 65535, 65536, 0xffffffffL, 0x100000000L, -1, -32, -33, -128, -129};
        String[] forms = {
            "00",
            "7f",
            "cc80",
            "ccff",
            "cd0100",
            "cdffff",
            "ce00010000",
            "ceffffffff",
            "cf0000000100000000",
            "ff",
            "e0",
            "d0df",
            "d080",
            "d1ff7f"
        };
        for (int i = 0; i < values.length; i++) {
            long value = values[i];
            assertThat(hex(w -> w.smallest(value))).isEqualTo(forms[i]);
            assertThat(read(forms[i]).integer()).isEqualTo(value);
        }
        assertThat(hex(w -> w.smallest(-32769))).isEqualTo("d2ffff7fff");
        assertThat(hex(w -> w.smallest(Long.MIN_VALUE))).isEqualTo("d38000000000000000");
    }

    @Test
    void timesTakeTheFormOfTheSpecification() throws Exception {
        Object[][] cases = {
            {1_700_000_000L, 0L, "d6ff6553f100"},
            {1_700_000_000L, 123_456_789L, "d7ff1d6f34546553f100"},
            {4_294_967_296L, 5L, "d7ff0000001500000000"},
            {5_000_000_000L, 0L, "d7ff000000012a05f200"},
            {-1L, 500_000_000L, "c70cff1dcd6500ffffffffffffffff"},
            {1L << 34, 1L, "c70cff000000010000000400000000"},
        };
        for (Object[] each : cases) {
            Instant instant = Instant.ofEpochSecond((long) each[0], (long) each[1]);
            assertThat(hex(w -> w.time(instant))).isEqualTo(each[2]);
            assertThat(read((String) each[2]).time()).isEqualTo(instant);
        }
    }

    @Test
    void stringsBinsAndContainersTakeTheHeaderOfTheirSize() throws Exception {
        int[] sizes = {0, 15, 16, 31, 32, 255, 256, 65535, 65536};
        String[] strs = {"a0", "af", "b0", "bf", "d920", "d9ff", "da0100", "daffff", "db00010000"};
        String[] bins = {"c400", "c40f", "c410", "c41f", "c420", "c4ff", "c50100", "c5ffff", "c600010000"};
        String[] arrays = {"90", "9f", "dc0010", "dc001f", "dc0020", "dc00ff", "dc0100", "dcffff", "dd00010000"};
        String[] maps = {"80", "8f", "de0010", "de001f", "de0020", "de00ff", "de0100", "deffff", "df00010000"};
        for (int i = 0; i < sizes.length; i++) {
            int size = sizes[i];
            byte[] bytes = new byte[size];
            Arrays.fill(bytes, (byte) 0xfe);
            assertThat(hex(w -> w.str(bytes))).startsWith(strs[i]).hasSize(strs[i].length() + 2 * size);
            assertThat(hex(w -> w.bin(bytes))).startsWith(bins[i]).hasSize(bins[i].length() + 2 * size);
            assertThat(hex(w -> w.arrayHeader(size))).isEqualTo(arrays[i]);
            assertThat(hex(w -> w.mapHeader(size))).isEqualTo(maps[i]);
            MsgpackWriter out = new MsgpackWriter();
            out.str(bytes);
            out.bin(bytes);
            MsgpackReader in = new MsgpackReader(out.toByteArray());
            assertThat(in.bytes()).isEqualTo(bytes);
            assertThat(in.bytes()).isEqualTo(bytes);
            assertThat(in.remaining()).isZero();
            byte[] map = Arrays.copyOf(HexFormat.of().parseHex(maps[i]), maps[i].length() / 2 + 2 * size);
            assertThat(new MsgpackReader(map).mapHeader()).isEqualTo(size);
            MsgpackReader skipped = new MsgpackReader(map);
            skipped.skip();
            assertThat(skipped.remaining()).isZero();
        }
    }

    @Test
    void nilIsTheZeroOfEveryType() throws Exception {
        assertThat(read("c0").integer()).isZero();
        assertThat(read("c0").f64()).isZero();
        assertThat(read("c0").bytes()).isEmpty();
        assertThat(read("c0").text()).isEmpty();
        assertThat(read("c0").mac()).isEqualTo(Mac.ZERO);
        assertThat(read("c0").bool()).isFalse();
        assertThat(read("c0").mapHeader()).isZero();
        assertThat(read("c0").arrayHeader()).isZero();
        assertThat(read("c0").time()).isEqualTo(MsgpackReader.ZERO_TIME);
    }

    @Test
    void keysAreFoundInAnyOrderAndUnknownOnesAreSkipped() throws Exception {
        FieldNames names = FieldNames.of("a", "bb", "c");
        MsgpackReader in = read("83" + "a163" + "05" + "a17a" + "9281a17801c0" + "a26262" + "c3");
        assertThat(in.mapHeader()).isEqualTo(3);
        assertThat(in.key(names, 0)).isEqualTo(2);
        assertThat(in.integer()).isEqualTo(5);
        assertThat(in.key(names, 3)).isEqualTo(-1);
        in.skip();
        assertThat(in.key(names, -1)).isEqualTo(1);
        assertThat(in.bool()).isTrue();
        assertThat(in.remaining()).isZero();
    }

    @Test
    void aKnownTextIsReturnedItself() throws Exception {
        String known = String.valueOf(new char[] {'u', 's', 'e', 'r', 's'});
        assertThat(read("a57573657273").text(known)).isSameAs(known);
        assertThat(read("a57573657274").text(known)).isEqualTo("usert");
        assertThat(read("a2c3a9").text("xy")).isEqualTo("é");
    }

    @Test
    void countsBeyondTheEndAreRefusedBeforeAnythingIsAllocated() {
        for (String hex : new String[] {"dbffffffff", "c6ffffffff", "ddffffffff", "dfffffffff", "da0002ff", "81a1"}) {
            assertThatThrownBy(() -> read(hex).skip()).isInstanceOf(KlosetException.Corrupt.class);
        }
        assertThatThrownBy(() -> read("dbffffffff").bytes()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("ddffffffff").arrayHeader()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("dfffffffff").mapHeader()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("").integer()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("c1").skip()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("d7ffffffffffffffffff").time()).isInstanceOf(KlosetException.Corrupt.class);
        assertThatThrownBy(() -> read("c70cff000000007fffffffffffffff").time())
                .isInstanceOf(KlosetException.Corrupt.class);
    }

    @Test
    void deepNestingIsSkippedWithoutRecursion() throws Exception {
        byte[] deep = new byte[1_000_000];
        Arrays.fill(deep, (byte) 0x91);
        deep[deep.length - 1] = (byte) 0xc0;
        MsgpackReader in = new MsgpackReader(deep);
        in.skip();
        assertThat(in.remaining()).isZero();
    }

    @Test
    void randomBytesGiveATypedErrorOrAValue() {
        long seed = 20_261;
        Random random = new Random(seed);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            if (bytes.length > 0 && i % 2 == 0) {
                bytes[0] = (byte) (0xc0 + random.nextInt(32));
            }
            MsgpackReader in = new MsgpackReader(bytes);
            try {
                switch (i % 8) {
                    case 0 -> in.skip();
                    case 1 -> in.time();
                    case 2 -> in.bytes();
                    case 3 -> in.mac();
                    case 4 -> in.f64();
                    case 5 -> in.mapHeader();
                    case 6 -> in.text("users");
                    default -> in.key(FieldNames.of("a"), i);
                }
            } catch (KlosetException.Corrupt expected) {
                assertThat(expected).hasMessageStartingWith("msgpack: ");
            } catch (Exception other) {
                throw new AssertionError("seed " + seed + ", round " + i, other);
            }
        }
    }
}
