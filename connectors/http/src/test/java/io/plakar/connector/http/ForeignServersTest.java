package io.plakar.connector.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are not ours: Plakar's, strict ones, and ones that are no store at all. */
@Timeout(60)
class ForeignServersTest {
    private static final byte[] CONTENT = "_KLOSET_0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final Mac NAME = Mac.of(1, 2, 3, 4);

    @TempDir
    Path directory;

    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private HttpServer server;
    private HttpStore store;

    /** Answers one request. */
    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    private volatile Answer answer = exchange -> reply(exchange, 500, "not set");

    @BeforeEach
    void start() throws Exception {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.getRequestBody().readAllBytes();
                if (exchange.getRequestURI().getPath().equals("/store/")) {
                    reply(exchange, 200, "config");
                } else {
                    answer.to(exchange);
                }
            }
        });
        server.start();
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/store");
        Calls calls = new NetworkCalls(base, "secret", true, "plakar/test", Duration.ofSeconds(30));
        store = new HttpStore(base, new RetryingCalls(calls, pauses::add), directory);
    }

    @AfterEach
    void stop() {
        store.close();
        server.stop(0);
    }

    private static void reply(HttpExchange exchange, int status, String text) throws IOException {
        reply(exchange, status, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void reply(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        if (body.length > 0) {
            exchange.getResponseBody().write(body);
        }
    }

    private static int[] range(HttpExchange exchange) {
        String[] parts = exchange.getRequestHeaders()
                .getFirst("Range")
                .substring("bytes=".length())
                .split("-");
        return new int[] {Integer.parseInt(parts[0]), Integer.parseInt(parts[1])};
    }

    private byte[] read(int offset, int length) throws ConnectorException {
        ByteBuffer into = ByteBuffer.allocate(length);
        int count = store.readUpTo(NAME, offset, into);
        return Arrays.copyOf(into.array(), count);
    }

    private void assertFails(Reason reason) {
        assertThatThrownBy(() -> read(2, 4))
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    @Test
    void plakars_ranges_end_before_their_end() throws Exception {
        answer = exchange -> {
            int[] range = range(exchange);
            int end = Math.min(range[1], CONTENT.length);
            reply(exchange, 200, range[0] >= end ? new byte[0] : Arrays.copyOfRange(CONTENT, range[0], end));
        };
        assertThat(read(0, 8)).asString().isEqualTo("_KLOSET_");
        assertThat(read(16, 8)).asString().isEqualTo("89");
        assertThat(read(50, 8)).isEmpty();
        assertThatThrownBy(() -> store.read(NAME, 16, ByteBuffer.allocate(3)))
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
    }

    @Test
    void a_strict_server_sends_one_byte_more_and_is_understood() throws Exception {
        answer = exchange -> {
            int[] range = range(exchange);
            int end = Math.min(range[1] + 1, CONTENT.length);
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes " + range[0] + "-" + (end - 1) + "/" + CONTENT.length);
            reply(exchange, 206, Arrays.copyOfRange(CONTENT, range[0], end));
        };
        assertThat(read(0, 8)).asString().isEqualTo("_KLOSET_");
        assertThat(read(10, 8)).asString().isEqualTo("23456789");
    }

    @Test
    void a_server_that_does_not_know_ranges_is_not_believed() {
        answer = exchange -> reply(exchange, 200, CONTENT);
        assertFails(Reason.MALFORMED);
        answer = exchange -> {
            exchange.getResponseHeaders().set("Content-Range", "bytes 0-4/18");
            reply(exchange, 206, "_KLOS");
        };
        assertFails(Reason.MALFORMED);
    }

    @Test
    void failures_of_a_plakar_server_have_their_reasons() throws Exception {
        answer = exchange -> reply(exchange, 500, "packfile not found\n");
        assertFails(Reason.MISSING);
        answer = exchange -> reply(exchange, 401, "who are you");
        assertFails(Reason.DENIED);
        answer = exchange -> {
            exchange.getResponseHeaders().set("Location", "http://elsewhere.example/");
            reply(exchange, 302, "");
        };
        assertFails(Reason.INVALID);
        answer = exchange -> reply(exchange, 500, "remove /srv/x: no such file or directory\n");
        store.delete(Resource.PACKFILE, NAME);
        store.ping();
        answer = exchange -> reply(exchange, 403, "not allowed to delete\n");
        store.delete(Resource.LOCK, NAME);
        assertThatThrownBy(() -> store.delete(Resource.PACKFILE, NAME)).hasMessageContaining("not allowed to delete");
        assertThat(pauses).isEmpty();
    }

    @Test
    void what_may_pass_is_tried_again_after_the_time_the_server_asks_for() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        answer = exchange -> {
            switch (asked.getAndIncrement()) {
                case 0 -> {
                    exchange.getResponseHeaders().set("Retry-After", "7");
                    reply(exchange, 503, "later");
                }
                case 1 -> reply(exchange, 502, "bad gateway");
                case 2 -> {
                    exchange.sendResponseHeaders(200, 8);
                    exchange.getResponseBody().write(new byte[3]);
                    // Without a byte on the line the JDK's client would try again by itself.
                    exchange.getResponseBody().flush();
                }
                default -> reply(exchange, 200, "_KLOSET_");
            }
        };
        assertThat(read(0, 8)).asString().isEqualTo("_KLOSET_");
        assertThat(pauses).hasSize(3).startsWith(Duration.ofSeconds(7));
        answer = exchange -> reply(exchange, 503, "never");
        assertFails(Reason.UNREACHABLE);
        assertThat(pauses).hasSize(3 + 5);
    }

    @Test
    void every_request_says_who_comes_and_uploads_are_sent_whole_again() throws Exception {
        List<String> seen = new CopyOnWriteArrayList<>();
        AtomicInteger tries = new AtomicInteger();
        answer = exchange -> {
            seen.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Authorization") + " "
                    + exchange.getRequestHeaders().getFirst("User-Agent") + " "
                    + exchange.getRequestHeaders().getFirst("Content-Length"));
            reply(exchange, tries.getAndIncrement() == 0 ? 503 : 200, "");
        };
        try (ObjectWriter writer = store.put(Resource.PACKFILE)) {
            writer.write(ByteBuffer.wrap(new byte[700_000]));
            writer.write(ByteBuffer.wrap(new byte[700_000]));
            writer.commit(NAME);
        }
        String request = "PUT /store/resources/packfiles/" + NAME.toHex() + " Bearer secret plakar/test 1400000";
        assertThat(seen).containsExactly(request, request);
        assertThat(directory.toFile().list()).isEmpty();
        assertThat(store.origin()).isEqualTo("127.0.0.1:" + server.getAddress().getPort());
        assertThat(store.root()).isEqualTo("/store");
    }

    @Test
    void lists_are_taken_whole_or_not_at_all() throws Exception {
        List<Mac> names = new ArrayList<>();
        String hex = NAME.toHex();
        answer = exchange ->
                reply(exchange, 200, " [ \"" + hex + "\" , \"README\",\"" + hex.toUpperCase(Locale.ROOT) + "0\"]\n");
        store.list(Resource.STATE, names::add);
        assertThat(names).containsExactly(NAME);
        for (String empty : List.of("[]\n", "null", "[ ]")) {
            answer = exchange -> reply(exchange, 200, empty);
            store.list(Resource.STATE, names::add);
        }
        for (String bad :
                List.of("", "{}", "[", "[\"" + hex, "[\"" + hex + "\",]", "[\"" + hex + "\"]x", "[1]", "<html>")) {
            answer = exchange -> {
                exchange.sendResponseHeaders(200, 0);
                exchange.getResponseBody().write(bad.getBytes(StandardCharsets.US_ASCII));
            };
            assertThatThrownBy(() -> store.list(Resource.STATE, names::add))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            ConnectorException.class,
                            e -> assertThat(e.reason()).isEqualTo(Reason.MALFORMED));
        }
        assertThat(names).hasSize(1);
    }
}
