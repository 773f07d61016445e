package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.cli.Invocation;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;

/** Reads what an import is given: a file, an address, or standard input. */
final class ImportInput {
    private static final int MAX_BYTES = 16 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private ImportInput() {}

    static String read(Invocation invocation) throws Failure {
        String from = invocation.options().value("config");
        try {
            if (from == null) {
                return text(invocation.surroundings().standardInput(), "standard input");
            }
            if (from.startsWith("http://") || from.startsWith("https://")) {
                return fetch(from);
            }
            try (InputStream file = Files.newInputStream(
                    invocation.surroundings().workingDirectory().resolve(from))) {
                return text(file, from);
            }
        } catch (IOException e) {
            throw new Failure(
                    ExitCode.FAILURE,
                    from == null
                            ? "failed to read standard input: " + SystemMessages.of(e)
                            : "failed to open file \"" + from + "\": open " + from + ": " + SystemMessages.of(e),
                    "",
                    e);
        }
    }

    private static String fetch(String address) throws Failure, IOException {
        try (HttpClient client = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .connectTimeout(TIMEOUT)
                .build()) {
            HttpResponse<InputStream> response = client.send(
                    HttpRequest.newBuilder(URI.create(address)).timeout(TIMEOUT).build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                if (response.statusCode() != 200) {
                    throw new Failure(
                            ExitCode.FAILURE, "failed to fetch " + address + ": HTTP status " + response.statusCode());
                }
                return text(body, address);
            }
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.FAILURE, "failed to fetch " + address + ": this is no address", "", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.FAILURE, "interrupted", "", e);
        }
    }

    private static String text(InputStream in, String name) throws IOException, Failure {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new Failure(ExitCode.FAILURE, "failed to load config: " + name + " is larger than 16 MiB");
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
