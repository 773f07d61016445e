package io.plakar.server.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** What Plakar's own server answered to Plakar's clients, asked again of ours. */
class RecordedTrafficTest {
    private static final String PACKFILE = "90baaed489877247cad58eae529956ef15f36474fd31492cefa870fe6de4c510";
    private static final int PACKFILE_BYTES = 981_071;

    /** In the order in which they were recorded, as far as one changes what another sees. */
    private static final List<String> CASES = List.of(
            "config",
            "config-any-path",
            "list-packfiles",
            "list-states",
            "list-locks",
            "list-bad",
            "list-eccpackfiles",
            "list-eccstates",
            "list-trailing-slash",
            "put-lock",
            "put-again",
            "get-lock",
            "head-lock",
            "auth-ignored",
            "get-bad-mac",
            "get-short-mac",
            "get-missing",
            "get-range-1",
            "get-range-4g",
            "get-range-beyond",
            "get-range-empty",
            "get-range-exclusive-end",
            "get-range-open",
            "get-range-past-end",
            "get-range-suffix",
            "get-range-unit",
            "get-uppercase-mac",
            "options",
            "post",
            "put-list",
            "put-root",
            "delete-denied-bad-type");

    @TempDir
    Path directory;

    private Servers servers;
    private StoreServer server;
    private StoreConnector files;

    @BeforeEach
    void start() throws Exception {
        servers = new Servers(directory);
        files = servers.files();
        JsonNode config = recording("config").get("response");
        files.create(Arrays.copyOf(
                Base64.getDecoder().decode(config.get("body_base64_head").asString()),
                config.get("body_bytes").asInt()));
        byte[] packfile = Arrays.copyOf("_KLOSET_".getBytes(StandardCharsets.US_ASCII), PACKFILE_BYTES);
        put(Resource.PACKFILE, PACKFILE, packfile);
        put(Resource.PACKFILE, "a6400f1ac11e8ac9050ba3015fa1ac2ba482e7285b919f7b861f3e284e1857fb", new byte[1]);
        put(Resource.STATE, "5f732ad7acda49f157ee8c17469f3b40ee99fe5556c980b603e16da9dc0d01c1", new byte[1]);
        put(Resource.STATE, "c740ea7558798673ed14224658487a1e07dd8f3cdcc2e82e279af3f3ec1bd38e", new byte[1]);
        put(Resource.LOCK, "5c643d7f155698cd2110c7358e5fd4ad5418c756d89908d9495721c8f57a343f", new byte[1]);
        put(Resource.LOCK, "5f732ad7acda49f157ee8c17469f3b40ee99fe5556c980b603e16da9dc0d01c1", new byte[1]);
        server = StoreServer.start(
                files,
                new StoreServer.Settings(
                        new java.net.InetSocketAddress(java.net.InetAddress.getLoopbackAddress(), 0),
                        Clients.everybody(Rights.APPEND),
                        false,
                        StoreServer.UNLIMITED,
                        null,
                        line -> {},
                        line -> {}));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        servers.close();
    }

    private void put(Resource resource, String name, byte[] content) throws Exception {
        try (ObjectWriter writer = files.put(resource)) {
            writer.write(ByteBuffer.wrap(content));
            writer.commit(Mac.fromHex(name));
        }
    }

    private static JsonNode recording(String name) throws Exception {
        try (InputStream in = RecordedTrafficTest.class.getResourceAsStream("/store-server/" + name + ".json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    private HttpResponse<byte[]> send(HttpClient client, JsonNode request) throws Exception {
        HttpRequest.Builder builder = HttpRequest.newBuilder(
                        URI.create(server.url() + request.get("path").asString()))
                .header("User-Agent", "Go-http-client/1.1")
                .header("Content-Type", "application/json");
        JsonNode headers = request.get("headers");
        if (headers != null) {
            headers.properties()
                    .forEach(each ->
                            builder.header(each.getKey(), each.getValue().asString()));
        }
        JsonNode body = request.get("body");
        // Of unknown length, so that it is sent in chunks as Go does.
        builder.method(
                request.get("method").asString(),
                body == null
                        ? BodyPublishers.noBody()
                        : BodyPublishers.ofInputStream(
                                () -> new ByteArrayInputStream(body.asString().getBytes(StandardCharsets.UTF_8))));
        return client.send(builder.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Test
    void a_plakar_gets_the_answers_it_knows() throws Exception {
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (String name : CASES) {
                JsonNode recording = recording(name);
                JsonNode expected = recording.get("response");
                HttpResponse<byte[]> answer = send(client, recording.get("request"));
                assertThat(answer.statusCode())
                        .as(name)
                        .isEqualTo(expected.get("status").asInt());
                String text = new String(answer.body(), StandardCharsets.UTF_8);
                if (expected.has("text")) {
                    assertThat(text).as(name).isEqualTo(expected.get("text").asString());
                }
                if (expected.has("body_bytes")) {
                    assertThat(answer.body())
                            .as(name)
                            .hasSize(expected.get("body_bytes").asInt());
                }
                if (expected.has("json")) {
                    assertThat(text).as(name).endsWith("\n");
                    assertThat(names(new ObjectMapper().readTree(text)))
                            .as(name)
                            .isEqualTo(names(expected.get("json")));
                }
                for (String header : List.of("Content-Type", "X-Content-Type-Options", "Allow", "Content-Length")) {
                    JsonNode value = expected.get("headers").get(header);
                    if (value != null) {
                        assertThat(answer.headers().firstValue(header))
                                .as(name + ": " + header)
                                .contains(value.asString());
                    }
                }
            }
        }
    }

    private static TreeSet<String> names(JsonNode array) {
        TreeSet<String> names = new TreeSet<>();
        array.forEach(each -> names.add(each.asString()));
        return names;
    }

    @Test
    void a_plakar_removes_its_lock_although_nothing_else_may_be_deleted() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            String lock = "/resources/locks/5c643d7f155698cd2110c7358e5fd4ad5418c756d89908d9495721c8f57a343f";
            assertThat(delete(client, lock)).isEqualTo(200);
            assertThat(delete(client, "/resources/packfiles/" + PACKFILE)).isEqualTo(403);
        }
        assertThat(servers.store().resolve("locks").toFile().list()).hasSize(1);
    }

    private int delete(HttpClient client, String path) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(server.url() + path))
                                .header("User-Agent", "Go-http-client/1.1")
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }
}
