package io.plakar.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Lists, differences, searches and histories of several snapshots. */
class HistoryApiTest {
    @TempDir
    Path directory;

    private HistoryFixture history;

    @SuppressWarnings("NullAway.Init")
    HistoryApiTest() {}

    @BeforeEach
    void start() throws Exception {
        history = new HistoryFixture(directory, "");
    }

    @AfterEach
    void close() throws Exception {
        history.close();
    }

    private List<String> ids(String query) throws Exception {
        List<String> ids = new ArrayList<>();
        history.json("/api/v2/snapshots?" + query)
                .path("items")
                .forEach(item -> ids.add(item.path("id").asString()));
        return ids;
    }

    @Test
    void snapshotsAreFilteredAndSorted() throws Exception {
        String first = history.id(1);
        String second = history.id(2);
        String third = history.id(3);
        String other = history.other.toHex();
        assertThat(ids("")).containsExactly(other, third, second, first);
        assertThat(ids("sort=timestamp&limit=2&offset=1")).containsExactly(second, third);
        assertThat(ids("sort=-errors,timestamp")).startsWith(second, third, first);
        assertThat(ids("errors=true")).containsExactly(third, second);
        assertThat(ids("errors=false")).containsExactly(other, first);
        assertThat(ids("tag=daily&tag=all")).containsExactly(second, first);
        assertThat(ids("tag=!daily")).containsExactly(other, third);
        assertThat(ids("host=laptop")).containsExactly(other);
        assertThat(ids("q=WEEKLY+alice")).containsExactly(third);
        assertThat(ids("q=weekly+laptop")).isEmpty();
        assertThat(ids("directory=/data&since=2026-11-02T00:00:00Z&until=2026-11-02T23:00:00Z"))
                .containsExactly(second);
        assertThat(ids("job=other-job")).containsExactly(other);
        String source = history.json("/api/v2/snapshots/" + first)
                .at("/item/snapshot/source/id")
                .asString();
        assertThat(ids("source=" + source)).containsExactly(third, second, first);
    }

    @Test
    void aRowTellsTheSnapshotBeforeAndWhatWasAdded() throws Exception {
        JsonNode page = history.json("/api/v2/snapshots?sort=timestamp&facets=true");
        JsonNode first = page.at("/items/0");
        JsonNode third = page.at("/items/2");
        assertThat(first.path("previous").isNull()).isTrue();
        assertThat(third.path("previous").asString()).isEqualTo(history.id(2));
        assertThat(third.at("/growth/files").asInt()).isEqualTo(0);
        assertThat(first.path("added").asLong())
                .isGreaterThan(third.path("added").asLong());
        assertThat(third.path("added").asLong()).isGreaterThan(0);
        assertThat(page.at("/facets/tags/0/value").asString()).isEqualTo("all");
        assertThat(page.at("/facets/tags/0/count").asInt()).isEqualTo(4);
        assertThat(page.at("/facets/sources").size()).isEqualTo(2);
    }

    @Test
    void errorsOfASnapshotAreListed() throws Exception {
        JsonNode errors = history.json("/api/v2/snapshots/" + history.id(2).substring(0, 12) + "/errors?q=PERMISSION");
        assertThat(errors.path("total").asInt()).isEqualTo(1);
        assertThat(errors.at("/items/0/path").asString()).isEqualTo("/data/secret");
        assertThat(history.json("/api/v2/snapshots/" + history.id(2) + "/errors?path=/data/a")
                        .path("total")
                        .asInt())
                .isEqualTo(0);
    }

    private List<String> differences(String query) throws Exception {
        List<String> lines = new ArrayList<>();
        history.json("/api/v2/diff?from=" + history.id(1) + "&to=" + history.id(3) + query)
                .path("items")
                .forEach(item -> lines.add(
                        item.path("kind").asString() + " " + item.path("path").asString()));
        return lines;
    }

    @Test
    void aDifferenceTellsEveryChange() throws Exception {
        assertThat(differences(""))
                .contains("removed a/todo.txt", "added new.txt", "changed b.bin", "metadata mode.txt");
        assertThat(differences("&kind=added,removed")).containsExactly("added new.txt", "removed a/todo.txt");
        assertThat(differences("&q=TODO")).containsExactly("removed a/todo.txt");
        assertThat(differences("&type=directory&kind=added,removed,changed")).isEmpty();
        assertThat(differences("&recursive=false&kind=added,removed,changed"))
                .containsExactly("below a", "changed b.bin", "added new.txt");
        JsonNode diff = history.json("/api/v2/diff?recursive=false&from=" + history.id(1) + "&to=" + history.id(3));
        assertThat(diff.at("/totals/removed/files").asInt()).isEqualTo(1);
        assertThat(diff.at("/totals/added/bytes").asInt()).isEqualTo(4);
        assertThat(diff.at("/items/0/below/removed/files").asInt()).isEqualTo(1);
        assertThat(history.json("/api/v2/diff?from=" + history.id(1) + "&to=" + history.id(1))
                        .path("total")
                        .asInt())
                .isEqualTo(0);
    }

    @Test
    void aPathGivenForOneSideCountsForBoth() throws Exception {
        JsonNode diff = history.json("/api/v2/diff?from=" + history.id(1) + ":/data/a&to=" + history.id(2));
        assertThat(diff.at("/to/path").asString()).isEqualTo("/data/a");
        assertThat(diff.at("/items/0/what").toString()).contains("content", "size");
    }

    @Test
    void textsAreComparedLineByLine() throws Exception {
        JsonNode item = history.json("/api/v2/diff/file?from=" + history.id(1) + ":/data/a/todo.txt&to=" + history.id(2)
                        + ":/data/a/todo.txt")
                .path("item");
        assertThat(item.path("text").asString()).isEqualTo("@@ -1 +1,2 @@\n one\n+two\n");
        assertThat(item.path("added_lines").asInt()).isEqualTo(1);
        JsonNode gone = history.json("/api/v2/diff/file?from=" + history.id(1) + ":/data/a/todo.txt")
                .path("item");
        assertThat(gone.path("removed_lines").asInt()).isEqualTo(1);
        assertThat(gone.path("to").isNull()).isTrue();
        JsonNode binary = history.json(
                        "/api/v2/diff/file?from=" + history.id(1) + ":/data/b.bin&to=" + history.id(3) + ":/data/b.bin")
                .path("item");
        assertThat(binary.path("binary").asBoolean()).isTrue();
        assertThat(binary.path("text").isNull()).isTrue();
        JsonNode large = history.json("/api/v2/diff/file?from=" + history.id(1) + ":/data/large.bin&to=" + history.id(3)
                        + ":/data/large.bin")
                .path("item");
        assertThat(large.path("too_large").asBoolean()).isTrue();
        assertThat(large.path("identical").asBoolean()).isTrue();
    }

    @Test
    void aSearchFindsEachVersionOnceAndEndsWithTotals() throws Exception {
        List<JsonNode> lines = history.lines("/api/v2/search?q=TODO");
        assertThat(lines).hasSize(4);
        assertThat(lines.getLast().path("matches").asInt()).isEqualTo(3);
        assertThat(lines.getLast().path("snapshots").asInt()).isEqualTo(4);
        assertThat(lines.getLast().path("complete").asBoolean()).isTrue();
        List<JsonNode> same = history.lines("/api/v2/search?q=same.*&mode=glob");
        assertThat(same.getFirst().at("/snapshots/count").asInt()).isEqualTo(3);
        assertThat(same.getFirst().at("/snapshots/newest").asString()).isEqualTo(history.id(3));
        assertThat(same.getFirst().at("/snapshots/oldest").asString()).isEqualTo(history.id(1));
    }

    private long matches(String query) throws Exception {
        return history.lines("/api/v2/search?" + query)
                .getLast()
                .path("matches")
                .asLong();
    }

    @Test
    void aSearchCanBeNarrowed() throws Exception {
        assertThat(matches("q=todo&snapshot=" + history.id(1))).isEqualTo(1);
        assertThat(matches("q=&snapshot=" + history.id(1) + ":/data/a")).isEqualTo(2);
        assertThat(matches("q=todo%5C.(md%7Ctxt)$&mode=regex")).isEqualTo(3);
        assertThat(matches("q=a/todo")).isEqualTo(2);
        assertThat(matches("type=symlink")).isEqualTo(1);
        assertThat(matches("min_size=1000")).isEqualTo(1);
        assertThat(matches("type=file&max_size=4&path=/data/a")).isEqualTo(1);
        assertThat(matches("since=2026-11-01T10:00:30Z&type=file")).isEqualTo(1);
        assertThat(matches("snapshots_since=2026-11-04T00:00:00Z&type=file")).isEqualTo(1);
        List<JsonNode> limited = history.lines("/api/v2/search?type=file&limit=2");
        assertThat(limited).hasSize(3);
        assertThat(limited.getLast().path("complete").asBoolean()).isFalse();
    }

    private List<String> states(String query) throws Exception {
        List<String> states = new ArrayList<>();
        history.json("/api/v2/timeline?order=asc&snapshot=" + history.id(1) + "&" + query)
                .path("items")
                .forEach(item -> states.add(item.path("state").asString()));
        return states;
    }

    @Test
    void aTimelineMarksWhatHappened() throws Exception {
        assertThat(states("path=/data/a/todo.txt")).containsExactly("first", "changed", "deleted");
        assertThat(states("path=/data/a/same.txt")).containsExactly("first", "same", "same");
        assertThat(states("path=/data/a/same.txt&distinct=true")).containsExactly("first");
        assertThat(states("path=/data/new.txt")).containsExactly("absent", "absent", "first");
        assertThat(states("path=/data/mode.txt&distinct=true")).containsExactly("first", "metadata");
        assertThat(states("path=/data/a")).containsExactly("first", "changed", "changed");
        JsonNode newest = history.json("/api/v2/timeline?path=/data/a/todo.txt&snapshot=" + history.id(3) + "&limit=1");
        assertThat(newest.at("/items/0/snapshot/id").asString()).isEqualTo(history.id(3));
        assertThat(newest.at("/items/0/entry").isNull()).isTrue();
        assertThat(newest.path("distinct").asInt()).isEqualTo(2);
    }

    @Test
    void whatCannotChangeCanBeKept() throws Exception {
        String path = "/api/v2/diff?from=" + history.id(1) + "&to=" + history.id(3);
        HttpResponse<byte[]> answer = history.get(path);
        String tag = answer.headers().firstValue("ETag").orElseThrow();
        assertThat(answer.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        HttpResponse<byte[]> again = history.get(path, "If-None-Match", tag);
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        HttpResponse<byte[]> prefix =
                history.get("/api/v2/diff?from=" + history.id(1).substring(0, 12) + "&to=" + history.id(3));
        assertThat(prefix.headers().firstValue("Cache-Control").orElseThrow()).doesNotContain("immutable");
        assertThat(history.get("/api/v2/snapshots").headers().firstValue("ETag"))
                .as("lists change")
                .isEmpty();
    }

    @Test
    void wrongParametersAreNamed() throws Exception {
        for (String path : List.of(
                "snapshots?limit=1001",
                "snapshots?sort=nothing",
                "snapshots?since=yesterday",
                "snapshots?errors=maybe",
                "diff?from=" + history.id(1),
                "diff?to=" + history.id(1),
                "diff?kind=other&from=" + history.id(1) + "&to=" + history.id(2),
                "diff/file",
                "diff/file?from=" + history.id(1) + ":/data",
                "search?mode=fuzzy",
                "search?mode=glob&q=[",
                "search?limit=0",
                "search?snapshot=zz",
                "search?path=%00",
                "timeline?order=sideways",
                "timeline?snapshot=zz")) {
            HttpResponse<byte[]> answer = history.get("/api/v2/" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(400);
            assertThat(new String(answer.body(), StandardCharsets.UTF_8))
                    .as(path)
                    .contains("\"params\"");
        }
    }
}
