package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The description of the API against the server: the same routes on both sides, and answers of the shapes described. */
class ApiDocumentTest {
    private static final String BASE = "https://plakar.invalid/openapi.json";

    /** Routes whose answers are not ours, or no JSON. */
    private static final Set<String> NOT_ASKED = Set.of(
            "GET /api/snapshot/reader/{}",
            "GET /api/snapshot/vfs/downloader-sign-url/{}",
            "POST /api/authentication/login/github",
            "POST /api/authentication/login/email",
            "POST /api/authentication/logout",
            "GET /api/proxy/v1/account/me",
            "GET /api/proxy/v1/account/notifications",
            "GET /api/proxy/v1/reporting/reports",
            "POST /api/proxy/v1/account/notifications/set-status",
            "GET /api/proxy/v1/account/services/alerting",
            "PUT /api/proxy/v1/account/services/alerting",
            "GET /api/proxy/v1/integration/{}",
            "GET /api/proxy/v1/integration/{}/{}",
            "POST /api/integrations/install",
            "DELETE /api/integrations/{}",
            "GET /api/v2/events");

    @TempDir
    Path directory;

    private HistoryFixture history;
    private JsonNode document;

    @SuppressWarnings("NullAway.Init")
    ApiDocumentTest() {}

    @BeforeEach
    void start() throws Exception {
        history = new HistoryFixture(directory, "");
        document = history.json("/api/v2/openapi.json");
    }

    @AfterEach
    void close() throws Exception {
        history.close();
    }

    /** Whatever a path's variables are called. */
    private static String shape(String path) {
        return path.replaceAll("\\{[^}]*}", "{}").replaceAll("\\*$", "{}");
    }

    private Set<String> described() {
        Set<String> described = new TreeSet<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .propertyNames()
                        .forEach(method ->
                                described.add(method.toUpperCase(java.util.Locale.ROOT) + " " + shape(path.getKey()))));
        return described;
    }

    @Test
    void everyRouteIsDescribedAndNothingElseIs() {
        List<String> declared = history.server().routes().declared().stream()
                .map(ApiDocumentTest::shape)
                .toList();
        assertThat(declared).doesNotHaveDuplicates();
        assertThat(described()).containsExactlyInAnyOrderElementsOf(declared);
    }

    /** What is asked: an operation of the document, the URL, a body or nothing. */
    private record Case(String method, String route, String url, String body, int status) {}

    private Case get(String route, String url) {
        return new Case("GET", route, url, "", 200);
    }

    private List<Case> cases() throws Exception {
        String id = history.id(3);
        String data = id + ":%2Fdata";
        String first = history.id(1);
        String source = "/api/v2/timeline?path=/data/a/todo.txt&snapshot=" + id;
        List<Case> cases = new ArrayList<>(List.of(
                get("/api/info", "/api/info"),
                get("/api/repository/info", "/api/repository/info"),
                get("/api/repository/snapshots", "/api/repository/snapshots"),
                get("/api/repository/importer-types", "/api/repository/importer-types"),
                get("/api/repository/locate-pathname", "/api/repository/locate-pathname?resource=/data/a/todo.txt"),
                get("/api/snapshot/{id}", "/api/snapshot/" + id),
                get("/api/snapshot/vfs/{snapshot_path}", "/api/snapshot/vfs/" + data),
                get("/api/snapshot/vfs/{snapshot_path}", "/api/snapshot/vfs/" + id + ":/data/link"),
                get("/api/snapshot/vfs/children/{snapshot_path}", "/api/snapshot/vfs/children/" + data),
                get("/api/snapshot/vfs/chunks/{snapshot_path}", "/api/snapshot/vfs/chunks/" + id + ":/data/new.txt"),
                get("/api/snapshot/vfs/errors/{snapshot_path}", "/api/snapshot/vfs/errors/" + history.id(2) + ":/"),
                get("/api/snapshot/vfs/search/{snapshot_path}", "/api/snapshot/vfs/search/" + id + ":/?recursive=true"),
                get("/api/proxy/v1/integration", "/api/proxy/v1/integration"),
                new Case(
                        "POST",
                        "/api/snapshot/reader-sign-url/{snapshot_path}",
                        "/api/snapshot/reader-sign-url/" + id + ":/data/new.txt",
                        "",
                        200),
                new Case(
                        "POST",
                        "/api/snapshot/vfs/downloader/{snapshot_path}",
                        "/api/snapshot/vfs/downloader/" + id,
                        "{\"items\":[{\"pathname\":\"/data\"}]}",
                        200),
                get("/api/v2/openapi.json", "/api/v2/openapi.json"),
                get("/api/v2/snapshots", "/api/v2/snapshots?facets=true"),
                get("/api/v2/snapshots", "/api/v2/snapshots?limit=1&sort=added,-size"),
                get("/api/v2/snapshots/{id}", "/api/v2/snapshots/" + id.substring(0, 10)),
                get("/api/v2/snapshots/{id}/errors", "/api/v2/snapshots/" + history.id(2) + "/errors"),
                get("/api/v2/diff", "/api/v2/diff?from=" + first + "&to=" + id),
                get("/api/v2/diff", "/api/v2/diff?recursive=false&from=" + first + "&to=" + id),
                get("/api/v2/diff", "/api/v2/diff?recursive=false&from=" + first + ":/&to=" + id),
                get(
                        "/api/v2/diff/file",
                        "/api/v2/diff/file?from=" + first + ":/data/a/todo.txt&to=" + history.id(2)
                                + ":/data/a/todo.txt"),
                get("/api/v2/diff/file", "/api/v2/diff/file?to=" + id + ":/data/large.bin"),
                get("/api/v2/search", "/api/v2/search?q=todo"),
                get("/api/v2/timeline", source),
                get("/api/v2/timeline", source + "&distinct=true&order=asc")));
        cases.addAll(jobs());
        cases.addAll(List.of(
                new Case("GET", "/api/v2/snapshots/{id}", "/api/v2/snapshots/zz", "", 400),
                new Case("GET", "/api/v2/diff", "/api/v2/diff?from=" + id + "&to=" + id + ":/nowhere", "", 404),
                new Case("GET", "/api/v2/search", "/api/v2/search?mode=regex&q=(", "", 400),
                new Case("GET", "/api/v2/timeline", "/api/v2/timeline?source=0", "", 400)));
        return cases;
    }

    private List<Case> jobs() throws Exception {
        String restore = "{\"snapshot\":\"" + history.id(1) + "\",\"to\":\"" + directory.resolve("out") + "\"}";
        String job = JsonMapper.shared()
                .readTree(history.post("/api/v2/check", "{\"fast\":true}").body())
                .at("/item/id")
                .asString();
        return List.of(
                get("/api/v2/stores", "/api/v2/stores"),
                get("/api/v2/sources", "/api/v2/sources"),
                get("/api/v2/destinations", "/api/v2/destinations"),
                get("/api/v2/connectors", "/api/v2/connectors"),
                get("/api/v2/stats", "/api/v2/stats"),
                get("/api/v2/stats/largest", "/api/v2/stats/largest?limit=2"),
                new Case("POST", "/api/v2/restore/plan", "/api/v2/restore/plan", restore, 200),
                new Case("POST", "/api/v2/restore", "/api/v2/restore", restore, 202),
                new Case(
                        "POST",
                        "/api/v2/backup",
                        "/api/v2/backup",
                        "{\"places\":[\"" + directory.resolve("nothing") + "\"]}",
                        202),
                new Case("POST", "/api/v2/check", "/api/v2/check", "{}", 202),
                get("/api/v2/jobs", "/api/v2/jobs"),
                get("/api/v2/jobs/{id}", "/api/v2/jobs/" + job),
                get("/api/v2/jobs/{id}/log", "/api/v2/jobs/" + job + "/log"),
                new Case("POST", "/api/v2/jobs/{id}/cancel", "/api/v2/jobs/" + job + "/cancel", "", 200),
                new Case("GET", "/api/v2/jobs/{id}", "/api/v2/jobs/none", "", 404),
                new Case("POST", "/api/v2/check", "/api/v2/check", "{\"snapshots\":[\"zz\"]}", 400));
    }

    @Test
    void answersHaveTheShapesDescribed() throws Exception {
        SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(BASE, document.toString())));
        Set<String> asked = new HashSet<>(NOT_ASKED);
        for (Case one : cases()) {
            HttpResponse<byte[]> answer = history.store.client.send(
                    HttpRequest.newBuilder(URI.create(
                                    "http://localhost:" + history.server().port() + one.url()))
                            .method(one.method(), HttpRequest.BodyPublishers.ofString(one.body()))
                            .header("Content-Type", "application/json")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            assertThat(answer.statusCode()).as(one.url() + " " + body).isEqualTo(one.status());
            String type = answer.headers().firstValue("Content-Type").orElse("");
            Schema schema = schemas.getSchema(
                    SchemaLocation.of(BASE + "#" + responseSchema(one.method(), one.route(), one.status(), type)));
            for (String text : type.equals("application/x-ndjson") ? body.split("\n", -1) : new String[] {body}) {
                if (!text.isEmpty()) {
                    List<Error> errors = schema.validate(JsonMapper.shared().readTree(text));
                    assertThat(errors).as(one.url() + " " + text).isEmpty();
                }
            }
            asked.add(one.method() + " " + shape(one.route()));
        }
        assertThat(asked).as("every route is asked").containsAll(described());
    }

    /** Where in the document the schema of an answer is. */
    private String responseSchema(String method, String route, int status, String type) {
        String pointer =
                "/paths/" + escape(route) + "/" + method.toLowerCase(java.util.Locale.ROOT) + "/responses/" + status;
        String ref = document.at(pointer).path("$ref").asString("");
        if (!ref.isEmpty()) {
            pointer = ref.substring(1);
        }
        pointer += "/content/" + escape(type) + "/schema";
        assertThat(document.at(pointer).isMissingNode())
                .as("the document has " + pointer)
                .isFalse();
        return pointer;
    }

    private static String escape(String key) {
        return key.replace("~", "~0").replace("/", "~1");
    }
}
