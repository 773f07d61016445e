package io.plakar.connector.rclone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PacedProxyTest {
    private static final String SECRET = "nobody-knows";

    private final LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final Gate gate = new Gate();
    private ServerSocket service;

    /** Answers each line with {@code ok}. */
    @BeforeEach
    void serve() throws Exception {
        service = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            while (!service.isClosed()) {
                try {
                    Socket client = service.accept();
                    Thread.ofVirtual().start(() -> answer(client));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private void answer(Socket client) {
        try (client;
                BufferedReader in = reader(client)) {
            String line;
            while ((line = in.readLine()) != null) {
                heard.add(line);
                if (line.isEmpty() || !line.contains(":")) {
                    send(client, line.isEmpty() ? "HTTP/1.1 200 OK\r\n\r\n" : "ok\n");
                }
            }
        } catch (IOException e) {
            // The test is over.
        }
    }

    @AfterEach
    void end() throws Exception {
        service.close();
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private PacedProxy start(Runnable beforeRequest, Map<String, String> environment) throws Exception {
        return PacedProxy.start(gate, beforeRequest, SECRET, environment);
    }

    private static Socket open(PacedProxy proxy) throws Exception {
        Map<String, String> variables = new HashMap<>(Map.of("https_proxy", "http://other.example", "NO_PROXY", "*"));
        proxy.putInto(variables);
        assertThat(variables).containsOnlyKeys("HTTPS_PROXY", "RCLONE_DISABLE_HTTP2");
        String url = variables.getOrDefault("HTTPS_PROXY", "");
        assertThat(url).startsWith("http://plakar:" + SECRET + "@127.0.0.1:");
        return new Socket("127.0.0.1", Integer.parseInt(url.substring(url.lastIndexOf(':') + 1)));
    }

    private String connect(Socket socket, BufferedReader in, String secret) throws Exception {
        String pair = Base64.getEncoder().encodeToString(("plakar:" + secret).getBytes(StandardCharsets.US_ASCII));
        send(
                socket,
                "CONNECT localhost:" + service.getLocalPort() + " HTTP/1.1\r\nProxy-Authorization: Basic " + pair
                        + "\r\n\r\n");
        String status = in.readLine();
        in.readLine();
        return status;
    }

    @Test
    void a_request_waits_for_the_gate_which_was_closed_just_before_it() throws Exception {
        long[] closed = {0};
        // What rclone logged of the last answer is read only when the next request comes.
        Runnable log = () -> {
            if (heard.size() == 1 && closed[0] == 0) {
                closed[0] = System.nanoTime();
                gate.close(Duration.ofMillis(300));
            }
        };
        try (PacedProxy proxy = start(log, Map.of());
                Socket socket = open(proxy);
                BufferedReader in = reader(socket)) {
            assertThat(connect(socket, in, SECRET)).startsWith("HTTP/1.1 200");
            send(socket, "first\n");
            assertThat(in.readLine()).isEqualTo("ok");
            send(socket, "second\n");
            assertThat(in.readLine()).isEqualTo("ok");
            assertThat(System.nanoTime() - closed[0]).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(300));
            assertThat(heard).containsExactly("first", "second");
        }
    }

    @Test
    void nobody_without_the_password_gets_through() throws Exception {
        try (PacedProxy proxy = start(() -> {}, Map.of());
                Socket socket = open(proxy);
                BufferedReader in = reader(socket)) {
            assertThat(connect(socket, in, "guessed")).startsWith("HTTP/1.1 407");
            assertThat(in.readLine()).isNull();
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void the_users_own_proxy_is_kept_but_for_its_exceptions() throws Exception {
        String own = "http://me:pass%20word@127.0.0.1:" + service.getLocalPort();
        try (PacedProxy proxy = start(() -> {}, Map.of("HTTPS_PROXY", own));
                Socket socket = open(proxy);
                BufferedReader in = reader(socket)) {
            assertThat(connect(socket, in, SECRET)).startsWith("HTTP/1.1 200");
        }
        String pair = Base64.getEncoder().encodeToString("me:pass word".getBytes(StandardCharsets.US_ASCII));
        assertThat(heard)
                .contains("CONNECT localhost:" + service.getLocalPort() + " HTTP/1.1")
                .contains("Proxy-Authorization: Basic " + pair);
        heard.clear();
        try (PacedProxy proxy = start(() -> {}, Map.of("HTTPS_PROXY", own, "NO_PROXY", "x.example, localhost"));
                Socket socket = open(proxy);
                BufferedReader in = reader(socket)) {
            assertThat(connect(socket, in, SECRET)).startsWith("HTTP/1.1 200");
            send(socket, "direct\n");
            assertThat(in.readLine()).isEqualTo("ok");
        }
        assertThat(heard).containsExactly("direct");
    }

    @Test
    void a_service_that_cannot_be_reached_is_said_in_words_known_from_rclone() throws Exception {
        int port = service.getLocalPort();
        service.close();
        try (PacedProxy proxy = start(() -> {}, Map.of());
                Socket socket = open(proxy);
                BufferedReader in = reader(socket)) {
            assertThat(connect(socket, in, SECRET)).startsWith("HTTP/1.1 502 dial tcp localhost:" + port);
        }
    }

    @Test
    void other_kinds_of_proxies_are_left_alone() {
        assertThat(PacedProxy.fits(Map.of())).isTrue();
        assertThat(PacedProxy.fits(Map.of("HTTPS_PROXY", "proxy.example:3128"))).isTrue();
        assertThat(PacedProxy.fits(Map.of("HTTPS_PROXY", "socks5://127.0.0.1:1080")))
                .isFalse();
        assertThat(PacedProxy.fits(Map.of("RCLONE_HTTP_PROXY", "https://proxy.example")))
                .isFalse();
        assertThat(PacedProxy.fits(Map.of("https_proxy", "not a proxy"))).isFalse();
    }
}
