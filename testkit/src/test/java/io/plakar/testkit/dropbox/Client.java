package io.plakar.testkit.dropbox;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.databind.JsonNode;

/** Calls the emulator as any program would: through its proxy, trusting its certificate alone. */
final class Client {
    private final HttpClient http;
    final Map<String, String> headers = new HashMap<>();

    Client(DropboxEmulator dropbox, String accessToken) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(dropbox.certificate())) {
            trusted.setCertificateEntry(
                    "emulator", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        http = HttpClient.newBuilder()
                .proxy(ProxySelector.of(dropbox.proxy()))
                .sslContext(context)
                .build();
        token(accessToken);
    }

    void token(String accessToken) {
        headers.put("Authorization", "Bearer " + accessToken);
    }

    /** What came back. */
    record Answer(int status, HttpResponse<byte[]> response) {
        String text() {
            return new String(response.body(), StandardCharsets.UTF_8);
        }

        JsonNode json() {
            return Json.parse(response.body());
        }

        String summary() {
            return json().path("error_summary").asString("").replaceFirst("/[.]*$", "");
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }
    }

    Answer send(String host, String path, BodyPublisher body, Map<String, String> more)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("https://" + host + path)).POST(body);
        headers.forEach(request::setHeader);
        more.forEach(request::setHeader);
        HttpResponse<byte[]> response = http.send(request.build(), BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), response);
    }

    Answer get(String url) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        return new Answer(response.statusCode(), response);
    }

    Answer rpc(String route, String argument) throws IOException, InterruptedException {
        if (argument.isEmpty()) {
            return send("api.dropboxapi.com", "/2/" + route, BodyPublishers.noBody(), Map.of());
        }
        return send(
                "api.dropboxapi.com",
                "/2/" + route,
                BodyPublishers.ofString(argument),
                Map.of("Content-Type", "application/json"));
    }

    /** A call that must succeed. */
    JsonNode ok(String route, String argument) throws IOException, InterruptedException {
        Answer answer = rpc(route, argument);
        if (answer.status() != 200) {
            throw new AssertionError(route + " " + argument + ": " + answer.status() + " " + answer.text());
        }
        return answer.json();
    }

    Answer content(String route, String argument, byte[] body) throws IOException, InterruptedException {
        return content(route, argument, BodyPublishers.ofByteArray(body), Map.of());
    }

    Answer content(String route, String argument, BodyPublisher body, Map<String, String> more)
            throws IOException, InterruptedException {
        Map<String, String> all = new HashMap<>(more);
        all.put("Dropbox-API-Arg", Json.ascii(Json.parse(argument)));
        all.put("Content-Type", "application/octet-stream");
        return send("content.dropboxapi.com", "/2/" + route, body, all);
    }

    Answer download(String path, String range) throws IOException, InterruptedException {
        Map<String, String> more = range.isEmpty() ? Map.of() : Map.of("Range", range);
        return content("files/download", "{\"path\":\"" + path + "\"}", BodyPublishers.noBody(), more);
    }
}
