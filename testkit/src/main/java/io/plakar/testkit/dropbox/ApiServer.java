package io.plakar.testkit.dropbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.plakar.testkit.dropbox.Node.Folder;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * HTTP on one side, routes on the other: counts the call, lets it fail if it shall, finds out who calls and what for, and writes the
 * answer. Safe for use by several threads.
 */
final class ApiServer implements HttpHandler {
    private static final int MAX_ARGUMENT_BYTES = 8 << 20;
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");
    /** Calls whose body is content; their argument is in a header. */
    private static final Set<String> CONTENT_ROUTES = Set.of(
            "files/download",
            "files/upload",
            "files/upload_session/start",
            "files/upload_session/append_v2",
            "files/upload_session/finish");

    private static final String LONGPOLL = "files/list_folder/longpoll";

    private final List<DropboxAccount> accounts;
    private final Tokens tokens;
    private final OAuth oauth;
    private final FileRoutes files;
    private final Map<String, Route> routes = new HashMap<>();
    private final Faults faults;
    private final Calls calls;

    ApiServer(List<DropboxAccount> accounts, Tokens tokens, OAuth oauth, FileRoutes files, Faults faults, Calls calls) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.oauth = oauth;
        this.files = files;
        this.faults = faults;
        this.calls = calls;
        files.addTo(routes);
        new UserRoutes(tokens, accounts).addTo(routes);
        new SharingRoutes().addTo(routes);
    }

    /** One call on its way through: what is known of it so far. */
    private static final class Passage {
        final HttpExchange exchange;
        final String route;
        final boolean content;
        String argument = "";

        @Nullable
        Fault fault;

        byte @Nullable [] body;

        /** How long the caller is told to wait. */
        Duration wait = Duration.ZERO;

        int status;

        Passage(HttpExchange exchange, String route) {
            this.exchange = exchange;
            this.route = route;
            this.content = CONTENT_ROUTES.contains(route);
        }

        @Nullable
        String header(String name) {
            return exchange.getRequestHeaders().getFirst(name);
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            String route = path.replaceFirst("^/[0-9]+/", "").replaceFirst("^/", "");
            Passage passage = new Passage(exchange, route);
            calls.began(route);
            try {
                pass(passage);
            } finally {
                String range = passage.header("Range");
                calls.ended(new Calls.Call(route, passage.argument, range == null ? "" : range, passage.status));
            }
        }
    }

    private void pass(Passage passage) throws IOException {
        pause(faults.latency());
        String token = token(passage);
        DropboxAccount account = null;
        ApiError unauthorized = null;
        try {
            account = tokens.byAccess(token);
            faults.arrived(account.id(), passage.route, words(passage));
        } catch (ApiError e) {
            unauthorized = e;
        }
        passage.fault = faults.forCall(passage.route);
        if (passage.fault instanceof Fault.DroppedConnection) {
            return;
        }
        try {
            failIfItShall(passage);
            Reply reply = answer(passage, account, unauthorized);
            if (!(passage.fault instanceof Fault.LostAnswer)) {
                send(passage, reply);
            }
        } catch (ApiError e) {
            // A client that is still sending would not see an answer before its end.
            passage.exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
            if (account != null && passage.wait.isPositive()) {
                faults.told(account.id(), passage.wait, passage.route, words(passage));
            }
            if (!(passage.fault instanceof Fault.LostAnswer)) {
                send(passage, e);
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String token(Passage passage) {
        String authorization = passage.header("Authorization");
        return authorization != null && authorization.startsWith("Bearer ")
                ? authorization.substring("Bearer ".length())
                : "";
    }

    private static void failIfItShall(Passage passage) throws ApiError {
        if (passage.fault instanceof Fault.TooManyRequests fault) {
            refuse(passage, "too_many_requests", fault.retryAfter());
        } else if (passage.fault instanceof Fault.TooManyWriteOperations fault) {
            refuse(passage, "too_many_write_operations", fault.retryAfter());
        } else if (passage.fault instanceof Fault.ServerError fault) {
            throw ApiError.plain(fault.status(), "the server has an error");
        }
    }

    private static void refuse(Passage passage, String reason, Duration retryAfter) throws ApiError {
        // The header has whole seconds.
        long seconds = Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
        passage.wait = Duration.ofSeconds(seconds);
        passage.exchange.getResponseHeaders().set("Retry-After", String.valueOf(seconds));
        ObjectNode error = Json.object();
        error.set("reason", Json.tag(reason));
        error.put("retry_after", seconds);
        throw ApiError.of(429, reason, error);
    }

    private Reply answer(Passage passage, @Nullable DropboxAccount account, @Nullable ApiError unauthorized)
            throws ApiError, IOException {
        String host = host(passage);
        if (passage.route.equals("oauth2/token")) {
            String form = new String(read(passage), StandardCharsets.UTF_8);
            return oauth.token(OAuth.fields(form), passage.header("Authorization"));
        }
        if (passage.route.equals("oauth2/authorize")) {
            return oauth.authorize(OAuth.fields(passage.exchange.getRequestURI().getRawQuery()));
        }
        if (passage.route.startsWith("apitl/1/")) {
            Reply link = files.temporary(passage.route.substring("apitl/1/".length()));
            if (link == null) {
                throw ApiError.plain(410, "the link has expired");
            }
            return link;
        }
        boolean longpoll = passage.route.equals(LONGPOLL);
        Route route = routes.get(passage.route);
        if (route == null && !longpoll) {
            throw ApiError.plain(404, "Unknown API function: \"" + passage.route + "\"");
        }
        String right = longpoll ? "notify" : passage.content ? "content" : "api";
        if (!host.equals(right + ".dropboxapi.com")) {
            throw ApiError.malformed(
                    passage.route, "You are attempting to use the hostname \"" + host + "\". Use \"" + right + "\".");
        }
        if (longpoll) {
            return files.longpoll(accounts, new Arguments(passage.route, argument(passage)));
        }
        if (account == null) {
            throw unauthorized == null ? ApiError.unauthorized("invalid_access_token") : unauthorized;
        }
        Caller caller = caller(passage, account);
        Arguments arguments = new Arguments(passage.route, argument(passage));
        InputStream body = passage.content ? passage.exchange.getRequestBody() : InputStream.nullInputStream();
        return Objects.requireNonNull(route).answer(new Request(caller, arguments, body, calls::uploaded));
    }

    private static String host(Passage passage) {
        String host = passage.header("Host");
        return host == null ? "" : host.replaceFirst(":\\d+$", "").toLowerCase(Locale.ROOT);
    }

    /** The argument as it was sent, to tell calls from one another. */
    private static String words(Passage passage) throws IOException {
        String header = passage.header("Dropbox-API-Arg");
        if (passage.content) {
            return header == null ? "" : header;
        }
        return new String(body(passage), StandardCharsets.UTF_8);
    }

    private static byte[] body(Passage passage) throws IOException {
        byte[] body = passage.body;
        if (body == null) {
            body = passage.exchange.getRequestBody().readNBytes(MAX_ARGUMENT_BYTES);
            passage.body = body;
        }
        return body;
    }

    private static byte[] read(Passage passage) throws IOException, ApiError {
        byte[] body = body(passage);
        if (body.length == MAX_ARGUMENT_BYTES) {
            throw ApiError.malformed(passage.route, "request body is too large");
        }
        return body;
    }

    private static JsonNode argument(Passage passage) throws IOException, ApiError {
        String text;
        if (passage.content) {
            text = passage.header("Dropbox-API-Arg");
            if (text == null) {
                text = OAuth.fields(passage.exchange.getRequestURI().getRawQuery())
                        .get("arg");
            } else if (text.chars().anyMatch(c -> c >= 0x7F)) {
                throw ApiError.malformed(passage.route, "HTTP header \"Dropbox-API-Arg\": must be ASCII");
            }
        } else {
            text = new String(read(passage), StandardCharsets.UTF_8);
            String type = passage.header("Content-Type");
            if (!text.isEmpty() && (type == null || !type.startsWith("application/json"))) {
                throw ApiError.malformed(passage.route, "Bad HTTP \"Content-Type\" header: \"" + type + "\".");
            }
        }
        if (text == null || text.isEmpty()) {
            return Json.object();
        }
        try {
            JsonNode json = Json.parse(text);
            passage.argument = Json.ascii(json);
            if (json.isObject()) {
                return json;
            }
            if (json.isNull()) {
                return Json.object();
            }
        } catch (JacksonException e) {
            throw ApiError.malformed(passage.route, "request body: could not decode input as JSON");
        }
        throw ApiError.malformed(passage.route, "request body: expected object");
    }

    private Caller caller(Passage passage, DropboxAccount owner) throws ApiError {
        DropboxAccount account = owner;
        String member = passage.header("Dropbox-API-Select-User");
        if (member != null) {
            account = accounts.stream()
                    .filter(each -> each.memberId().equals(member) && each.tree() == owner.tree())
                    .findFirst()
                    .orElseThrow(() -> ApiError.unauthorized("invalid_select_user"));
        }
        String header = passage.header("Dropbox-API-Path-Root");
        boolean contended = passage.fault instanceof Fault.WriteContention;
        if (header == null) {
            return new Caller(account, account.home(), contended);
        }
        JsonNode root;
        try {
            root = Json.parse(header);
        } catch (JacksonException e) {
            throw ApiError.malformed(passage.route, "HTTP header \"Dropbox-API-Path-Root\": could not decode");
        }
        return new Caller(account, base(account, root), contended);
    }

    private static Folder base(DropboxAccount account, JsonNode root) throws ApiError {
        switch (root.path(".tag").asString("")) {
            case "home" -> {
                return account.home();
            }
            case "root" -> {
                if (account.rootNamespace().equals(root.path("root").asString(""))) {
                    return account.tree().root();
                }
                ObjectNode error = Json.tag("invalid_root");
                ObjectNode now = Json.tag(account.team() == null ? "user" : "team")
                        .put("root_namespace_id", account.rootNamespace())
                        .put("home_namespace_id", account.homeNamespace());
                if (account.team() != null) {
                    now.put("home_path", account.homePath());
                }
                error.set("invalid_root", now);
                throw ApiError.of(422, "invalid_root", error);
            }
            case "namespace_id" -> {
                Folder folder = account.namespace(root.path("namespace_id").asString(""));
                if (folder != null) {
                    return folder;
                }
                throw ApiError.of(422, "no_permission", Json.tag("no_permission"));
            }
            default -> throw ApiError.of(422, "other", Json.tag("other"));
        }
    }

    private static void send(Passage passage, ApiError error) throws IOException {
        JsonNode json = error.json();
        byte[] body = json == null ? error.summary().getBytes(StandardCharsets.UTF_8) : Json.bytes(json);
        send(passage, error.status(), json == null ? "text/plain; charset=utf-8" : "application/json", body);
    }

    private static void send(Passage passage, int status, String type, byte[] body) throws IOException {
        passage.exchange.getResponseHeaders().set("Content-Type", type);
        passage.status = status;
        passage.exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        passage.exchange.getResponseBody().write(body);
    }

    private void send(Passage passage, Reply reply) throws IOException {
        switch (reply) {
            case Reply.Value value -> send(passage, 200, "application/json", Json.bytes(value.json()));
            case Reply.Bytes bytes -> send(passage, bytes);
            case Reply.Redirect redirect -> {
                passage.exchange.getResponseHeaders().set("Location", redirect.location());
                passage.status = 302;
                passage.exchange.sendResponseHeaders(302, -1);
            }
        }
    }

    private void send(Passage passage, Reply.Bytes bytes) throws IOException {
        HttpExchange exchange = passage.exchange;
        long size = bytes.content().size();
        long from = 0;
        long end = size;
        String range = passage.header("Range");
        Matcher asked = range == null ? null : RANGE.matcher(range);
        passage.status = 200;
        if (asked != null && asked.matches() && asked.end(1) + asked.end(2) > asked.start(1) + asked.start(2)) {
            if (asked.group(1).isEmpty()) {
                from = Math.max(0, size - Long.parseLong(asked.group(2)));
            } else {
                from = Long.parseLong(asked.group(1));
                end = asked.group(2).isEmpty() ? size : Math.min(size, Long.parseLong(asked.group(2)) + 1);
            }
            if (from >= end) {
                exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
                send(passage, 416, "text/plain; charset=utf-8", new byte[0]);
                return;
            }
            passage.status = 206;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (end - 1) + "/" + size);
        }
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
        exchange.getResponseHeaders().set("ETag", "W/\"" + bytes.rev() + "\"");
        exchange.getResponseHeaders().set("Dropbox-API-Result", Json.ascii(bytes.result()));
        long length = end - from;
        if (passage.fault instanceof Fault.TruncatedBody && length == 0) {
            return;
        }
        exchange.sendResponseHeaders(passage.status, length == 0 ? -1 : length);
        long told = passage.fault instanceof Fault.TruncatedBody ? length / 2 : length;
        try (InputStream in = bytes.content().open(from)) {
            copy(in, exchange.getResponseBody(), told);
        }
    }

    private void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[(int) Math.min(1 << 16, Math.max(1, length))];
        long left = length;
        while (left > 0) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new IOException("a content is shorter than it was");
            }
            out.write(buffer, 0, n);
            calls.downloaded(n);
            left -= n;
        }
        out.flush();
    }
}
