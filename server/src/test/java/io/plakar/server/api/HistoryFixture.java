package io.plakar.server.api;

import io.plakar.connector.Mac;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.testkit.MemorySource;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on four snapshots: three of {@code /data}, one day after the other, and one of {@code /other}.
 *
 * <pre>
 *            1       2        3
 * a/todo.txt "one"   "two"    gone
 * a/same.txt         the same in all
 * new.txt    -       -        "new"
 * mode.txt           the same but for its time in 3
 * secret             cannot be read in 2 and 3
 * </pre>
 */
final class HistoryFixture implements AutoCloseable {
    static final Instant FIRST = Instant.parse("2026-11-01T10:00:00Z");

    final StoreFixture store;
    final List<Mac> snapshots = new ArrayList<>();
    final Mac other;
    private final String token;
    private final UiServer server;

    HistoryFixture(Path directory, String token) throws Exception {
        this.store = new StoreFixture(directory);
        this.token = token;
        MemorySource data = new MemorySource("/data")
                .file("/data/a/todo.txt", text("one\n"), FIRST)
                .file("/data/a/same.txt", text("same\n"), FIRST)
                .file("/data/mode.txt", text("x"), FIRST)
                .file("/data/large.bin", new byte[DiffRoutes.LARGEST_TEXT + 1], FIRST)
                .file("/data/b.bin", new byte[] {0, 1, 2}, FIRST)
                .symlink("/data/link", "a/same.txt");
        back(data, 0, "daily");
        data.file("/data/a/todo.txt", text("one\ntwo\n"), FIRST.plusSeconds(60))
                .unreadable("/data/secret", "open /data/secret: permission denied");
        back(data, 1, "daily");
        data.remove("/data/a/todo.txt")
                .file("/data/new.txt", text("new\n"), FIRST)
                .file("/data/mode.txt", text("x"), FIRST.plusSeconds(5))
                .file("/data/b.bin", new byte[] {0, 1, 3, 4}, FIRST);
        back(data, 2, "weekly");
        this.other = store.backup(
                new MemorySource("/other").file("/other/todo.md", text("other\n"), FIRST),
                options(3, "other", "laptop"));
        this.server = store.start(store.settings(token));
    }

    private void back(MemorySource source, int day, String tag) throws Exception {
        snapshots.add(store.backup(source, options(day, tag, "desk")));
    }

    private static BackupOptions options(int day, String tag, String host) {
        return new BackupOptions(
                "default",
                "",
                "",
                "",
                tag + "-job",
                "",
                List.of(tag, "all"),
                FIRST.plus(Duration.ofDays(day)),
                true,
                true,
                ExcludeRules.NONE,
                List.of(new SnapshotHeader.Pair("Hostname", host), new SnapshotHeader.Pair("Username", "alice")));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    UiServer server() {
        return server;
    }

    /** The id of the first, second or third snapshot. */
    String id(int number) {
        return snapshots.get(number - 1).toHex();
    }

    HttpResponse<byte[]> get(String path, String... headers) throws Exception {
        List<String> all = new ArrayList<>(List.of(headers));
        if (!token.isEmpty()) {
            all.add("Authorization");
            all.add("Bearer " + token);
        }
        return store.ask(server, "GET", path, all.toArray(String[]::new));
    }

    HttpResponse<byte[]> post(String path, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/json");
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        return store.client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    URI uri(String path) {
        return URI.create("http://localhost:" + server.port() + path);
    }

    JsonNode json(String path) throws Exception {
        HttpResponse<byte[]> answer = get(path);
        if (answer.statusCode() != 200) {
            throw new AssertionError(path + ": " + new String(answer.body(), StandardCharsets.UTF_8));
        }
        return JsonMapper.shared().readTree(answer.body());
    }

    /** The objects of an answer of one line each. */
    List<JsonNode> lines(String path) throws Exception {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : new String(get(path).body(), StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isEmpty()) {
                lines.add(JsonMapper.shared().readTree(line));
            }
        }
        return lines;
    }

    @Override
    public void close() throws Exception {
        store.close();
    }
}
