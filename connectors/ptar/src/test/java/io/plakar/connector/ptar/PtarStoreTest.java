package io.plakar.connector.ptar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.sun.net.httpserver.HttpServer;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.Location;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PtarStoreTest {
    private static final Mac ANY = Mac.of(1, 2, 3, 4);
    private static final byte[] CONFIG = bytes("the configuration");
    private static final byte[] PACKFILE = bytes("the packfile, somewhat longer");
    private static final byte[] STATE = bytes("the state");

    @TempDir
    Path directory;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] sample(String name) throws IOException {
        try (InputStream in = PtarStoreTest.class.getResourceAsStream("/" + name)) {
            return in.readAllBytes();
        }
    }

    private Path sampleFile(String name) throws IOException {
        return Files.write(directory.resolve(name), sample(name));
    }

    private static List<Mac> names(StoreConnector store, Resource resource) throws ConnectorException {
        List<Mac> names = new ArrayList<>();
        store.list(resource, names::add);
        return names;
    }

    private static void put(StoreConnector store, Resource resource, byte[] content) throws ConnectorException {
        try (ObjectWriter writer = store.put(resource)) {
            for (byte b : content) {
                writer.write(ByteBuffer.wrap(new byte[] {b}));
            }
            writer.commit(ANY);
        }
    }

    private Path write(Path target) throws ConnectorException {
        try (PtarStore store = new PtarStore(target, false)) {
            store.create(CONFIG);
            put(store, Resource.PACKFILE, PACKFILE);
            put(store, Resource.STATE, STATE);
        }
        return target;
    }

    private static Reason reasonOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        try {
            call.call();
        } catch (ConnectorException e) {
            return e.reason();
        } catch (Throwable e) {
            return fail("not a typed error", e);
        }
        return fail("nothing was thrown");
    }

    @Test
    void sections_of_the_samples_are_where_the_trailer_says() throws Exception {
        byte[] file = sample("sample-plaintext.ptar");
        try (PtarStore store = new PtarStore(sampleFile("sample-plaintext.ptar"), false)) {
            assertThat(store.open()).isEqualTo(Arrays.copyOfRange(file, 12, 12 + 369));
            assertThat(names(store, Resource.STATE))
                    .containsExactly(
                            Mac.fromHex("0f0e0d0c0b0a09080706050403020100" + "00000000000000000000000000000000"));
            assertThat(names(store, Resource.PACKFILE))
                    .containsExactly(
                            Mac.fromHex("000102030405060708090a0b0c0d0e0f" + "00000000000000000000000000000000"));
            assertThat(names(store, Resource.LOCK)).isEmpty();
            try (InputStream packfile = store.get(Resource.PACKFILE, ANY);
                    InputStream state = store.get(Resource.STATE, PtarLayout.STATE_ID)) {
                assertThat(packfile.readAllBytes()).isEqualTo(Arrays.copyOfRange(file, 381, 381 + 30935));
                assertThat(state.readAllBytes()).isEqualTo(Arrays.copyOfRange(file, 31316, 31316 + 2036));
            }
            ByteBuffer range = ByteBuffer.allocate(86);
            store.read(ANY, 16 + 27542, range);
            assertThat(range.array()).isEqualTo(Arrays.copyOfRange(file, 381 + 16 + 27542, 381 + 16 + 27542 + 86));
            assertThat(store.size()).isEqualTo(file.length);
            assertThat(store.origin()).isEqualTo("hostname");
            assertThat(store.type()).isEqualTo("ptar");
            assertThat(store.flags()).containsExactlyInAnyOrder(ConnectorFlag.LOCALFS, ConnectorFlag.FILE);
        }
    }

    @Test
    void an_opened_archive_cannot_be_changed_and_has_no_locks() throws Exception {
        try (PtarStore store = new PtarStore(sampleFile("sample-encrypted.ptar"), false)) {
            store.open();
            assertThat(store.writable()).isFalse();
            assertThatThrownBy(() -> store.put(Resource.PACKFILE)).hasMessageContaining("storage is not writable");
            assertThat(reasonOf(() -> store.delete(Resource.STATE, ANY))).isEqualTo(Reason.READ_ONLY);
            put(store, Resource.LOCK, bytes("a lock"));
            store.delete(Resource.LOCK, ANY);
            assertThat(names(store, Resource.LOCK)).isEmpty();
            assertThat(reasonOf(() -> store.get(Resource.LOCK, ANY))).isEqualTo(Reason.MISSING);
            assertThat(reasonOf(() -> store.get(Resource.STATE, ANY))).isEqualTo(Reason.MISSING);
        }
    }

    @Test
    void ranges_beyond_the_packfile_are_malformed() throws Exception {
        try (PtarStore store = new PtarStore(sampleFile("sample-plaintext.ptar"), false)) {
            store.open();
            store.read(ANY, 30935, ByteBuffer.allocate(0));
            for (long offset : new long[] {30935, 30930, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
                assertThat(reasonOf(() -> store.read(ANY, offset, ByteBuffer.allocate(6))))
                        .isEqualTo(Reason.MALFORMED);
            }
        }
    }

    @Test
    void what_is_written_has_the_bytes_of_the_format_and_reads_back() throws Exception {
        Path target = write(directory.resolve("a.ptar"));
        ByteBuffer expected = ByteBuffer.allocate(12 + CONFIG.length + PACKFILE.length + STATE.length + 48)
                .order(ByteOrder.LITTLE_ENDIAN);
        expected.put(bytes("_PLATAR_"))
                .putInt(0x00010000)
                .put(CONFIG)
                .put(PACKFILE)
                .put(STATE);
        expected.putLong(12).putLong(CONFIG.length);
        expected.putLong(12 + CONFIG.length).putLong(PACKFILE.length);
        expected.putLong(12 + CONFIG.length + PACKFILE.length).putLong(STATE.length);
        assertThat(Files.readAllBytes(target)).isEqualTo(expected.array());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
                .isEqualTo("rw-------");
        try (PtarStore store = new PtarStore(target, false)) {
            assertThat(store.open()).isEqualTo(CONFIG);
        }
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void the_header_equals_that_of_the_sample() throws Exception {
        byte[] written = Files.readAllBytes(write(directory.resolve("a.ptar")));
        assertThat(Arrays.copyOf(written, 12)).isEqualTo(Arrays.copyOf(sample("sample-plaintext.ptar"), 12));
    }

    @Test
    void the_packfile_can_be_read_while_the_archive_is_made_and_everything_after() throws Exception {
        try (PtarStore store = new PtarStore(directory.resolve("a.ptar"), false)) {
            store.create(CONFIG);
            assertThat(store.origin()).isEqualTo("localhost");
            assertThat(store.writable()).isTrue();
            assertThat(store.open()).isEqualTo(CONFIG);
            assertThat(reasonOf(() -> store.get(Resource.PACKFILE, ANY))).isEqualTo(Reason.MISSING);
            put(store, Resource.LOCK, bytes("a lock"));
            put(store, Resource.PACKFILE, PACKFILE);
            ByteBuffer range = ByteBuffer.allocate(8);
            store.read(ANY, 4, range);
            assertThat(range.array()).isEqualTo(Arrays.copyOfRange(PACKFILE, 4, 12));
            assertThat(names(store, Resource.STATE)).isEmpty();
            put(store, Resource.STATE, STATE);
            assertThat(store.writable()).isFalse();
            assertThat(names(store, Resource.STATE)).containsExactly(PtarLayout.STATE_ID);
            try (InputStream state = store.get(Resource.STATE, PtarLayout.STATE_ID)) {
                assertThat(state.readAllBytes()).isEqualTo(STATE);
            }
            assertThatThrownBy(() -> store.put(Resource.STATE)).hasMessageContaining("storage is not writable");
        }
    }

    @Test
    void an_archive_takes_one_packfile_and_then_one_state() throws Exception {
        try (PtarStore store = new PtarStore(directory.resolve("a.ptar"), false)) {
            store.create(CONFIG);
            assertThat(reasonOf(() -> store.put(Resource.STATE))).isEqualTo(Reason.INVALID);
            put(store, Resource.PACKFILE, PACKFILE);
            assertThat(reasonOf(() -> store.put(Resource.PACKFILE))).isEqualTo(Reason.INVALID);
        }
    }

    @Test
    void a_dropped_object_leaves_no_bytes() throws Exception {
        Path target = directory.resolve("a.ptar");
        try (PtarStore store = new PtarStore(target, false)) {
            store.create(CONFIG);
            try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
                writer.write(ByteBuffer.wrap(new byte[100_000]));
            }
            put(store, Resource.PACKFILE, PACKFILE);
            put(store, Resource.STATE, STATE);
        }
        assertThat(Files.size(target)).isEqualTo(12 + CONFIG.length + PACKFILE.length + STATE.length + 48);
    }

    @Test
    void closing_before_the_state_leaves_nothing() throws Exception {
        try (PtarStore store = new PtarStore(directory.resolve("a.ptar"), false)) {
            store.create(CONFIG);
            put(store, Resource.PACKFILE, PACKFILE);
            try (var files = Files.list(directory)) {
                assertThat(files).hasSize(1).noneMatch(file -> file.endsWith("a.ptar"));
            }
        }
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void an_existing_archive_is_kept_unless_told_otherwise() throws Exception {
        Path target = write(directory.resolve("a.ptar"));
        byte[] before = Files.readAllBytes(target);
        try (PtarStore store = new PtarStore(target, false)) {
            assertThatThrownBy(() -> store.create(CONFIG))
                    .hasMessage("ptar archive " + target + " already exists, use -overwrite to overwrite it");
            assertThat(reasonOf(store::checkCreatable)).isEqualTo(Reason.EXISTS);
        }
        assertThat(Files.readAllBytes(target)).isEqualTo(before);
        try (PtarStore store = new PtarStore(target, true)) {
            store.create(bytes("another configuration"));
            assertThat(Files.readAllBytes(target)).isEqualTo(before);
            put(store, Resource.PACKFILE, PACKFILE);
            put(store, Resource.STATE, STATE);
        }
        assertThat(Files.readAllBytes(target)).isNotEqualTo(before);
    }

    @Test
    void a_file_which_appeared_meanwhile_is_not_overwritten() throws Exception {
        Path target = directory.resolve("a.ptar");
        try (PtarStore store = new PtarStore(target, false)) {
            store.create(CONFIG);
            put(store, Resource.PACKFILE, PACKFILE);
            Files.writeString(target, "somebody else's");
            assertThat(reasonOf(() -> put(store, Resource.STATE, STATE))).isEqualTo(Reason.EXISTS);
        }
        assertThat(target).hasContent("somebody else's");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void missing_files_directories_and_missing_targets_have_their_reasons() throws Exception {
        assertThat(reasonOf(() -> new PtarStore(directory.resolve("none.ptar"), false).open()))
                .isEqualTo(Reason.MISSING);
        assertThat(reasonOf(() -> new PtarStore(directory, false).open())).isEqualTo(Reason.INVALID);
        assertThat(reasonOf(() -> new PtarStore(directory.resolve("no/such/a.ptar"), false).create(CONFIG)))
                .isEqualTo(Reason.MISSING);
        assertThat(reasonOf(() -> new PtarStore(directory.resolve("a.ptar"), false).list(Resource.STATE, name -> {})))
                .isEqualTo(Reason.INVALID);
    }

    @Test
    void every_truncation_of_an_archive_is_malformed() throws Exception {
        byte[] whole = Files.readAllBytes(write(directory.resolve("a.ptar")));
        Path cut = directory.resolve("cut.ptar");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThat(reasonOf(() -> readAll(cut))).as("length %d", length).isEqualTo(Reason.MALFORMED);
        }
    }

    @Test
    void extreme_numbers_in_the_trailer_are_malformed() throws Exception {
        byte[] whole = Files.readAllBytes(write(directory.resolve("a.ptar")));
        long[] extremes = {Long.MIN_VALUE, -1, whole.length, whole.length - 47, Integer.MAX_VALUE, Long.MAX_VALUE};
        Path hostile = directory.resolve("hostile.ptar");
        for (int field = 0; field < 6; field++) {
            for (long value : extremes) {
                byte[] changed = whole.clone();
                ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(whole.length - 48 + 8 * field, value);
                Files.write(hostile, changed);
                assertThat(reasonOf(() -> readAll(hostile)))
                        .as("field %d = %d", field, value)
                        .isEqualTo(Reason.MALFORMED);
            }
        }
        for (long length : new long[] {0, 32769}) {
            byte[] changed = whole.clone();
            ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putLong(whole.length - 40, length);
            Files.write(hostile, changed);
            assertThatThrownBy(() -> readAll(hostile))
                    .hasMessageContaining("invalid configuration length: " + length + ", file corrupted");
        }
    }

    @Test
    void random_bytes_give_typed_errors_only() throws Exception {
        long seed = 20261124;
        Random random = new Random(seed);
        byte[] whole = Files.readAllBytes(write(directory.resolve("a.ptar")));
        Path hostile = directory.resolve("hostile.ptar");
        for (int run = 0; run < 500; run++) {
            byte[] content = new byte[random.nextInt(300)];
            random.nextBytes(content);
            if (run % 2 == 0) {
                System.arraycopy(whole, 0, content, 0, Math.min(content.length, 12));
            }
            Files.write(hostile, content);
            try {
                readAll(hostile);
            } catch (ConnectorException e) {
                assertThat(e.reason()).as("seed %d run %d", seed, run).isEqualTo(Reason.MALFORMED);
            }
        }
    }

    private static void readAll(Path path) throws IOException {
        try (PtarStore store = new PtarStore(path, false)) {
            store.open();
            store.get(Resource.PACKFILE, ANY).readAllBytes();
            store.get(Resource.STATE, PtarLayout.STATE_ID).readAllBytes();
        }
    }

    @Test
    void a_reader_survives_the_interrupt_of_another() throws Exception {
        try (PtarStore store = new PtarStore(sampleFile("sample-plaintext.ptar"), false)) {
            store.open();
            Thread.currentThread().interrupt();
            assertThat(reasonOf(() -> store.read(ANY, 0, ByteBuffer.allocate(16))))
                    .isEqualTo(Reason.FAILED);
            assertThat(Thread.interrupted()).isTrue();
            ByteBuffer again = ByteBuffer.allocate(8);
            store.read(ANY, 0, again);
            assertThat(again.array()).isEqualTo(bytes("_KLOSET_"));
        }
    }

    @Test
    void the_provider_is_registered_and_checks_its_location_and_options() throws Exception {
        ConnectorProvider provider = ServiceLoader.load(ConnectorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(PtarProvider.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(provider.storeSchemes()).containsExactlyInAnyOrder("ptar", "ptar+http", "ptar+https");
        try (StoreConnector store = provider.store(Location.parse("ptar:a.ptar"), Map.of(), context())) {
            assertThat(store.root()).isEqualTo(directory.resolve("a.ptar").toString());
        }
        assertThat(reasonOf(() -> provider.store(Location.parse("ptar:"), Map.of(), context())))
                .isEqualTo(Reason.INVALID);
        assertThat(reasonOf(() -> provider.store(Location.parse("ptar:a"), Map.of("overwrite", "perhaps"), context())))
                .isEqualTo(Reason.INVALID);
        assertThat(reasonOf(() -> provider.store(Location.parse("ptar+http:///a b"), Map.of(), context())))
                .isEqualTo(Reason.INVALID);
    }

    private ConnectorContext context() {
        return new ConnectorContext(
                "host",
                directory,
                directory,
                1,
                true,
                "plakar/test",
                new ByteArrayInputStream(new byte[0]),
                new ByteArrayOutputStream(),
                new ByteArrayOutputStream());
    }

    @Test
    void an_archive_behind_a_web_server_is_read_by_ranges() throws Exception {
        byte[] file = sample("sample-plaintext.ptar");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/a.ptar", exchange -> {
            if (exchange.getRequestMethod().equals("HEAD")) {
                exchange.getResponseHeaders().set("Content-Length", String.valueOf(file.length));
                exchange.sendResponseHeaders(200, -1);
            } else {
                String[] range = exchange.getRequestHeaders()
                        .getFirst("Range")
                        .substring("bytes=".length())
                        .split("-");
                int first = Integer.parseInt(range[0]);
                int last = Integer.parseInt(range[1]);
                exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + last + "/" + file.length);
                exchange.sendResponseHeaders(206, last - first + 1);
                exchange.getResponseBody().write(file, first, last - first + 1);
            }
            exchange.close();
        });
        server.createContext("/norange.ptar", exchange -> {
            exchange.getResponseHeaders().set("Content-Length", String.valueOf(file.length));
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : file.length);
            if (!head) {
                exchange.getResponseBody().write(file);
            }
            exchange.close();
        });
        server.start();
        try {
            String base = "127.0.0.1:" + server.getAddress().getPort();
            PtarProvider provider = new PtarProvider();
            try (StoreConnector store =
                    provider.store(Location.parse("ptar+http://" + base + "/a.ptar"), Map.of(), context())) {
                assertThat(store.open()).isEqualTo(Arrays.copyOfRange(file, 12, 12 + 369));
                try (InputStream packfile = store.get(Resource.PACKFILE, ANY)) {
                    assertThat(packfile.readAllBytes()).isEqualTo(Arrays.copyOfRange(file, 381, 381 + 30935));
                }
                assertThat(store.origin()).isEqualTo("127.0.0.1");
                assertThat(store.root()).isEqualTo("/a.ptar");
                assertThat(reasonOf(() -> store.create(CONFIG))).isEqualTo(Reason.READ_ONLY);
            }
            try (StoreConnector store =
                    provider.store(Location.parse("ptar+http://" + base + "/none"), Map.of(), context())) {
                assertThat(reasonOf(store::open)).isEqualTo(Reason.MISSING);
            }
            try (StoreConnector store =
                    provider.store(Location.parse("ptar+http://" + base + "/norange.ptar"), Map.of(), context())) {
                assertThat(reasonOf(store::open)).isEqualTo(Reason.UNSUPPORTED);
            }
        } finally {
            server.stop(0);
        }
    }
}
