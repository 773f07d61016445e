package io.plakar.kloset.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class StateReaderTest {
    private static final Mac STATE = Mac.of(1, 2, 3, 4);
    private static final HexFormat HEX = HexFormat.of();

    private final JsonNode vector = StateFixtures.vectors("state.json");
    private final byte[] stream = HEX.parseHex(vector.get("stream").asString());

    /** Writes down what it is told, one line per entry. */
    private static final class Log implements StateVisitor {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void parent(Mac parent) {
            lines.add("parent " + parent);
        }

        @Override
        public void location(int type, int version, Mac blob, Mac packfile, long offset, int length, int flags) {
            lines.add("location " + type + " " + Integer.toHexString(version) + " " + blob + " " + packfile + " "
                    + offset + " " + Integer.toUnsignedString(length) + " " + flags);
        }

        @Override
        public void coloured(int type, Mac resource, long when) {
            lines.add("coloured " + type + " " + resource + " " + when);
        }

        @Override
        public void packfile(Mac packfile, Mac state, long timestamp) {
            lines.add("packfile " + packfile + " " + state + " " + timestamp);
        }

        @Override
        public void configuration(byte[] key, byte[] value, long createdAt) {
            lines.add("configuration " + new String(key, StandardCharsets.UTF_8) + " "
                    + new String(value, StandardCharsets.UTF_8) + " " + createdAt);
        }

        @Override
        public void deleteLocation(int type, Mac blob, Mac packfile) {
            lines.add("delete location " + type + " " + blob + " " + packfile);
        }

        @Override
        public void deleteColour(int type, Mac resource) {
            lines.add("delete colour " + type + " " + resource);
        }

        @Override
        public void deletePackfile(Mac packfile) {
            lines.add("delete packfile " + packfile);
        }
    }

    private static List<String> read(int version, byte[] bytes) throws KlosetException {
        Log log = new Log();
        StateReader.read(STATE, version, new ByteArrayInputStream(bytes), log);
        return log.lines;
    }

    @Test
    void readsTheStateOfTheSpecification() throws Exception {
        JsonNode decoded = vector.get("decoded");
        JsonNode location = vector.get("entries").get(0);
        Log log = new Log();
        StateTrailer trailer =
                StateReader.read(STATE, StateReader.VERSION_WITH_PARENT, new ByteArrayInputStream(stream), log);
        assertThat(trailer)
                .isEqualTo(new StateTrailer(
                        StateFixtures.mac(decoded.get("parent")),
                        0x00010100,
                        decoded.get("timestamp").asLong(),
                        UUID.fromString(decoded.get("serial").asString())));
        Mac blob = StateFixtures.mac(location.get("mac"));
        Mac packfile = StateFixtures.mac(location.get("packfile"));
        long time = 1700000000123456789L;
        assertThat(log.lines)
                .containsExactly(
                        "parent " + trailer.parent(),
                        "delete packfile " + packfile,
                        "location 9 10000 " + blob + " " + packfile + " 73588229205 2575857510 0",
                        "coloured 5 " + blob + " " + time,
                        "packfile " + packfile + " ff8aadf8b737cac471a036afdee32454c8f4257a25a202a27338ef2ec578a54a "
                                + time);
    }

    @Test
    void writesTheStateOfTheSpecification() throws Exception {
        JsonNode decoded = vector.get("decoded");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        StateWriter writer = new StateWriter(out, StateFixtures.mac(decoded.get("parent")));
        StateReader.read(
                STATE, StateReader.VERSION_WITH_PARENT, new ByteArrayInputStream(stream), new Rewriter(writer));
        writer.finish(
                decoded.get("timestamp").asLong(),
                UUID.fromString(decoded.get("serial").asString()));
        assertThat(out.toByteArray()).isEqualTo(stream);
    }

    /** Hands every entry to a writer. */
    private record Rewriter(StateWriter writer) implements StateVisitor {
        private interface Write {
            void run() throws IOException;
        }

        private static void run(Write write) {
            try {
                write.run();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void location(int type, int version, Mac blob, Mac packfile, long offset, int length, int flags) {
            run(() -> writer.location(type, version, blob, packfile, offset, length));
        }

        @Override
        public void coloured(int type, Mac resource, long when) {
            run(() -> writer.coloured(type, resource, when));
        }

        @Override
        public void packfile(Mac packfile, Mac state, long timestamp) {
            run(() -> writer.packfile(packfile, state, timestamp));
        }

        @Override
        public void deleteLocation(int type, Mac blob, Mac packfile) {
            run(() -> writer.deleteLocation(type, blob, packfile));
        }

        @Override
        public void deleteColour(int type, Mac resource) {
            run(() -> writer.deleteColour(type, resource));
        }

        @Override
        public void deletePackfile(Mac packfile) {
            run(() -> writer.deletePackfile(packfile));
        }
    }

    @Test
    void readsEveryEntryOfTheSpecification() throws Exception {
        for (JsonNode entry : vector.get("entries")) {
            byte[] data = HEX.parseHex(entry.get("bytes").asString());
            List<String> lines = read(
                    StateReader.VERSION_WITH_PARENT, state(entry.get("code").asInt(), data));
            String expected = switch (entry.get("code").asInt()) {
                case 2 -> "location 9 10000 " + text(entry, "mac", "packfile", "offset", "length", "flags");
                case 3 -> "coloured " + text(entry, "type", "mac", "when");
                case 4 -> "packfile " + text(entry, "packfile", "state_id", "timestamp");
                case 5 -> "configuration " + text(entry, "key", "value_utf8", "created_at");
                default ->
                    switch (entry.get("target").asInt()) {
                        case 2 -> "delete location " + text(entry, "blob_type", "blob", "packfile");
                        case 3 -> "delete colour " + text(entry, "blob_type", "blob");
                        default -> "delete packfile " + text(entry, "packfile");
                    };
            };
            assertThat(lines).containsExactly("parent " + Mac.ZERO, expected);
        }
    }

    private static String text(JsonNode entry, String... fields) {
        List<String> values = new ArrayList<>();
        for (String field : fields) {
            values.add(entry.get(field).asString());
        }
        return String.join(" ", values);
    }

    /** A state of version 1.1.0 with zero parent and one entry. */
    private static byte[] state(int code, byte[] data) {
        byte[] out = new byte[32 + 5 + data.length + 29];
        out[32] = (byte) code;
        StateFormat.INT.set(out, 33, data.length);
        System.arraycopy(data, 0, out, 37, data.length);
        out[37 + data.length] = 1;
        return out;
    }

    @Test
    void readsStatesOfVersion100WithoutParent() throws Exception {
        byte[] old = Arrays.copyOfRange(stream, 32, stream.length);
        List<String> expected = new ArrayList<>(read(StateReader.VERSION_WITH_PARENT, stream));
        expected.set(0, "parent " + Mac.ZERO);
        assertThat(read(0x00010000, old)).isEqualTo(expected);
    }

    @Test
    void skipsUnknownCodesHoweverLongUpToABound() throws Exception {
        assertThat(read(StateReader.VERSION_WITH_PARENT, state(77, new byte[200_000])))
                .containsExactly("parent " + Mac.ZERO);
        byte[] huge = state(77, new byte[10]);
        StateFormat.INT.set(huge, 33, Integer.MAX_VALUE);
        assertCorrupt(huge, "unknown code 77 claims 2147483647 bytes");
        StateFormat.INT.set(huge, 33, -1);
        assertCorrupt(huge, "unknown code 77 claims 4294967295 bytes");
    }

    @Test
    void refusesWrongLengthsOfKnownCodes() {
        for (int code : new int[] {2, 3, 4, 6}) {
            for (int length : new int[] {0, 40, 42, 65, 67, 71, 73, 84, 86}) {
                assertCorrupt(state(code, new byte[length]), "an entry with code " + code + " has " + length);
            }
        }
        assertCorrupt(state(5, new byte[10]), "configuration entry has 10 bytes");
        assertCorrupt(state(5, new byte[12]), "do not add up");
    }

    @Test
    void refusesEveryTruncationAndWhatFollowsTheEnd() {
        for (int length = 0; length < stream.length; length++) {
            assertCorrupt(Arrays.copyOf(stream, length), "ends too early");
        }
        assertCorrupt(Arrays.copyOf(stream, stream.length + 1), "bytes follow the end");
    }

    private static void assertCorrupt(byte[] bytes, String message) {
        assertThatThrownBy(() -> read(StateReader.VERSION_WITH_PARENT, bytes))
                .isInstanceOf(KlosetException.Corrupt.class)
                .hasMessageContaining(STATE.toHex())
                .hasMessageContaining(message);
    }

    @Test
    void answersRandomBytesWithATypedErrorOrAResult() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = random.nextBoolean() ? stream.clone() : new byte[random.nextInt(400)];
            if (bytes.length != stream.length) {
                random.nextBytes(bytes);
            }
            for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                read(random.nextBoolean() ? StateReader.VERSION_WITH_PARENT : 0x00010000, bytes);
            } catch (KlosetException.Corrupt e) {
                assertThat(e).hasMessageContaining(STATE.toHex());
            } catch (KlosetException | RuntimeException e) {
                fail("seed " + seed, e);
            }
        }
    }

    @Test
    void passesOnWhyTheStreamBroke() {
        KlosetException reason = new KlosetException.NotAuthentic("wrong passphrase");
        assertThatThrownBy(() -> StateReader.read(STATE, 0, failing(new IOException(reason)), new Log()))
                .isSameAs(reason);
        IOException damaged = new IOException(new KlosetException.Corrupt("block checksum mismatch"));
        assertThatThrownBy(() -> StateReader.read(STATE, 0, failing(damaged), new Log()))
                .isInstanceOf(KlosetException.Corrupt.class)
                .hasMessageContaining(STATE.toHex())
                .hasMessageContaining("block checksum mismatch");
        ConnectorException lost = new ConnectorException(ConnectorException.Reason.UNREACHABLE, "connection reset");
        assertThatThrownBy(() -> StateReader.read(STATE, 0, failing(lost), new Log()))
                .isInstanceOf(KlosetException.Unreachable.class)
                .hasCause(lost);
        assertThatThrownBy(() -> StateReader.read(STATE, 0, failing(new IOException("bad frame")), new Log()))
                .isInstanceOf(KlosetException.Corrupt.class)
                .hasMessageContaining("bad frame");
    }

    private static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                throw failure;
            }
        };
    }

    @Test
    void refusesToWriteEntriesOutOfOrder() throws Exception {
        StateWriter writer = new StateWriter(OutputStream.nullOutputStream(), Mac.ZERO);
        writer.deletePackfile(STATE);
        writer.location(9, 0x00010000, STATE, STATE, 0, 1);
        assertThatThrownBy(() -> writer.deleteColour(4, STATE)).isInstanceOf(IllegalStateException.class);
        writer.packfile(STATE, STATE, 1);
        assertThatThrownBy(() -> writer.coloured(4, STATE, 1)).isInstanceOf(IllegalStateException.class);
        writer.finish(1, new UUID(0, 0));
        assertThatThrownBy(() -> writer.finish(1, new UUID(0, 0))).isInstanceOf(IllegalStateException.class);
    }
}
