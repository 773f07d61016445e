package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.connector.Resource;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Restores, backups and checks over the API, watched through its events; and what the configuration shows. */
@Timeout(120)
class JobApiTest {
    private static final String TOKEN = "0f8a3f6e-token";

    @TempDir
    Path directory;

    private HistoryFixture history;

    @SuppressWarnings("NullAway.Init")
    JobApiTest() {}

    @BeforeEach
    void start() throws Exception {
        history = new HistoryFixture(directory, TOKEN);
    }

    @AfterEach
    void close() throws Exception {
        history.close();
    }

    private record Event(String id, String type, JsonNode data) {}

    /** A client that listens. */
    private final class Listener implements AutoCloseable {
        private final Stream<String> body;
        private final Iterator<String> lines;

        Listener(String lastId) throws Exception {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(history.uri("/api/v2/events")).header("Authorization", "Bearer " + TOKEN);
            if (!lastId.isEmpty()) {
                request.header("Last-Event-ID", lastId);
            }
            HttpResponse<Stream<String>> answer =
                    history.store.client.send(request.build(), HttpResponse.BodyHandlers.ofLines());
            assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
            body = answer.body();
            lines = body.iterator();
        }

        Event next() {
            String id = "";
            String type = "";
            while (true) {
                String line = lines.next();
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    type = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    return new Event(id, type, JsonMapper.shared().readTree(line.substring(6)));
                }
            }
        }

        /** The job as it ended; the events on the way go to {@code seen}. */
        JsonNode end(String job, List<Event> seen) {
            while (true) {
                Event event = next();
                seen.add(event);
                boolean ended = event.type().equals("job")
                        && event.data().path("id").asString().equals(job)
                        && !event.data().path("finished_at").isNull();
                if (ended) {
                    return event.data();
                }
            }
        }

        @Override
        public void close() {
            body.close();
        }
    }

    private JsonNode accepted(String route, String body) throws Exception {
        HttpResponse<byte[]> answer = history.post("/api/v2/" + route, body);
        String text = new String(answer.body(), StandardCharsets.UTF_8);
        assertThat(answer.statusCode()).as(text).isIn(200, 202);
        return JsonMapper.shared().readTree(text).path("item");
    }

    /** Starts a job and waits until it has ended. */
    private JsonNode run(String route, String body) throws Exception {
        try (Listener listener = new Listener("")) {
            return listener.end(accepted(route, body).path("id").asString(), new ArrayList<>());
        }
    }

    private String restore(int snapshot, Path to, String more) {
        return "{\"snapshot\":\"" + history.id(snapshot) + "\",\"to\":\"" + to + "\"" + more + "}";
    }

    @Test
    void aRestoreIsPlannedAndDone() throws Exception {
        Path out = directory.resolve("out");
        JsonNode plan = accepted("restore/plan", restore(1, out, ""));
        assertThat(plan.path("files").asInt()).isEqualTo(5);
        assertThat(plan.path("others").asInt()).isEqualTo(1);
        assertThat(plan.path("conflicts").size()).isEqualTo(0);
        assertThat(out).doesNotExist();
        JsonNode job = run("restore", restore(1, out, ""));
        assertThat(job.path("state").asString()).as(job.toString()).isIn("succeeded", "warnings");
        assertThat(job.at("/result/files").asInt()).isEqualTo(5);
        assertThat(job.path("command").asString()).startsWith("plakar at memory:");
        assertThat(out.resolve("a/todo.txt")).hasContent("one\n");
    }

    @Test
    void conflictsAreToldAndTreatedAsAsked() throws Exception {
        Path out = directory.resolve("out");
        Files.createDirectories(out.resolve("a"));
        Path there = Files.writeString(out.resolve("a/todo.txt"), "mine\n");
        Files.setLastModifiedTime(there, FileTime.from(Instant.parse("2026-11-20T00:00:00Z")));
        JsonNode plan = accepted("restore/plan", restore(1, out, ""));
        assertThat(plan.path("failed").asInt()).isEqualTo(1);
        assertThat(plan.at("/conflicts/0/path").asString()).isEqualTo("/a/todo.txt");
        assertThat(plan.at("/conflicts/0/message").asString()).contains("newer");
        assertThat(accepted("restore/plan", restore(1, out, ",\"overwrite\":\"always\""))
                        .at("/conflicts/0/outcome")
                        .asString())
                .isEqualTo("replaced");
        JsonNode kept = run("restore", restore(1, out, ",\"overwrite\":\"never\""));
        assertThat(kept.at("/result/kept").asInt()).isEqualTo(1);
        assertThat(there).hasContent("mine\n");
        JsonNode warned = run("restore", restore(1, out, ""));
        assertThat(warned.path("state").asString()).isEqualTo("warnings");
        assertThat(history.json("/api/v2/jobs/" + warned.path("id").asString() + "/log")
                        .toString())
                .contains("/a/todo.txt");
        run("restore", restore(1, out, ",\"overwrite\":\"always\""));
        assertThat(there).hasContent("one\n");
    }

    @Test
    void manyItemsLandUnderTheirNamesOrPaths() throws Exception {
        String items = ",\"items\":[{\"path\":\"/data/a\"},{\"path_encoded\":\"%2Fdata%2Fmode.txt\"}]";
        Path names = directory.resolve("names");
        run("restore", restore(1, names, items));
        assertThat(names.resolve("a/same.txt")).hasContent("same\n");
        assertThat(names.resolve("mode.txt")).hasContent("x");
        Path paths = directory.resolve("paths");
        run("restore", restore(1, paths, items + ",\"layout\":\"paths\""));
        assertThat(paths.resolve("data/a/same.txt")).hasContent("same\n");
        assertThat(paths.resolve("data/mode.txt")).hasContent("x");
    }

    @Test
    void aConfiguredDestinationIsKnownByItsName() throws Exception {
        Path out = directory.resolve("configured");
        Files.createDirectories(directory.resolve("config"));
        Files.writeString(
                directory.resolve("config/destinations.yml"),
                "version: v1.0.0\ndestinations:\n    home:\n        location: fs:" + out
                        + "\n        password: hunter2\n");
        JsonNode places = history.json("/api/v2/destinations");
        assertThat(places.at("/items/0/name").asString()).isEqualTo("home");
        assertThat(places.at("/items/0/scheme").asString()).isEqualTo("fs");
        assertThat(places.toString()).doesNotContain("hunter2");
        run("restore", "{\"snapshot\":\"" + history.id(1) + "\",\"to\":\"@home\"}");
        assertThat(out.resolve("a/todo.txt")).hasContent("one\n");
    }

    @Test
    void aBackupMakesASnapshotThatIsToldAndListed() throws Exception {
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.writeString(source.resolve("note.txt"), "note\n");
        Files.writeString(source.resolve("junk.tmp"), "junk\n");
        List<Event> seen = new ArrayList<>();
        JsonNode job;
        try (Listener listener = new Listener("")) {
            job = listener.end(
                    accepted("backup", "{\"places\":[\"" + source + "\"],\"tags\":[\"web\"],\"ignore\":[\"*.tmp\"]}")
                            .path("id")
                            .asString(),
                    seen);
        }
        assertThat(job.path("state").asString()).as(job.toString()).isEqualTo("succeeded");
        String id = job.at("/result/snapshot").asString();
        assertThat(seen)
                .anyMatch(event -> event.type().equals("snapshot")
                        && event.data().path("action").asString().equals("added")
                        && event.data().at("/snapshot/id").asString().equals(id));
        JsonNode listed = history.json("/api/v2/snapshots?tag=web");
        assertThat(listed.at("/items/0/id").asString()).isEqualTo(id);
        assertThat(listed.at("/items/0/files").asInt()).isEqualTo(1);
        assertThat(listed.at("/items/0/added").asLong()).isGreaterThan(0);
        assertThat(history.json("/api/v2/snapshots/" + id)
                        .at("/item/header/context")
                        .toString())
                .contains("testhost");
    }

    @Test
    void aCheckFindsDamage() throws Exception {
        assertThat(run("check", "{}").path("state").asString()).isEqualTo("succeeded");
        history.json("/api/v2/snapshots");
        for (byte[] packfile : history.store.contents.objects(Resource.PACKFILE).values()) {
            packfile[packfile.length / 3] ^= 1;
        }
        JsonNode job = run("check", "{\"snapshots\":[\"" + history.id(1) + "\"]}");
        assertThat(job.path("state").asString()).isEqualTo("failed");
        assertThat(job.at("/error/code").asString()).isEqualTo("data");
        assertThat(job.path("log_lines").asInt()).isGreaterThan(0);
        JsonNode failed = history.json("/api/v2/jobs?state=failed&kind=check");
        assertThat(failed.path("total").asInt()).isEqualTo(1);
    }

    @Test
    void whoComesBackMissesNothing() throws Exception {
        List<Event> seen = new ArrayList<>();
        try (Listener listener = new Listener("")) {
            listener.end(accepted("check", "{\"fast\":true}").path("id").asString(), seen);
        }
        assertThat(seen.getFirst().data().path("state").asString()).isEqualTo("queued");
        try (Listener listener = new Listener(seen.getFirst().id())) {
            assertThat(listener.next().id()).isEqualTo(seen.get(1).id());
        }
        try (Listener listener = new Listener("another-1")) {
            assertThat(listener.next().type()).isEqualTo("reset");
        }
    }

    @Test
    void whatCannotBeDoneIsRefusedAtOnce() throws Exception {
        for (String[] request : new String[][] {
            {"restore", "{\"to\":\"/x\"}", "snapshot"},
            {"restore", "{\"snapshot\":\"" + history.id(1) + "\"}", "to"},
            {"restore", restore(1, directory, ",\"overwrite\":\"perhaps\""), "overwrite"},
            {"restore", restore(1, directory, ",\"layout\":\"odd\""), "layout"},
            {"restore", restore(1, directory, ",\"dry_run\":true"), "dry_run"},
            {"restore", restore(1, directory, ",\"options\":{\"owner\":1}"), "owner"},
            {"restore", restore(1, directory, ",\"items\":[{\"path\":\"/data/a\"},{\"path\":\"/data/a/\"}]"), "items"},
            {"restore/plan", "{\"snapshot\":\"" + history.id(1) + "\",\"to\":\"nowhere:/x\"}", "to"},
            {"restore/plan", "{\"snapshot\":\"" + history.id(1) + "\",\"to\":\"@nobody\"}", "to"},
            {"backup", "{}", "places"},
            {"backup", "{\"places\":[\"/x\"],\"ignore\":\"*.o\"}", "ignore"},
            {"check", "{\"snapshots\":[\"zz\"]}", "snapshots"},
            {"check", "[]", "BODY"},
        }) {
            HttpResponse<byte[]> answer = history.post("/api/v2/" + request[0], request[1]);
            String body = new String(answer.body(), StandardCharsets.UTF_8);
            assertThat(answer.statusCode()).as(request[1] + " " + body).isEqualTo(400);
            assertThat(JsonMapper.shared().readTree(body).at("/error/params").has(request[2]))
                    .as(body)
                    .isTrue();
        }
        assertThat(history.post("/api/v2/restore", restore(1, directory, ",\"items\":[{\"path\":\"/nowhere\"}]"))
                        .statusCode())
                .isEqualTo(404);
        assertThat(history.json("/api/v2/jobs").path("total").asInt()).isEqualTo(0);
    }

    @Test
    void aJobThatCannotBeDoneFailsWithTheReason() throws Exception {
        JsonNode job = run("backup", "{\"places\":[\"nowhere:/x\"]}");
        assertThat(job.path("state").asString()).isEqualTo("failed");
        assertThat(job.at("/error/message").asString()).contains("unsupported importer protocol");
    }

    @Test
    void aPageOfAnotherSiteCannotStartAnything() throws Exception {
        String body = restore(1, directory.resolve("out"), "");
        HttpRequest.Builder form = HttpRequest.newBuilder(history.uri("/api/v2/restore"))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "text/plain");
        assertThat(history.store
                        .client
                        .send(form.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .as("no token")
                .isEqualTo(401);
        form.header("Authorization", "Bearer " + TOKEN);
        assertThat(history.store
                        .client
                        .send(form.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .as("not JSON")
                .isEqualTo(415);
        form.setHeader("Content-Type", "application/json").header("Origin", "http://evil.example");
        assertThat(history.store
                        .client
                        .send(form.build(), HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .as("another site")
                .isEqualTo(403);
        assertThat(directory.resolve("out")).doesNotExist();
    }

    @Test
    void everyRouteAsksForTheToken() throws Exception {
        List<String> open = List.of("/api/snapshot/vfs/downloader-sign-url/{id}");
        for (String route : history.server().routes().declared()) {
            String method = route.substring(0, route.indexOf(' '));
            String path = route.substring(route.indexOf(' ') + 1);
            if (open.contains(path)) {
                continue;
            }
            String url = path.replaceAll("\\{[^}]*}|\\*", history.id(1));
            assertThat(history.store.ask(history.server(), method, url).statusCode())
                    .as(route)
                    .isEqualTo(401);
            assertThat(history.store
                            .ask(history.server(), method, url, "Authorization", "Bearer nope")
                            .statusCode())
                    .as(route)
                    .isEqualTo(401);
        }
    }

    @Test
    void nothingIsStartedInDemoMode() throws Exception {
        UiServer demo = history.store.start(history.store.settings("", false, true, null, null));
        for (String route : List.of("restore", "restore/plan", "backup", "check", "jobs/x/cancel")) {
            assertThat(history.store.ask(demo, "POST", "/api/v2/" + route).statusCode())
                    .as(route)
                    .isEqualTo(404);
        }
    }

    @Test
    void statisticsAddUp() throws Exception {
        JsonNode item = history.json("/api/v2/stats").path("item");
        assertThat(item.at("/store/snapshots").asInt()).isEqualTo(4);
        assertThat(item.at("/sources").size()).isEqualTo(2);
        assertThat(item.at("/sources/0/snapshots").asInt()).isEqualTo(3);
        assertThat(item.at("/sources/0/sizes").size()).isEqualTo(3);
        assertThat(item.at("/days").size()).isEqualTo(4);
        assertThat(item.at("/days/1/errors").asInt()).isEqualTo(1);
        JsonNode largest = history.json("/api/v2/stats/largest?limit=2&snapshot=" + history.id(1));
        assertThat(largest.at("/items/0/path").asString()).isEqualTo("/data/large.bin");
        assertThat(largest.at("/items").size()).isEqualTo(2);
    }
}
