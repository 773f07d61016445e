package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks what a real server was asked, about the same files, and compares status, headers and bodies. What the original
 * does wrong is in {@link #STATUS_WE_GIVE} and its neighbours, one line each.
 */
class RecordedApiTest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String TOKEN = "s3cret-token";
    private static final String ELSEWHERE = "recorded on another store";

    /** Cases which need a store or a service of another kind. */
    private static final Map<String, String> NOT_REPLAYED = Map.of(
            "repository-info-encrypted",
            ELSEWHERE,
            "repository-info-http-store",
            ELSEWHERE,
            "proxy-alerting-authenticated",
            "needs an account service",
            "proxy-me-authenticated",
            "needs an account service");

    /** Defects of the original (http-api, marked BUG). */
    private static final Map<String, Integer> STATUS_WE_GIVE = Map.of(
            "chunks-missing", 404,
            "proxy-integration-id", 404,
            "search-file", 400,
            "reader-dir", 400,
            "reader-fifo", 400,
            "reader-no-path", 400);

    /** Bodies that are right where the recorded ones are not; each has a test of its own in {@code ApiTest}. */
    private static final Set<String> OTHER_BODY = Set.of(
            "chunks-missing",
            "proxy-integration-id",
            "search-file",
            "reader-dir",
            "reader-fifo",
            "reader-no-path",
            "chunks-dir",
            "chunks-page",
            "children-limit1",
            "children-sort-size",
            "snapshots-sort-name",
            "search-default-limit",
            "search-mime-pattern");

    /** Headers that matter; lengths only where the body has the same bytes. */
    private static final List<String> HEADERS = List.of(
            "Content-Type",
            "Location",
            "Accept-Ranges",
            "Content-Range",
            "Content-Disposition",
            "Last-Modified",
            "X-Content-Type-Options",
            "Access-Control-Allow-Origin",
            "Access-Control-Allow-Methods",
            "Access-Control-Allow-Headers");

    @TempDir
    static Path directory;

    private static final Map<String, JsonNode> CASES = new LinkedHashMap<>();
    private static final Map<String, String> IDS = new LinkedHashMap<>();
    private static final Map<String, String> DOWNLOADS = new HashMap<>();

    @org.jspecify.annotations.Nullable
    private static StoreFixture fixture;

    private static final Map<String, UiServer> SERVERS = new HashMap<>();

    @BeforeAll
    static void makeStoreAndServers() throws Exception {
        readCases();
        StoreFixture store = new StoreFixture(directory);
        fixture = store;
        Map<String, JsonNode> attributes = attributes("5675f1cb");
        List<RecordedTree> trees = List.of(
                RecordedTree.docs(attributes),
                RecordedTree.docs(attributes)
                        .without("/mnt/docs/code/app.js")
                        .text("/mnt/docs/notes/todo.txt", "buy milk\ncall mum\nbuy tea\n\n")
                        .changed("/mnt/docs/notes/todo.txt", Instant.parse("2026-11-23T10:21:34Z"))
                        .text("/mnt/docs/weird/hardlink.txt", "buy milk\ncall mum\nbuy tea\n\n"),
                new RecordedTree(attributes("30dd8a55"), "stdin", "/")
                        .directory("/")
                        .text("/stdin.txt", "from a pipeline!\n"),
                small(attributes, "/mnt/docs")
                        .directory("/mnt/docs/notes")
                        .text("/mnt/docs/notes/readme.md", "# Notes\n\nSome *text* here.    \n")
                        .text("/mnt/docs/notes/todo.txt", "buy milk\ncall mum\nbuy tea\n\n")
                        .changed("/mnt/docs/notes/todo.txt", Instant.parse("2026-11-23T10:21:34Z"))
                        .unreadable("/mnt/docs/notes/page.html", "open /mnt/docs/notes/page.html: permission denied"),
                small(attributes, "/mnt/docs/code"));
        int i = 0;
        for (JsonNode header : response("snapshots-default").path("json").path("items")) {
            Mac id = store.backup(trees.get(i++), options(header));
            IDS.put(header.path("identifier").asString(), id.toHex());
        }
        String closed = "http://127.0.0.1:" + closedPort();
        SERVERS.put("open", store.start(store.settings("", false, false, closed, null)));
        SERVERS.put("token", store.start(store.settings(TOKEN, true, false, closed, null)));
        SERVERS.put("demo", store.start(store.settings("", false, true, closed, null)));
        SERVERS.put("account", store.start(store.settings("", false, false, closed, "from the environment")));
    }

    private static RecordedTree small(Map<String, JsonNode> attributes, String root) {
        return new RecordedTree(attributes, "fs", root)
                .directory("/")
                .directory("/mnt")
                .directory("/mnt/docs")
                .directory("/mnt/docs/code")
                .text(
                        "/mnt/docs/code/data.json",
                        "{\"a\": 1,       \"b\": [1,        2,      3]    }\n".substring(0, 46))
                .text(
                        "/mnt/docs/code/main.go",
                        RecordedTree.pad("package main\n\nfunc main() {\n\tprintln(\"hi\")\n}\n", 66));
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    @AfterAll
    static void close() throws Exception {
        Objects.requireNonNull(fixture).close();
    }

    private static void readCases() throws IOException, URISyntaxException {
        Path cases = Path.of(Objects.requireNonNull(RecordedApiTest.class.getResource("/api/info.json"))
                        .toURI())
                .resolveSibling("");
        try (Stream<Path> files = Files.list(cases)) {
            for (Path file : files.sorted().toList()) {
                try (InputStream in = Files.newInputStream(file)) {
                    JsonNode recorded = JSON.readTree(in);
                    CASES.put(recorded.path("name").asString(), recorded);
                }
            }
        }
    }

    private static JsonNode response(String name) {
        return Objects.requireNonNull(CASES.get(name)).path("response");
    }

    /** The attributes of every path that some case shows in a snapshot. */
    private static Map<String, JsonNode> attributes(String snapshot) {
        Map<String, JsonNode> found = new HashMap<>();
        for (JsonNode recorded : CASES.values()) {
            if (recorded.path("request").path("path").asString().contains(snapshot)) {
                collect(recorded.path("response").path("json"), found);
            }
        }
        return found;
    }

    private static void collect(JsonNode node, Map<String, JsonNode> found) {
        JsonNode info = node.path("file_info");
        String name = info.path("name").asString("..");
        if (!name.equals("..")) {
            String parent = node.path("parent_path").asString();
            found.put(name.equals("/") ? "/" : (parent.equals("/") ? "" : parent) + "/" + name, info);
        }
        for (JsonNode child : node) {
            collect(child, found);
        }
    }

    private static BackupOptions options(JsonNode header) {
        List<String> tags = new ArrayList<>();
        header.path("tags").forEach(tag -> tags.add(tag.asString()));
        List<SnapshotHeader.Pair> context = new ArrayList<>();
        header.path("context")
                .forEach(pair -> context.add(new SnapshotHeader.Pair(
                        pair.path("key").asString(), pair.path("value").asString())));
        return new BackupOptions(
                header.path("name").asString(),
                header.path("category").asString(),
                header.path("environment").asString(),
                header.path("perimeter").asString(),
                header.path("job").asString(),
                "",
                tags,
                Instant.parse(header.path("timestamp").asString()),
                false,
                true,
                ExcludeRules.NONE,
                context);
    }

    @TestFactory
    List<DynamicTest> everyRecordedCaseIsAnsweredAlike() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Map.Entry<String, JsonNode> recorded : CASES.entrySet()) {
            if (!NOT_REPLAYED.containsKey(recorded.getKey())) {
                tests.add(DynamicTest.dynamicTest(
                        recorded.getKey(), () -> replay(recorded.getKey(), recorded.getValue())));
            }
        }
        return tests;
    }

    private static UiServer server(String name, JsonNode expected) {
        String key = name.startsWith("demo-")
                ? "demo"
                : name.equals("info-authenticated") || name.equals("logout-env-token")
                        ? "account"
                        : expected.path("headers").has("Access-Control-Allow-Origin") || name.startsWith("downloader-")
                                ? "token"
                                : "open";
        return Objects.requireNonNull(SERVERS.get(key));
    }

    private static void replay(String name, JsonNode recorded) throws Exception {
        JsonNode request = recorded.path("request");
        JsonNode expected = recorded.path("response");
        HttpRequest.Builder asked = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + server(name, expected).port()
                                + ours(request.path("path").asString())))
                .method(
                        request.path("method").asString(),
                        request.has("body")
                                ? HttpRequest.BodyPublishers.ofString(body(request.path("body")))
                                : HttpRequest.BodyPublishers.noBody());
        request.path("headers")
                .properties()
                .forEach(header ->
                        asked.header(header.getKey(), header.getValue().asString()));
        HttpResponse<byte[]> answer =
                Objects.requireNonNull(fixture).client.send(asked.build(), HttpResponse.BodyHandlers.ofByteArray());
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        int status = STATUS_WE_GIVE.getOrDefault(name, expected.path("status").asInt());
        assertThat(answer.statusCode()).as(text).isEqualTo(status);
        if (OTHER_BODY.contains(name)) {
            return;
        }
        compareHeaders(name, expected.path("headers"), answer);
        compareBody(name, expected, answer, text);
    }

    private static String body(JsonNode body) {
        return body.isString() ? body.asString() : body.toString();
    }

    private static void compareHeaders(String name, JsonNode expected, HttpResponse<byte[]> answer) {
        for (String header : HEADERS) {
            if (!expected.has(header)) {
                continue;
            }
            String wanted = expected.path(header).asString();
            String given = answer.headers().firstValue(header).orElse("absent");
            switch (header) {
                case "Content-Type" -> {
                    // Errors are JSON, also where the original says text, or archive, or what it has no file for.
                    boolean error = expected.path("Content-Type").asString().startsWith("text/plain")
                            && answer.statusCode() == 401;
                    boolean foreignAsset = name.startsWith("static-asset");
                    boolean kept = name.equals("downloader-get-missing-file");
                    // The host's table called the film a sound.
                    boolean film = name.equals("reader-webm");
                    String type = error || kept ? "application/json" : film ? "video/webm" : wanted;
                    if (!foreignAsset) {
                        assertThat(plain(given))
                                .as(header)
                                .startsWith(plain(type).replaceFirst("boundary=.*", ""));
                    }
                }
                case "Content-Disposition" -> {
                    // The name that came with the list is not forgotten.
                    boolean named = name.equals("downloader-get-no-name");
                    if (!named && !name.equals("downloader-get-missing-file")) {
                        // A name that is not ASCII comes in a second form too; ids are others.
                        assertThat(given.replaceFirst("snapshot-[0-9a-f]{8}-", "snapshot-"))
                                .as(header)
                                .startsWith(wanted.replaceFirst("snapshot-[0-9a-f]{8}-", "snapshot-")
                                        .replaceFirst("-[0-9]{2}-[0-9]{2}-[0-9]{2}\\..*", ""));
                    }
                }
                default -> assertThat(given).as(header).isEqualTo(wanted);
            }
        }
        if (expected.has("Content-Length") && name.startsWith("reader-") && !expected.has("X-None")) {
            String type = expected.path("Content-Type").asString();
            if (!type.startsWith("multipart") && !type.startsWith("text/html") && !type.equals("application/json")) {
                assertThat(answer.headers().firstValue("Content-Length"))
                        .hasValue(expected.path("Content-Length").asString());
            }
        }
    }

    private static String plain(String type) {
        return type.replace(" ", "");
    }

    private static void compareBody(String name, JsonNode expected, HttpResponse<byte[]> answer, String text) {
        boolean head = answer.request().method().equals("HEAD");
        if (expected.has("json") && !name.equals("reader-render-text")) {
            assertThat(text).endsWith("\n");
            compare(name, "", expected.path("json"), JSON.readTree(text));
            if (name.startsWith("downloader-create")) {
                DOWNLOADS.put(
                        expected.path("json").path("id").asString(),
                        JSON.readTree(text).path("id").asString());
            }
        } else if (expected.has("body_bytes") && name.startsWith("reader-")) {
            assertThat(answer.body()).hasSize(expected.path("body_bytes").asInt());
        } else if (expected.has("text") && !name.startsWith("static-") && !head) {
            String wanted = expected.path("text").asString();
            int cut = wanted.indexOf("\u2026(cut)");
            if (cut >= 0) {
                assertThat(text).startsWith(wanted.substring(0, cut).stripTrailing());
            } else {
                assertThat(text.replaceAll("--[0-9a-f]{32,}", "--boundary"))
                        .isEqualTo(wanted.replaceAll("--[0-9a-f]{32,}", "--boundary"));
            }
        }
    }

    /** Equal up to ids, times, and what depends on bytes that are not recorded. */
    private static void compare(String name, String at, JsonNode wanted, JsonNode given) {
        if (wanted.isObject()) {
            for (Map.Entry<String, JsonNode> member : wanted.properties()) {
                assertThat(given.has(member.getKey()))
                        .as(name + at + "/" + member.getKey() + " in " + given)
                        .isTrue();
                String path = at + "/" + member.getKey();
                if (!isFree(member.getKey())) {
                    compare(name, path, expected(name, path, member.getValue()), given.path(member.getKey()));
                }
            }
            for (Map.Entry<String, JsonNode> member : given.properties()) {
                // Lists hold the object too, for the icons.
                assertThat(wanted.has(member.getKey()) || member.getKey().equals("object"))
                        .as(name + at + " has " + member.getKey())
                        .isTrue();
            }
        } else if (wanted.isArray()) {
            assertThat(given.size()).as(name + at + " size of " + given).isEqualTo(wanted.size());
            for (int i = 0; i < wanted.size(); i++) {
                compare(name, at + "/" + i, wanted.get(i), given.get(i));
            }
        } else if (wanted.isString()) {
            assertThat(masked(given.asString(""))).as(name + at).isEqualTo(masked(wanted.asString()));
        } else if (wanted.isNumber()) {
            assertThat(given.asDouble(-7)).as(name + at).isEqualTo(wanted.asDouble());
        } else {
            assertThat(given).as(name + at).isEqualTo(wanted);
        }
    }

    private static JsonNode expected(String name, String at, JsonNode wanted) {
        boolean below = name.startsWith("children-") && !name.equals("children-root") && at.equals("/total");
        // The way up counts as one, so that the last child can be reached.
        return below ? JSON.valueToTree(wanted.asInt() + 1) : wanted;
    }

    private static boolean isFree(String member) {
        return member.endsWith("entropy")
                || Set.of(
                                "storage_size",
                                "efficiency",
                                "duration",
                                "location",
                                "signature",
                                "timestamp",
                                "mod_time",
                                "started_at",
                                "date",
                                "min_mod_time",
                                "max_mod_time",
                                "snapshots_per_day")
                        .contains(member);
    }

    private static String masked(String text) {
        return text.replaceAll("\\b[0-9a-f]{64}\\b", "ID")
                .replaceAll("\\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\b", "UUID");
    }

    /** The same request about our snapshots and downloads, signed again. */
    private static String ours(String path) throws GeneralSecurityException, KlosetException {
        String own = path;
        for (Map.Entry<String, String> id : IDS.entrySet()) {
            own = own.replace(id.getKey(), id.getValue());
            own = own.replace(id.getKey().substring(0, 8) + ":", id.getValue().substring(0, 8) + ":");
            if (own.endsWith(id.getKey().substring(0, 8)) && own.contains("reader/")) {
                own = own.replace(id.getKey().substring(0, 8), id.getValue().substring(0, 8));
            }
        }
        for (Map.Entry<String, String> download : DOWNLOADS.entrySet()) {
            own = own.replace(download.getKey(), download.getValue());
        }
        int signature = own.indexOf("signature=");
        if (signature < 0) {
            return own;
        }
        String[] parts = own.substring(signature + "signature=".length()).split("\\.", -1);
        if (parts.length != 3) {
            return own;
        }
        String claims = new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8);
        for (Map.Entry<String, String> id : IDS.entrySet()) {
            claims = claims.replace(id.getKey(), id.getValue());
        }
        String signed = parts[0] + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims.getBytes(StandardCharsets.UTF_8));
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(TOKEN.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String right = Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        String last = parts[2].isEmpty()
                ? ""
                : parts[2].endsWith("AAA") ? right.substring(0, right.length() - 3) + "AAA" : right;
        return own.substring(0, signature) + "signature=" + signed + "." + last;
    }
}
