package io.plakar.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code mount -to http://…}: WebDAV with the real rclone, pages and ranges with a client of our own. */
@Timeout(600)
class MountOverHttpTest {
    @TempDir
    Path scratch;

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<PlakarProcess.Running> running = new ArrayList<>();
    private PlakarProcess plakar;
    private Path store;
    private Path source;

    @BeforeEach
    void prepare() throws Exception {
        plakar = PlakarProcess.in(scratch.resolve("home"));
        store = scratch.resolve("store");
        source = Files.createDirectories(scratch.resolve("source"));
        plakar.run("at", store.toString(), "create", "-plaintext").succeeded();
    }

    @AfterEach
    void endAll() throws Exception {
        for (PlakarProcess.Running run : running) {
            run.process().destroyForcibly().waitFor();
        }
    }

    private String backup() throws Exception {
        return plakar.run("at", store.toString(), "backup", source.toString())
                .succeeded()
                .snapshotId();
    }

    /** Where it serves. */
    private String serve(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of("at", store.toString(), "mount"));
        command.addAll(List.of(words));
        PlakarProcess.Running run = plakar.start(command.toArray(String[]::new));
        running.add(run);
        return firstLine(run, "info: HTTP serving at ");
    }

    private static String firstLine(PlakarProcess.Running run, String begin) throws Exception {
        for (int i = 0; i < 1200; i++) {
            String out = Files.readString(run.out());
            if (out.startsWith(begin) && out.endsWith("\n")) {
                return out.substring(begin.length()).strip();
            }
            if (run.process().waitFor(100, TimeUnit.MILLISECONDS)) {
                break;
            }
        }
        throw new AssertionError("it does not serve: " + run.await());
    }

    private HttpResponse<byte[]> ask(String method, String url, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url)).method(method, HttpRequest.BodyPublishers.noBody());
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), java.nio.charset.StandardCharsets.UTF_8);
    }

    private String rclone(String url, String... words) throws Exception {
        if (!Files.isExecutable(Path.of("/usr/bin/rclone"))) {
            System.err.println("SKIPPED: WebDAV with rclone: there is no /usr/bin/rclone");
            Assumptions.abort("no rclone");
        }
        return SourceTree.shell(
                scratch,
                "-c",
                "RCLONE_CONFIG=/dev/null RCLONE_WEBDAV_URL=\"$1\"; export RCLONE_CONFIG RCLONE_WEBDAV_URL; shift;"
                        + " exec /usr/bin/rclone \"$@\"",
                "sh",
                url,
                words[0],
                words.length > 1 ? words[1] : "",
                words.length > 2 ? words[2] : "--retries=1");
    }

    @Test
    void rclone_lists_copies_and_checks_a_snapshot() throws Exception {
        SplittableRandom random = new SplittableRandom(5);
        byte[] big = new byte[5_000_000];
        random.nextBytes(big);
        Files.write(source.resolve("big.bin"), big);
        Files.createDirectories(source.resolve("d e/ep #%&'<x>"));
        Files.writeString(source.resolve("d e/ep #%&'<x>/a o+?.txt"), "inside");
        Files.writeString(source.resolve("d e/\u00e4 \u00f6"), "inside");
        Files.writeString(source.resolve("empty"), "");
        Files.createSymbolicLink(source.resolve("loop"), Path.of("."));
        for (int i = 0; i < 300; i++) {
            Files.writeString(source.resolve("d e/file" + i), "file " + i);
        }
        backup();
        String url = serve("-to", "http://127.0.0.1:0", "latest");
        assertThat(rclone(url, "ls", ":webdav:").lines())
                .hasSize(304)
                .anyMatch(line -> line.strip().equals("5000000 big.bin"))
                .anyMatch(line -> line.strip().equals("6 d e/ep #%&'<x>/a o+?.txt"));
        rclone(url, "copy", ":webdav:", scratch.resolve("copied").toString());
        SourceTree.shell(scratch, "-c", "diff -r -x loop source copied");
        rclone(url, "check", ":webdav:", source.toString());
        assertThat(Files.getLastModifiedTime(scratch.resolve("copied/big.bin")).to(TimeUnit.SECONDS))
                .isEqualTo(Files.getLastModifiedTime(source.resolve("big.bin")).to(TimeUnit.SECONDS));
    }

    @Test
    void pages_ranges_conditions_and_refusals() throws Exception {
        byte[] content = new byte[3_000_000];
        new SplittableRandom(6).nextBytes(content);
        Files.write(source.resolve("data"), content);
        Files.createDirectories(source.resolve("sub"));
        Files.writeString(source.resolve("<script>.html"), "<b>hostile</b>");
        Files.createSymbolicLink(source.resolve("link"), Path.of("data"));
        String id = backup();
        String url = serve("-to", "http://127.0.0.1:0");

        HttpResponse<byte[]> root = ask("GET", url + "/");
        assertThat(text(root)).contains("<a href=\"./" + id.substring(0, 8) + "/\">");
        String directory = url + "/" + id.substring(0, 8) + source;
        assertThat(ask("GET", directory).statusCode()).isEqualTo(301);
        HttpResponse<byte[]> page = ask("GET", directory + "/");
        assertThat(text(page))
                .contains("./%3Cscript%3E.html", "&lt;script&gt;.html", "<a href=\"./sub/\">", "link</a> → data")
                .doesNotContain("<script>");
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("sandbox", "default-src 'none'");
        assertThat(ask("GET", url + "/" + id.substring(0, 6) + "/").statusCode())
                .isEqualTo(200);

        for (String name : List.of("/data", "/link")) {
            HttpResponse<byte[]> whole = ask("GET", directory + name);
            assertThat(whole.body()).isEqualTo(content);
            assertThat(ask("HEAD", directory + name).headers().firstValueAsLong("Content-Length"))
                    .hasValue(content.length);
            HttpResponse<byte[]> part = ask("GET", directory + name, "Range", "bytes=1999990-2000009");
            assertThat(part.statusCode()).isEqualTo(206);
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(content, 1_999_990, 2_000_010));
            assertThat(part.headers().firstValue("Content-Range")).hasValue("bytes 1999990-2000009/3000000");
            assertThat(ask("GET", directory + name, "Range", "bytes=3000000-").statusCode())
                    .isEqualTo(416);
            String tag = whole.headers().firstValue("ETag").orElseThrow();
            assertThat(ask("GET", directory + name, "If-None-Match", tag).statusCode())
                    .isEqualTo(304);
        }
        for (String method : List.of("PUT", "DELETE", "POST", "MKCOL", "MOVE", "COPY", "PROPPATCH", "LOCK")) {
            assertThat(ask(method, directory + "/data").statusCode()).as(method).isEqualTo(405);
        }
        HttpResponse<byte[]> options = ask("OPTIONS", directory + "/data");
        assertThat(options.headers().firstValue("DAV")).hasValue("1");
        assertThat(options.headers().firstValue("Allow")).hasValue("OPTIONS, GET, HEAD, PROPFIND");
        assertThat(ask("PROPFIND", url + "/", "Depth", "infinity").statusCode()).isEqualTo(403);
        HttpResponse<byte[]> one = ask("PROPFIND", directory + "/data", "Depth", "0");
        assertThat(one.statusCode()).isEqualTo(207);
        assertThat(text(one)).contains("<D:getcontentlength>3000000</D:getcontentlength>");
        for (String odd : List.of("/nothing", "/ffffffff/", "/" + id + "/..%2f..%2fetc/passwd")) {
            assertThat(ask("GET", url + odd).statusCode()).as(odd).isEqualTo(404);
        }
        for (String bad : List.of("/%00", "/%2e%2e/%2e%2e/etc", "/" + "a".repeat(20_000))) {
            assertThat(ask("GET", url + bad).statusCode()).as(bad).isEqualTo(400);
        }
        assertThat(ask("GET", url + "/", "Origin", "http://evil.example").statusCode())
                .isEqualTo(403);
    }

    @Test
    void a_token_is_asked_for_when_wanted() throws Exception {
        Files.writeString(source.resolve("file"), "x");
        backup();
        String token = "a-token-of-the-test-0815";
        plakar = plakar.with("PLAKAR_MOUNT_TOKEN", token);
        String url = serve("-to", "http://127.0.0.1:0", "latest");
        assertThat(ask("GET", url + "/file").statusCode()).isEqualTo(401);
        assertThat(ask("PROPFIND", url + "/", "Depth", "1").statusCode()).isEqualTo(401);
        assertThat(ask("GET", url + "/file", "Authorization", "Bearer wrong").statusCode())
                .isEqualTo(401);
        String basic = "Basic " + Base64.getEncoder().encodeToString(("any:" + token).getBytes());
        assertThat(ask("GET", url + "/file", "Authorization", basic).statusCode())
                .isEqualTo(200);
        assertThat(ask("GET", url + "/file", "Authorization", "Bearer " + token).statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_taken_port_is_told_with_the_next_free_one() throws Exception {
        backup();
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            Outcome outcome = plakar.run("at", store.toString(), "mount", "-to", "http://" + address)
                    .exitedWith(1);
            assertThat(outcome.err())
                    .matches("plakar: cannot listen on " + address + ": the port is in use\n"
                            + "hint: the next free one: -to http://127\\.0\\.0\\.1:\\d+\n");
        }
    }

    @Test
    void servers_end_well_on_a_signal() throws Exception {
        backup();
        for (String[] command : new String[][] {
            {"info: HTTP serving at ", "mount", "-to", "http://127.0.0.1:0"},
            {"launching webUI at ", "ui", "-no-spawn"},
            {"info: listening on ", "server", "-listen", "127.0.0.1:0"}
        }) {
            for (String signal : List.of("INT", "TERM")) {
                List<String> words = new ArrayList<>(List.of("at", store.toString()));
                words.addAll(Arrays.asList(command).subList(1, command.length));
                PlakarProcess.Running run = plakar.start(words.toArray(String[]::new));
                running.add(run);
                URI url = URI.create(firstLine(run, command[0]));
                assertThat(url.getPort()).isPositive();
                SourceTree.shell(
                        scratch, "-c", "kill -" + signal + " " + run.process().pid());
                run.await().exitedWith(0);
            }
        }
    }

    @Test
    void damage_breaks_the_download_and_is_never_a_short_one() throws Exception {
        Files.write(source.resolve("bad"), new byte[0]);
        byte[] content = new byte[9_000_000];
        new SplittableRandom(7).nextBytes(content);
        Files.write(source.resolve("bad"), content);
        plakar.run("at", scratch.resolve("raw").toString(), "create", "-plaintext", "-no-compression")
                .succeeded();
        store = scratch.resolve("raw");
        backup();
        MountTest.flip(store, Arrays.copyOfRange(content, 8_999_000, 8_999_064));
        String url = serve("-to", "http://127.0.0.1:0", "latest");
        assertThat(ask("GET", url + "/bad", "Range", "bytes=0-99").body()).isEqualTo(Arrays.copyOf(content, 100));
        assertThat(ask("GET", url + "/bad", "Range", "bytes=8999000-8999009").statusCode())
                .isEqualTo(500);
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> ask("GET", url + "/bad"))
                .isInstanceOf(IOException.class);
        assertThat(Files.readString(running.getLast().err())).contains("error: mount: GET /bad: chunk ");
    }
}
