package io.plakar.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class StoreServerTest {
    private static final byte[] CONFIG = new byte[300];
    private static final Mac NAME = Mac.of(1, 2, 3, 4);
    private static final String OBJECT = "/resources/packfiles/" + NAME.toHex();

    @TempDir
    Path directory;

    private Servers servers;

    @BeforeEach
    void start() throws Exception {
        servers = new Servers(directory);
        servers.files().create(CONFIG);
    }

    @AfterEach
    void stop() throws Exception {
        servers.close();
    }

    private static void put(StoreConnector store, Resource resource, Mac name, byte[] content) throws Exception {
        try (ObjectWriter writer = store.put(resource)) {
            writer.write(ByteBuffer.wrap(content));
            writer.commit(name);
        }
    }

    private static List<Mac> list(StoreConnector store, Resource resource) throws Exception {
        List<Mac> names = new ArrayList<>();
        store.list(resource, names::add);
        return names;
    }

    private static void assertReason(Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(reason));
    }

    private static Socket connect(StoreServer server) throws Exception {
        return new Socket(server.address().getAddress(), server.address().getPort());
    }

    private static void send(Socket socket, String text) throws Exception {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    /** The answer to a request written by hand, until the server closes. */
    private static String ask(StoreServer server, String request, String... headers) throws Exception {
        try (Socket socket = connect(server)) {
            send(
                    socket,
                    request + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                            + String.join("", List.of(headers)) + "\r\n");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private static int status(String answer) {
        return Integer.parseInt(answer.substring(9, 12));
    }

    @Test
    void an_append_only_client_neither_removes_nor_replaces() throws Exception {
        StoreConnector client = servers.client(servers.start(Clients.everybody(Rights.APPEND)));
        put(client, Resource.PACKFILE, NAME, new byte[1000]);
        put(client, Resource.PACKFILE, NAME, new byte[1000]);
        assertReason(Reason.DENIED, () -> put(client, Resource.PACKFILE, NAME, new byte[999]));
        assertReason(Reason.DENIED, () -> client.delete(Resource.PACKFILE, NAME));
        try (InputStream in = client.get(Resource.PACKFILE, NAME)) {
            assertThat(in.readAllBytes()).hasSize(1000);
        }
        put(client, Resource.LOCK, NAME, new byte[10]);
        put(client, Resource.LOCK, NAME, new byte[11]);
        client.delete(Resource.LOCK, NAME);
        assertThat(list(client, Resource.LOCK)).isEmpty();
        assertThat(servers.leftovers()).isZero();
    }

    @Test
    void each_token_has_its_rights_and_without_one_nothing_is_told() throws Exception {
        StoreServer server = servers.start(Clients.parse(
                "# who may come\nlaptop:0123456789abcdef\n\nviewer:viewer-0123456789:read,admin:admin-0123456789:delete\n",
                Rights.APPEND));
        StoreConnector laptop = servers.client(server, "auth_token", "0123456789abcdef");
        put(laptop, Resource.PACKFILE, NAME, new byte[10]);
        assertReason(Reason.DENIED, () -> laptop.delete(Resource.PACKFILE, NAME));
        StoreConnector viewer = servers.client(server, "auth_token", "viewer-0123456789");
        assertThat(viewer.open()).isEqualTo(CONFIG);
        assertReason(Reason.READ_ONLY, () -> put(viewer, Resource.LOCK, NAME, new byte[10]));
        servers.client(server, "auth_token", "admin-0123456789").delete(Resource.PACKFILE, NAME);
        for (StoreConnector stranger :
                List.of(servers.client(server), servers.client(server, "auth_token", "0123456789abcdee"))) {
            assertReason(Reason.DENIED, stranger::open);
            assertReason(Reason.DENIED, () -> put(stranger, Resource.PACKFILE, NAME, new byte[3 << 20]));
            assertReason(Reason.DENIED, () -> list(stranger, Resource.STATE));
        }
        for (String path : List.of("/", "/healthz", "/resources/states", OBJECT, "/x", "/resources/nope")) {
            assertThat(status(ask(server, "GET " + path))).as(path).isEqualTo(401);
        }
        assertThat(servers.requests).anyMatch(line -> line.startsWith("laptop PUT /resources/packfiles/"));
        assertThat(String.join("\n", servers.requests)).doesNotContain("0123456789abcdef");
    }

    @Test
    void bad_token_entries_are_named_without_their_token() {
        for (String text : List.of("", "a", "a:short", "a b:0123456789abcdef", "a:0123456789abcdef:all", "#a:b")) {
            assertThatThrownBy(() -> Clients.parse(text, Rights.READ))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .message()
                    .doesNotContain("0123456789");
        }
        assertThatThrownBy(() -> Clients.parse("a:0123456789abcdef,a:0123456789abcdeg", Rights.READ))
                .hasMessage("client a is there twice");
    }

    @Test
    void an_upload_that_breaks_off_leaves_nothing() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.DELETE));
        StoreConnector client = servers.client(server);
        String head = "PUT " + OBJECT + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
        String piece = "x".repeat(100_000);
        for (String sent : List.of(
                head + "Content-Length: 200000\r\n\r\n" + piece,
                head + "Transfer-Encoding: chunked\r\n\r\n186a0\r\n" + piece + "\r\n",
                head + "Transfer-Encoding: chunked\r\n\r\n30d40\r\n" + piece)) {
            int before = servers.requests.size();
            try (Socket socket = connect(server)) {
                send(socket, sent);
                assertThat(list(client, Resource.PACKFILE)).isEmpty();
            }
            // Each look is a request of its own, so this goes on until the server has seen the end.
            while (servers.requests.stream().skip(before).noneMatch(line -> line.endsWith("broke off"))) {
                assertThat(list(client, Resource.PACKFILE)).isEmpty();
            }
            assertThat(servers.leftovers()).isZero();
        }
        assertReason(Reason.MISSING, () -> client.get(Resource.PACKFILE, NAME));
    }

    @Test
    void an_upload_that_a_closing_server_breaks_off_leaves_nothing() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.DELETE));
        try (Socket socket = connect(server)) {
            send(socket, "PUT " + OBJECT + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000\r\n\r\n");
            send(socket, "x".repeat(100_000));
            assertThat(status(ask(server, "GET /healthz"))).isEqualTo(200);
            server.close();
            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        } catch (java.net.SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        StoreConnector files = servers.files();
        assertThat(list(files, Resource.PACKFILE)).isEmpty();
    }

    @Test
    void no_path_leads_out_of_the_store() throws Exception {
        java.nio.file.Files.writeString(directory.resolve("secret"), "outside");
        StoreServer server = servers.start(Clients.everybody(Rights.DELETE));
        for (String path : List.of(
                "/../secret",
                "/resources/packfiles/../../secret",
                "/resources/../../secret",
                "/resources/packfiles/%2e%2e%2f%2e%2e%2fsecret",
                "/resources/packfiles/..%2f..%2fsecret",
                "/resources/packfiles/..\\..\\secret",
                "/resources/packfiles/%00",
                "/resources/%2e%2e/CONFIG",
                "/resources//packfiles/" + NAME.toHex(),
                "/resources/packfiles/" + "a".repeat(65),
                "/resources/packfiles/" + "g".repeat(64),
                "/resources/packfiles/" + NAME.toHex() + "%20",
                "/resources/packfiles/..;/" + NAME.toHex(),
                "/resources/pack\u00e9files/x",
                "/" + "a".repeat(20_000))) {
            for (String method : List.of("GET", "PUT", "DELETE")) {
                String answer = ask(server, method + " " + path, "Content-Length: 0\r\n");
                assertThat(status(answer)).as(method + " " + path).isBetween(400, 431);
                assertThat(answer).doesNotContain("outside");
            }
        }
        assertThat(directory.resolve("secret")).hasContent("outside");
        assertThat(list(servers.client(server), Resource.PACKFILE)).isEmpty();
    }

    @Test
    void two_hundred_slow_clients_do_not_stop_the_next_one() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.APPEND));
        StoreConnector client = servers.client(server);
        put(client, Resource.PACKFILE, NAME, new byte[8 << 20]);
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                Socket socket = connect(server);
                slow.add(socket);
                switch (i % 4) {
                    case 0 -> send(socket, "GET /resources/pack");
                    case 1 -> send(socket, "GET " + OBJECT + " HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
                    case 2 ->
                        send(
                                socket,
                                "PUT /resources/states/" + Mac.of(i, 0, 0, 0).toHex()
                                        + " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nabc");
                    default -> send(socket, "PUT " + OBJECT + " HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Enco");
                }
            }
            put(client, Resource.STATE, NAME, new byte[100_000]);
            assertThat(list(client, Resource.STATE)).containsExactly(NAME);
            ByteBuffer part = ByteBuffer.allocate(1 << 20);
            client.read(NAME, 12_345, part);
            assertThat(part.hasRemaining()).isFalse();
        } finally {
            for (Socket socket : slow) {
                socket.close();
            }
        }
    }

    @Test
    void ranges_are_those_of_http_for_all_but_plakar() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.APPEND));
        StoreConnector client = servers.client(server);
        byte[] content = new byte[700_000];
        new java.util.Random(1).nextBytes(content);
        put(client, Resource.PACKFILE, NAME, content);
        Map<String, String> expected = Map.of(
                "0-9", "206 bytes 0-9/*",
                "100-699999", "206 bytes 100-699999/*",
                "699990-800000", "206 bytes 699990-699999/700000",
                "700000-700001", "416 bytes */700000",
                "5-", "200 ",
                "-5", "200 ",
                "9-5", "200 ",
                "0-1,4-5", "200 ");
        expected.forEach((range, answer) -> {
            try {
                String got = ask(server, "GET " + OBJECT, "Range: bytes=" + range + "\r\n");
                String header = got.lines()
                        .filter(line -> line.startsWith("Content-Range: "))
                        .map(line -> line.substring(15))
                        .findFirst()
                        .orElse("");
                assertThat(status(got) + " " + header).as(range).isEqualTo(answer);
            } catch (Exception e) {
                throw new AssertionError(range, e);
            }
        });
        ByteBuffer end = ByteBuffer.allocate(400_000);
        assertThat(client.readUpTo(NAME, 350_000, end)).isEqualTo(350_000);
        assertThat(end.flip()).isEqualTo(ByteBuffer.wrap(content, 350_000, 350_000));
        assertThat(client.readUpTo(NAME, 700_000, ByteBuffer.allocate(1))).isZero();
    }

    @Test
    void a_quota_refuses_what_does_not_fit_and_counts_again_after_a_removal() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.DELETE), 10_300, null);
        StoreConnector client = servers.client(server);
        put(client, Resource.PACKFILE, NAME, new byte[6000]);
        Mac other = Mac.of(9, 9, 9, 9);
        assertReason(Reason.NO_SPACE, () -> put(client, Resource.PACKFILE, other, new byte[6000]));
        String answer = ask(
                server,
                "PUT /resources/packfiles/" + other.toHex(),
                "Transfer-Encoding: chunked\r\n\r\n1f40\r\n" + "x".repeat(8000) + "\r\n0\r\n");
        assertThat(status(answer)).isEqualTo(507);
        assertThat(list(client, Resource.PACKFILE)).containsExactly(NAME);
        client.delete(Resource.PACKFILE, NAME);
        put(client, Resource.PACKFILE, other, new byte[6000]);
        assertThat(servers.leftovers()).isZero();
    }

    @Test
    void pages_in_a_browser_cannot_use_the_server() throws Exception {
        StoreServer server = servers.start(Clients.everybody(Rights.DELETE));
        assertThat(status(ask(server, "GET /"))).isEqualTo(200);
        assertThat(status(ask(server, "GET /", "Origin: http://127.0.0.1\r\n"))).isEqualTo(403);
        assertThat(status(ask(server, "GET /", "Sec-Fetch-Site: same-origin\r\n")))
                .isEqualTo(403);
        try (Socket socket = connect(server)) {
            send(socket, "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
            assertThat(status(new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)))
                    .isEqualTo(403);
        }
    }

    @Test
    void a_certificate_of_ones_own_is_accepted_only_on_demand() throws Exception {
        Path key = directory.resolve("key.pem");
        Path certificate = directory.resolve("cert.pem");
        Pems.make(directory, certificate, key);
        StoreServer server = servers.start(
                Clients.everybody(Rights.DELETE),
                StoreServer.UNLIMITED,
                io.plakar.server.PemIdentity.load(certificate, key));
        assertThat(server.url()).startsWith("https://127.0.0.1:");
        StoreConnector trusting = servers.client(server, "tls_no_verify", "true");
        put(trusting, Resource.PACKFILE, NAME, new byte[3 << 20]);
        assertThat(trusting.open()).isEqualTo(CONFIG);
        assertThatThrownBy(() -> servers.client(server).open())
                .isInstanceOfSatisfying(
                        ConnectorException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE))
                .hasMessageContaining("tls_no_verify");
        assertThatThrownBy(() -> io.plakar.server.PemIdentity.load(key, certificate))
                .hasMessageContaining("no certificate");
    }
}
