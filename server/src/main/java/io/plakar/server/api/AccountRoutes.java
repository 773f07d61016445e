package io.plakar.server.api;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * The account service and the catalogue of connectors (http-api §1.7.13 to §1.7.15). Without a service that the user
 * named, nothing leaves the machine and everybody is a guest. Safe for many threads.
 */
final class AccountRoutes {
    private static final int LARGEST_BODY = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String PROXY = "/api/proxy";
    private static final ObjectMapper READER = JsonMapper.builder().build();

    private final Account account;
    private final UiSettings settings;
    private final @Nullable HttpClient client;

    AccountRoutes(Account account, UiSettings settings) {
        this.account = account;
        this.settings = settings;
        this.client = settings.accountService() == null
                ? null
                : HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    }

    private HttpClient client() throws ApiError {
        if (client == null) {
            throw ApiError.notAuthorized("no account service is configured (PLAKAR_SERVICE_ENDPOINT)");
        }
        return client;
    }

    private HttpResponse<byte[]> ask(Exchange exchange, String method, String path, byte[] body)
            throws ApiError, IOException, InterruptedException {
        HttpRequest.Builder request;
        try {
            request = HttpRequest.newBuilder(URI.create(settings.accountService() + path));
        } catch (IllegalArgumentException e) {
            throw new IOException("not a service: " + settings.accountService(), e);
        }
        request.timeout(PATIENCE)
                .header(
                        "User-Agent",
                        settings.version() + " (" + settings.operatingSystem() + "/" + settings.architecture() + ")")
                .header("Accept", "application/json")
                .header("X-Real-IP", exchange.peer())
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body));
        account.token().ifPresent(token -> request.header("Authorization", "Bearer " + token));
        return client().send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    /** Hands a request on to the service, and its answer back. */
    void forward(Exchange exchange) throws ApiError, IOException, InterruptedException {
        client();
        String query = exchange.rawQuery();
        String path = exchange.rawPath().substring(PROXY.length()) + (query == null ? "" : "?" + query);
        HttpResponse<byte[]> answer =
                ask(exchange, exchange.isHead() ? "GET" : exchange.method(), path, exchange.body(LARGEST_BODY));
        exchange.status(answer.statusCode());
        exchange.type(answer.headers().firstValue("Content-Type").orElse(Exchange.JSON));
        exchange.send(answer.body());
    }

    void alerting(Exchange exchange) throws ApiError, IOException, InterruptedException {
        if (client == null || account.token().isEmpty()) {
            needsLogin(exchange);
            return;
        }
        JsonNode state = read(ask(exchange, "GET", "/v1/account/services/alerting", new byte[0]));
        JsonNode configuration = read(ask(exchange, "GET", "/v1/account/services/alerting/configuration", new byte[0]));
        showAlerting(
                exchange,
                state.path("enabled").asBoolean(false),
                configuration.path("report.email").asString("").equals("true"));
    }

    void setAlerting(Exchange exchange) throws ApiError, IOException, InterruptedException {
        if (client == null || account.token().isEmpty()) {
            needsLogin(exchange);
            return;
        }
        JsonNode wanted = DownloadRoutes.parse(exchange.body(LARGEST_BODY));
        boolean enabled = wanted.path("enabled").asBoolean(false);
        boolean mail = wanted.path("email_report").asBoolean(false);
        accepted(ask(exchange, "PUT", "/v1/account/services/alerting", json("{\"enabled\":" + enabled + "}")));
        accepted(ask(
                exchange,
                "PUT",
                "/v1/account/services/alerting/configuration",
                json("{\"report.email\":\"" + mail + "\"}")));
        showAlerting(exchange, enabled, mail);
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void accepted(HttpResponse<byte[]> answer) throws IOException {
        if (answer.statusCode() / 100 != 2) {
            throw new IOException("the account service answered " + answer.statusCode());
        }
    }

    private static JsonNode read(HttpResponse<byte[]> answer) throws IOException {
        accepted(answer);
        try {
            return READER.readTree(answer.body());
        } catch (JacksonException e) {
            throw new IOException("the account service did not answer in JSON", e);
        }
    }

    private static void showAlerting(Exchange exchange, boolean enabled, boolean mail) throws IOException {
        exchange.json(json -> {
            json.writeStartObject();
            json.writeBooleanProperty("enabled", enabled);
            json.writeBooleanProperty("email_report", mail);
            json.writeEndObject();
        });
    }

    private static void needsLogin(Exchange exchange) throws IOException {
        exchange.status(401);
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("error", "authorization_error");
            json.writeStringProperty("message", "Authorization required");
            json.writeEndObject();
        });
    }

    /** Begins a login; the page to open is in the answer. */
    void logIn(Exchange exchange) throws ApiError, IOException, InterruptedException {
        client();
        String path = exchange.rawPath();
        byte[] body = exchange.body(LARGEST_BODY);
        JsonNode answer = read(
                ask(exchange, "POST", "/v1/auth/login/" + path.substring(path.lastIndexOf('/') + 1), checked(body)));
        String poll = answer.path("poll_id").asString("");
        if (poll.matches("[A-Za-z0-9_-]+")) {
            Thread.ofVirtual().name("login").start(() -> awaitLogin(exchange.peer(), poll));
        }
        String url = answer.path("URL").asString("");
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("URL", url);
            json.writeEndObject();
        });
    }

    private static byte[] checked(byte[] body) throws IOException {
        try {
            READER.readTree(body);
            return body;
        } catch (JacksonException e) {
            throw new IOException("the body is not JSON", e);
        }
    }

    /** Asks now and then whether the user has logged in. */
    private void awaitLogin(String peer, String poll) {
        try {
            for (int i = 0; i < 10; i++) {
                Thread.sleep(Duration.ofSeconds(5));
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create(settings.accountService() + "/v1/auth/poll/" + poll))
                        .timeout(PATIENCE)
                        .header("X-Real-IP", peer)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build();
                HttpResponse<byte[]> answer = client().send(request, HttpResponse.BodyHandlers.ofByteArray());
                if (answer.statusCode() == 200) {
                    account.logIn(read(answer).path("token").asString(""));
                    return;
                }
                if (answer.statusCode() != 202) {
                    return;
                }
            }
        } catch (IOException | ApiError e) {
            settings.log().accept("the login failed: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void logOut(Exchange exchange) throws IOException {
        account.logOut();
        exchange.type(Exchange.JSON);
        exchange.send(new byte[0]);
    }

    /** There is no catalogue: connectors come with the program. */
    void integrations(Exchange exchange) throws ApiError, IOException {
        exchange.query().offset();
        exchange.query().limit();
        exchange.list(0, json -> {});
    }

    void integration(Exchange exchange) throws ApiError {
        throw new ApiError(404, ApiError.NOT_FOUND, "integration not found");
    }

    void integrationFile(Exchange exchange) throws IOException {
        throw new IOException("integrations have no files");
    }

    void install(Exchange exchange) throws IOException {
        String message;
        try {
            DownloadRoutes.parse(exchange.body(LARGEST_BODY));
            message = "install command failed: authorization required";
        } catch (ApiError e) {
            ApiError.Fault fault = e.parameters().get("BODY");
            message = "failed to decode request body: " + (fault == null ? e.text() : fault.message());
        }
        report(exchange, "pkg_install", "failed", message);
    }

    /** What is not installed is gone already. */
    void uninstall(Exchange exchange) throws ApiError, IOException {
        report(exchange, "pkg_uninstall", "ok", "plugin \"" + exchange.lastPart() + "\" uninstalled successfully");
    }

    private void report(Exchange exchange, String type, String status, String message) throws IOException {
        Instant now = settings.clock().instant();
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("type", type);
            json.writeStringProperty("status", status);
            json.writeStringProperty("started_at", JsonBody.time(now));
            json.writeStringProperty("finished_at", "0001-01-01T00:00:00Z");
            json.writeArrayPropertyStart("messages");
            json.writeStartObject();
            json.writeStringProperty("date", JsonBody.time(now));
            json.writeStringProperty("message", message);
            json.writeEndObject();
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
