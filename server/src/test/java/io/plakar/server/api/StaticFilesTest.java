package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The viewer's own files: what binds the page, what may be kept, and where its libraries are. */
class StaticFilesTest {
    @TempDir
    Path directory;

    private StoreFixture fixture;
    private UiServer server;

    @SuppressWarnings("NullAway.Init")
    StaticFilesTest() {}

    @BeforeEach
    void start() throws Exception {
        fixture = new StoreFixture(directory);
        server = fixture.start(fixture.settings(""));
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static String header(HttpResponse<byte[]> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    private static String importMap(String page) {
        String tag = "<script type=\"importmap\">";
        int start = page.indexOf(tag) + tag.length();
        return page.substring(start, page.indexOf("</script>", start));
    }

    @Test
    void thePolicyLetsTheImportMapInAndNothingElseThatIsInline() throws Exception {
        HttpResponse<byte[]> answer = fixture.ask(server, "GET", "/");
        String map = importMap(new String(answer.body(), StandardCharsets.UTF_8));
        String hash = Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-256").digest(map.getBytes(StandardCharsets.UTF_8)));
        assertThat(header(answer, "Content-Security-Policy"))
                .contains("default-src 'none'", "script-src 'self' 'sha256-" + hash + "'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
    }

    @Test
    void everyLibraryOfTheImportMapIsThereForGood() throws Exception {
        JsonNode imports = JsonMapper.shared()
                .readTree(importMap(new String(fixture.ask(server, "GET", "/").body(), StandardCharsets.UTF_8)))
                .path("imports");
        assertThat(imports.propertyNames()).contains("lit", "lit-html", "lit-element/", "@lit/reactive-element");
        for (var entry : imports.properties()) {
            if (!entry.getKey().endsWith("/")) {
                HttpResponse<byte[]> module =
                        fixture.ask(server, "GET", entry.getValue().asString());
                assertThat(header(module, "Content-Type")).as(entry.getKey()).startsWith("text/javascript");
                assertThat(header(module, "Cache-Control")).as(entry.getKey()).contains("immutable");
            }
        }
    }

    @Test
    void theProgramsOwnFilesAreAskedForAgainAndSentOnlyWhenTheyChanged() throws Exception {
        HttpResponse<byte[]> first = fixture.ask(server, "GET", "/assets/app.js");
        assertThat(header(first, "Cache-Control")).isEqualTo("no-cache");
        HttpResponse<byte[]> again =
                fixture.ask(server, "GET", "/assets/app.js", "If-None-Match", header(first, "ETag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        HttpResponse<byte[]> zipped = fixture.ask(server, "GET", "/assets/app.js", "Accept-Encoding", "br, gzip");
        assertThat(header(zipped, "Content-Encoding")).isEqualTo("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(zipped.body())).readAllBytes())
                .isEqualTo(first.body());
    }

    @Test
    void nothingElseOnTheClassPathIsServed() throws Exception {
        for (String path : new String[] {
            "/_static/../importmap.json",
            "/_static/%2e%2e/importmap.json",
            "/META-INF/importmap.json",
            "/io/javalin/x.js"
        }) {
            HttpResponse<byte[]> answer = fixture.ask(server, "GET", path);
            assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                    .as(path)
                    .doesNotStartWith("{\"imports");
        }
    }
}
