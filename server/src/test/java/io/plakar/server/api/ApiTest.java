package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.content.ChunkCache;
import io.plakar.kloset.content.ContentReader;
import io.plakar.kloset.content.SeekingReader;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.wrapper.Wrapper;
import io.plakar.server.ListenAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the recordings do not hold: who is refused, what hostile requests get, ranges, damage, and what ours does better. */
class ApiTest {
    private static final String TOKEN = "0f8a3f6e-token";
    private static final String[] AUTHORIZED = {"Authorization", "Bearer " + TOKEN};

    /** Many chunks, each of its own. */
    private static final byte[] LARGE = bytes(12 << 20);

    @TempDir
    Path directory;

    private StoreFixture fixture;
    private Mac snapshot = Mac.ZERO;

    private static byte[] bytes(int size) {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return bytes;
    }

    @SuppressWarnings("NullAway.Init")
    ApiTest() {}

    @BeforeEach
    void makeStore() throws Exception {
        fixture = new StoreFixture(directory);
        RecordedTree tree = new RecordedTree(Map.of(), "fs", "/data")
                .directory("/")
                .directory("/data")
                .text("/data/page.html", "<script>alert(1)</script>")
                .text("/data/big.svg", "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>")
                .text("/data/TODO.txt", "buy milk\n")
                .content("/data/large.bin", LARGE);
        for (int i = 0; i < 120; i++) {
            tree.text(String.format("/data/f-%03d", i), "x".repeat(i));
        }
        snapshot = fixture.backup(tree, StoreFixture.options());
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private UiServer open() throws Exception {
        return fixture.start(fixture.settings(""));
    }

    private String file(String route, String path) {
        return "/api/snapshot/" + route + "/" + snapshot.toHex() + ":" + path;
    }

    private static JsonNode json(HttpResponse<byte[]> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Test
    void everyRouteAsksForTheToken() throws Exception {
        UiServer server = fixture.start(fixture.settings(TOKEN));
        List<String> gets = List.of(
                "/api/info",
                "/api/repository/info",
                "/api/repository/snapshots",
                "/api/repository/importer-types",
                "/api/repository/locate-pathname?resource=/data",
                "/api/snapshot/" + snapshot.toHex(),
                file("reader", "/data/TODO.txt"),
                file("vfs", "/data"),
                file("vfs/children", "/data"),
                file("vfs/chunks", "/data/TODO.txt"),
                file("vfs/errors", "/"),
                file("vfs/search", "/"),
                "/api/proxy/v1/account/me",
                "/api/proxy/v1/account/notifications",
                "/api/proxy/v1/reporting/reports",
                "/api/proxy/v1/account/services/alerting",
                "/api/proxy/v1/integration",
                "/api/proxy/v1/integration/x",
                "/api/proxy/v1/integration/x/y");
        for (String path : gets) {
            assertThat(fixture.ask(server, "GET", path).statusCode()).as(path).isEqualTo(401);
            assertThat(fixture.ask(server, "HEAD", path).statusCode()).as(path).isEqualTo(401);
            assertThat(fixture.ask(server, "GET", path, "Authorization", "Bearer nope")
                            .statusCode())
                    .as(path)
                    .isEqualTo(401);
        }
        for (String path : List.of(
                file("reader-sign-url", "/data/TODO.txt"),
                file("vfs/downloader", "/"),
                "/api/authentication/login/github",
                "/api/authentication/login/email",
                "/api/authentication/logout",
                "/api/proxy/v1/account/notifications/set-status",
                "/api/integrations/install")) {
            assertThat(fixture.ask(server, "POST", path).statusCode()).as(path).isEqualTo(401);
        }
        assertThat(fixture.ask(server, "DELETE", "/api/integrations/x").statusCode())
                .isEqualTo(401);
        assertThat(fixture.ask(server, "PUT", "/api/proxy/v1/account/services/alerting")
                        .statusCode())
                .isEqualTo(401);
        assertThat(fixture.ask(server, "GET", "/api/info", AUTHORIZED).statusCode())
                .isEqualTo(200);
    }

    @Test
    void aTokenInOtherLettersIsRefusedOnAConnectionThatSawTheRightOne() throws Exception {
        UiServer server = fixture.start(fixture.settings(TOKEN));
        String upper = "Bearer " + TOKEN.toUpperCase(java.util.Locale.ROOT);
        for (int i = 0; i < 3; i++) {
            assertThat(fixture.ask(server, "GET", "/api/info", AUTHORIZED).statusCode())
                    .isEqualTo(200);
            assertThat(fixture.ask(server, "GET", "/api/info", "Authorization", upper)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void foreignNamesAndPagesAreRefused() throws Exception {
        UiServer server = open();
        assertThat(raw(server, "GET /api/info HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw(server, "GET / HTTP/1.1\r\nHost: evil.example:80\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw(server, "GET /api/info HTTP/1.1\r\nHost: LOCALHOST:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        assertThat(raw(server, "GET /api/info HTTP/1.1\r\nHost: [::1]:1\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
        for (String origin : List.of("http://evil.example", "null", "http://localhost:1", "file://")) {
            assertThat(fixture.ask(server, "GET", "/api/info", "Origin", origin).statusCode())
                    .as(origin)
                    .isEqualTo(403);
        }
        assertThat(fixture.ask(server, "GET", "/api/info", "Origin", "http://localhost:" + server.port())
                        .statusCode())
                .isEqualTo(200);
    }

    private static String raw(UiServer server, String request) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void twoHundredSlowClientsDoNotStopTheNext() throws Exception {
        UiServer server = open();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
                slow.add(socket);
                // Half of them never end their request, the others never read the answer.
                String request = i % 2 == 0
                        ? "GET /api/info HTTP/1.1\r\nHost: localh" + (i % 4 == 0 ? "" : "ost\r\nX-")
                        : "GET " + file("reader", "/data/large.bin") + " HTTP/1.1\r\nHost: localhost\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            }
            assertThat(fixture.ask(server, "GET", "/api/info").statusCode()).isEqualTo(200);
            assertThat(fixture.ask(server, "GET", file("reader", "/data/TODO.txt"))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(fixture.ask(server, "GET", file("vfs", "/data/TODO.txt")).statusCode())
                    .isEqualTo(200);
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void hostilePathsAreRefused() throws Exception {
        UiServer server = open();
        String snap = snapshot.toHex();
        List<String> paths = List.of(
                "/../../etc/passwd",
                "/%2e%2e/%2e%2e/etc/passwd",
                "/assets/..%2f..%2f..%2fetc/passwd",
                "/assets/%2e%2e/%2e%2e/%2e%2e/pom.xml",
                "/assets/..%5c..%5cwindows",
                "/%00",
                "/api/snapshot/vfs/" + snap + ":/data%00",
                "/api/snapshot/reader/" + snap + ":/data/TODO.txt%00.html",
                "/api/snapshot/reader/" + snap + ":/../../../etc/passwd%00",
                "/api/snapshot/reader/" + snap + ":%2F..%2F..%2Fetc%2Fpasswd",
                "/api/snapshot/reader/" + snap + ":/" + "a".repeat(20_000),
                "/api/snapshot/vfs/" + snap + ":/" + "a/".repeat(9_000),
                "/api/snapshot/vfs/" + snap + ":/%C0%AE%C0%AE/etc",
                "/api/snapshot/vfs/" + snap + ":/%ED%A0%80",
                "/api/snapshot/vfs/" + snap + ":/%F0%9F%92%A9%E2%80%AE",
                "/api/snapshot/vfs/" + snap + ":/data/%zz",
                "/api/snapshot/vfs/%2e%2e%2f" + snap,
                "/api/snapshot/%2e%2e");
        for (String path : paths) {
            String answer = raw(server, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer)
                    .as(path.substring(0, Math.min(100, path.length())))
                    .matches("(?s)HTTP/1.1 (400|404) .*");
        }
        assertThat(fixture.log).isEmpty();
    }

    @Test
    void aStoredPageCannotRun() throws Exception {
        UiServer server = open();
        for (String path : List.of("/data/page.html", "/data/big.svg", "/data/page.html?render=code")) {
            HttpResponse<byte[]> answer = fixture.ask(server, "GET", file("reader", path));
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith("sandbox;")
                    .contains("default-src 'none'")
                    .doesNotContain("allow-scripts");
        }
        for (String render : List.of("code", "text_styled")) {
            HttpResponse<byte[]> page = fixture.ask(server, "GET", file("reader", "/data/page.html?render=" + render));
            assertThat(new String(page.body(), StandardCharsets.UTF_8))
                    .contains("&lt;script&gt;alert")
                    .doesNotContain("<script>");
        }
    }

    @Test
    void aRangeReadsNotTheWholeFile() throws Exception {
        Repository repository = fixture.open();
        UiServer server = fixture.start(repository, fixture.settings(""));
        fixture.ask(server, "GET", file("vfs", "/data/large.bin"));
        long before = repository.bytesFetched();
        int first = LARGE.length - 100_000;
        HttpResponse<byte[]> answer = fixture.ask(
                server, "GET", file("reader", "/data/large.bin"), "Range", "bytes=" + first + "-" + (first + 9));
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(LARGE, first, first + 10));
        assertThat(repository.bytesFetched() - before).isLessThan(LARGE.length / 2);
    }

    @Test
    void rangesAreTheBytesOfTheContent() throws Exception {
        try (Repository repository = fixture.open();
                ChunkCache chunks = new ChunkCache(new ContentReader(repository), 32 << 20, 2)) {
            FileObject object = large(repository, new ContentReader(repository));
            SeekingReader reader = new SeekingReader(chunks, object);
            assertThat(object.chunkCount()).isGreaterThan(3);
            long cut = object.chunkLength(0);
            long seed = 7;
            Random random = new Random(seed);
            List<long[]> ranges = new ArrayList<>(List.of(
                    new long[] {0, 0},
                    new long[] {0, 1},
                    new long[] {cut - 1, 2},
                    new long[] {cut, 1},
                    new long[] {0, cut},
                    new long[] {0, LARGE.length},
                    new long[] {LARGE.length, 0},
                    new long[] {LARGE.length - 1, 1}));
            for (int i = 0; i < 20; i++) {
                long offset = random.nextInt(LARGE.length);
                ranges.add(new long[] {offset, random.nextInt((int) Math.min(LARGE.length - offset, 3 << 20))});
            }
            for (long[] range : ranges) {
                try (InputStream in = reader.stream(range[0], range[1])) {
                    byte[] read = in.readAllBytes();
                    assertThat(Arrays.equals(
                                    read, Arrays.copyOfRange(LARGE, (int) range[0], (int) (range[0] + range[1]))))
                            .as("offset " + range[0] + " length " + range[1] + " seed " + seed)
                            .isTrue();
                }
            }
            assertThatThrownBy(() -> reader.stream(LARGE.length, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    private FileObject large(Repository repository, ContentReader reader) throws Exception {
        return reader.object(repository
                .tree(repository.header(snapshot))
                .lookup(BytePath.clean("/data/large.bin"))
                .orElseThrow()
                .object());
    }

    private void damageChunk(int chunk) throws Exception {
        try (Repository repository = fixture.open()) {
            FileObject object = large(repository, new ContentReader(repository));
            BlobLocation at =
                    Objects.requireNonNull(repository.index().find(BlobType.CHUNK.number(), object.chunkMac(chunk)));
            byte[] packfile = Objects.requireNonNull(
                    fixture.contents.objects(Resource.PACKFILE).get(at.packfile()));
            packfile[(int) (Wrapper.HEADER_BYTES + at.offset() + at.length() / 2)] ^= 1;
        }
    }

    @Test
    void damageAtTheBeginningIsAnError() throws Exception {
        damageChunk(0);
        HttpResponse<byte[]> answer = fixture.ask(open(), "GET", file("reader", "/data/large.bin"));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(fixture.log).anyMatch(line -> line.contains("damaged"));
    }

    @Test
    void damageOnTheWayBreaksTheConnection() throws Exception {
        damageChunk(3);
        UiServer server = open();
        assertThatThrownBy(() -> fixture.ask(server, "GET", file("reader", "/data/large.bin")))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> fixture.ask(server, "GET", file("reader", "/data/large.bin?render=text_styled")))
                .isInstanceOf(IOException.class);
        HttpResponse<byte[]> link = post(server, file("vfs/downloader", "/"), "{\"items\":[{\"pathname\":\"/data\"}]}");
        String id = json(link).path("id").asString();
        for (String format : List.of("tar", "tarball", "zip")) {
            assertThatThrownBy(() -> fixture.ask(
                            server, "GET", "/api/snapshot/vfs/downloader-sign-url/" + id + "?format=" + format))
                    .as(format)
                    .isInstanceOf(IOException.class);
        }
        HttpResponse<byte[]> sound =
                fixture.ask(server, "GET", file("reader", "/data/large.bin"), "Range", "bytes=0-9");
        assertThat(sound.body()).isEqualTo(Arrays.copyOf(LARGE, 10));
    }

    private HttpResponse<byte[]> post(UiServer server, String path, String body) throws Exception {
        return fixture.client.send(
                java.net.http.HttpRequest.newBuilder(java.net.URI.create("http://localhost:" + server.port() + path))
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void pagesOfAnySizeReachEveryChild() throws Exception {
        UiServer server = open();
        for (int size : new int[] {1, 7, 10, 62, 500}) {
            List<String> names = new ArrayList<>();
            int total = Integer.MAX_VALUE;
            for (int offset = 0; offset < total; offset += size) {
                JsonNode page = json(
                        fixture.ask(server, "GET", file("vfs/children", "/data?offset=" + offset + "&limit=" + size)));
                total = page.path("total").asInt();
                page.path("items")
                        .forEach(item ->
                                names.add(item.path("file_info").path("name").asString()));
            }
            assertThat(names).as("pages of " + size).hasSize(125).doesNotHaveDuplicates();
            assertThat(names.getFirst()).isEqualTo("..");
        }
    }

    @Test
    void childrenAreSortedAsAsked() throws Exception {
        JsonNode page = json(fixture.ask(open(), "GET", file("vfs/children", "/data?sort=-Size&limit=3")));
        List<String> names = new ArrayList<>();
        page.path("items")
                .forEach(item -> names.add(item.path("file_info").path("name").asString()));
        assertThat(names).containsExactly("..", "large.bin", "f-119");
    }

    @Test
    void aSearchNeedsNoLimitAndMindsNoCase() throws Exception {
        UiServer server = open();
        for (String query : List.of("pattern=todo", "pattern=todo&mime=text", "pattern=T*.txt&limit=1")) {
            JsonNode page = json(fixture.ask(server, "GET", file("vfs/search", "/?recursive=true&" + query)));
            assertThat(page.path("items").size()).as(query).isEqualTo(1);
            assertThat(page.path("has_next").asBoolean(true)).isFalse();
        }
        JsonNode many = json(fixture.ask(server, "GET", file("vfs/search", "/?recursive=true&pattern=f-")));
        assertThat(many.path("items").size()).isEqualTo(50);
        assertThat(many.path("has_next").asBoolean(false)).isTrue();
    }

    @Test
    void aHostileExpressionEnds() throws Exception {
        HttpResponse<byte[]> answer =
                fixture.ask(open(), "GET", file("vfs/search", "/?recursive=true&pattern=(.*)*(.*)*(.*)*%5C1y$"));
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void listsAreNeverNull() throws Exception {
        UiServer server = open();
        assertThat(json(fixture.ask(server, "GET", file("vfs/chunks", "/data")))
                        .path("items")
                        .isArray())
                .isTrue();
        assertThat(json(fixture.ask(server, "GET", file("vfs/chunks", "/data/TODO.txt?offset=5")))
                        .path("items")
                        .isArray())
                .isTrue();
    }

    @Test
    void anArchiveHoldsWhatWasChosen() throws Exception {
        UiServer server = open();
        HttpResponse<byte[]> link = post(
                server,
                file("vfs/downloader", "/"),
                "{\"name\":\"mine\",\"rebase\":true,\"items\":[{\"pathname\":\"/data/TODO.txt\"}]}");
        HttpResponse<byte[]> archive = fixture.ask(
                server,
                "GET",
                "/api/snapshot/vfs/downloader-sign-url/" + json(link).path("id").asString() + "?format=zip");
        assertThat(archive.headers().firstValue("Content-Disposition")).hasValue("attachment; filename=\"mine.zip\"");
        try (var zip = new java.util.zip.ZipInputStream(new java.io.ByteArrayInputStream(archive.body()))) {
            var entry = Objects.requireNonNull(zip.getNextEntry());
            assertThat(entry.getName()).isEqualTo("TODO.txt");
            assertThat(new String(zip.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("buy milk\n");
        }
    }

    @Test
    void aTakenPortIsToldWithAFreeOne() throws Exception {
        UiServer first = open();
        UiSettings plain = fixture.settings("");
        UiSettings same = new UiSettings(
                new ListenAddress("localhost", first.port()),
                "",
                false,
                true,
                false,
                null,
                null,
                plain.version(),
                "linux",
                "amd64",
                null,
                null,
                plain.accountTokenFile(),
                plain.clock(),
                plain.zone(),
                plain.log());
        assertThatThrownBy(() -> fixture.start(same)).isInstanceOfSatisfying(UiServer.PortTaken.class, taken -> {
            assertThat(taken)
                    .hasMessage("cannot listen on localhost:" + first.port() + ": the address is already in use");
            assertThat(taken.nextFree().orElseThrow().port()).isGreaterThan(first.port());
        });
    }

    @Test
    void nothingIsSentAnywhereWithoutAnAccountService() throws Exception {
        UiServer server = open();
        assertThat(fixture.ask(server, "GET", "/api/proxy/v1/account/me").statusCode())
                .isEqualTo(401);
        assertThat(post(server, "/api/authentication/login/github", "{}").statusCode())
                .isEqualTo(401);
    }
}
