package io.plakar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.plakar.app.SecretPrompt;
import io.plakar.app.Variables;
import io.plakar.cli.terminal.TerminalState;
import io.plakar.cli.text.Sizes;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class ServerCommandTest {
    @TempDir
    Path directory;

    /** A {@code plakar server} in this process, until it is interrupted. */
    private final class Serving implements AutoCloseable {
        private final CompletableFuture<String> line = new CompletableFuture<>();
        private final CompletableFuture<Integer> status = new CompletableFuture<>();
        private final ByteArrayOutputStream error = new ByteArrayOutputStream();
        private final Thread thread;

        Serving(Map<String, String> variables, String... words) {
            OutputStream out = new ByteArrayOutputStream() {
                @Override
                public synchronized void flush() {
                    if (size() > 0) {
                        line.complete(toString(StandardCharsets.UTF_8));
                    }
                }
            };
            Surroundings surroundings = new Surroundings(
                    Variables.of(variables),
                    directory,
                    directory.resolve("passwd-home"),
                    "Linux",
                    "host",
                    InputStream.nullInputStream(),
                    out,
                    error,
                    TerminalState.NONE,
                    SecretPrompt.NOBODY,
                    InstantSource.system(),
                    ZoneOffset.UTC,
                    false);
            thread = Thread.ofPlatform().start(() -> {
                status.complete(new Program(surroundings).run(List.of(words)));
                line.complete("");
            });
        }

        String url() throws Exception {
            String said = line.get(120, TimeUnit.SECONDS);
            assertThat(said).as(error.toString(StandardCharsets.UTF_8)).startsWith("info: listening on http");
            return said.strip().substring("info: listening on ".length());
        }

        int stop() throws Exception {
            thread.interrupt();
            return status.get(120, TimeUnit.SECONDS);
        }

        @Override
        public void close() throws Exception {
            stop();
        }
    }

    private Run run(String home) {
        Run run = new Run(directory);
        run.variables.put("HOME", directory.resolve(home).toString());
        return run;
    }

    @Test
    void two_clients_back_up_into_one_server_at_once() throws Exception {
        for (String name : List.of("one", "two")) {
            Path tree = Files.createDirectories(directory.resolve("tree-" + name));
            for (int i = 0; i < 20; i++) {
                byte[] content = new byte[30_000 + i];
                Arrays.fill(content, (byte) (i + name.length()));
                Files.write(tree.resolve("file-" + name + i), content);
            }
        }
        assertThat(run("home").plakar("at", "./save", "create", "-plaintext")).isZero();
        Serving server = new Serving(Map.of(), "at", "./save", "server", "-listen", "127.0.0.1:0");
        String url = server.url();
        List<CompletableFuture<Integer>> backups = new ArrayList<>();
        List<Run> clients = List.of(run("first"), run("second"));
        for (int i = 0; i < 2; i++) {
            Run client = clients.get(i);
            String tree = i == 0 ? "./tree-one" : "./tree-two";
            backups.add(CompletableFuture.supplyAsync(() -> client.plakar("at", url, "backup", tree)));
        }
        for (int i = 0; i < 2; i++) {
            assertThat(backups.get(i).join()).as(clients.get(i).error).isZero();
        }
        Run reader = run("third");
        assertThat(reader.plakar("at", url, "check")).as(reader.error).isZero();
        assertThat(reader.plakar("at", url, "ls")).isZero();
        assertThat(reader.out.lines()).hasSize(2);
        assertThat(reader.plakar("at", url, "restore", "-latest", "-to", "./back"))
                .as(reader.error)
                .isZero();
        assertThat(reader.plakar("at", url, "create", "-plaintext")).isEqualTo(1);
        assertThat(reader.error).contains("there is a store at " + url + " already");
        assertThat(directory.resolve("save/locks").toFile().list()).isEmpty();
        assertThat(server.stop()).isZero();
        assertThat(reader.plakar("at", "./save", "check")).isZero();
    }

    @Test
    void a_client_makes_the_store_where_the_server_allows_it() throws Exception {
        String token = "laptop-0123456789";
        try (Serving server = new Serving(
                Map.of("PLAKAR_SERVER_TOKENS", "laptop:" + token),
                "at",
                "./new",
                "server",
                "-listen",
                "127.0.0.1:0",
                "-allow-create",
                "-quota",
                "1GiB")) {
            Run client = run("home");
            String url = server.url();
            assertThat(client.plakar("at", url, "ls")).isNotZero();
            assertThat(client.error).contains("missing or unknown token");
            assertThat(client.plakar("store", "add", "there", url, "auth_token=" + token))
                    .isZero();
            assertThat(client.plakar("at", "@there", "create", "-plaintext"))
                    .as(client.error)
                    .isZero();
            assertThat(client.plakar("at", "@there", "ls")).as(client.error).isZero();
        }
        assertThat(directory.resolve("new/CONFIG")).exists();
    }

    @Test
    void a_port_that_is_taken_is_one_line_and_the_next_free_one_is_named() throws Exception {
        Run run = run("home");
        assertThat(run.plakar("at", "./save", "create", "-plaintext")).isZero();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThat(run.plakar("at", "./save", "server", "-listen", address)).isEqualTo(1);
            assertThat(run.error)
                    .matches("plakar: cannot listen on " + address + ": the port is in use\n"
                            + "hint: the next free one: -listen 127\\.0\\.0\\.1:\\d+\n");
        }
    }

    @Test
    void mistakes_are_told_before_anything_is_served() {
        Run run = run("home");
        assertThat(run.plakar("at", "./none", "server")).isEqualTo(66);
        assertThat(run.error).contains("failed to open the repository at fs://", "plakar at ./none create");
        assertThat(run.plakar("at", "./none", "server", "-listen", "nowhere")).isEqualTo(2);
        assertThat(run.error).contains("missing port");
        assertThat(run.plakar("at", "./none", "server", "-quota", "lots")).isEqualTo(2);
        assertThat(run.plakar("at", "./none", "server", "-cert", "c.pem")).isEqualTo(1);
        assertThat(run.error).contains("-cert and -key need each other");
        run.variables.put("PLAKAR_SERVER_TOKENS", "a:short");
        assertThat(run.plakar("at", "./none", "server")).isEqualTo(1);
        assertThat(run.error).contains("PLAKAR_SERVER_TOKENS: the token of client a has not 16 to 1024");
    }

    @Test
    void sizes_are_read_with_units_of_both_bases() {
        assertThat(Sizes.parse("0")).isZero();
        assertThat(Sizes.parse("1000")).isEqualTo(1000);
        assertThat(Sizes.parse("1000B")).isEqualTo(1000);
        assertThat(Sizes.parse("5k")).isEqualTo(5 * 1024);
        assertThat(Sizes.parse("5KB")).isEqualTo(5000);
        assertThat(Sizes.parse("2 TiB")).isEqualTo(2L << 40);
        for (String bad : List.of("", "-1", "1.5G", "GiB", "1XB", "1iB", "9EB9", "100EiB")) {
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> Sizes.parse(bad))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
