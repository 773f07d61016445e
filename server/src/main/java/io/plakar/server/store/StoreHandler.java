package io.plakar.server.store;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import io.plakar.server.ListenAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Answers every request (the table is in the package's description). Safe for many threads; each request has a virtual
 * one of its own, so that it may wait for its client and for the store.
 */
final class StoreHandler extends Handler.Abstract {
    private static final String OURS = "Plakar-Store";
    private static final String REASON = "Plakar-Reason";
    private static final String GO = "Go-http-client/";
    private static final String BINARY = "application/octet-stream";
    private static final int LARGEST_CONFIG = 1 << 20;
    private static final int PIECE = 256 << 10;

    /** Of a body nobody wants, so much is read that its sender gets to hear why. */
    private static final long DRAINED = 128 << 20;

    private static final long DRAINED_FROM_STRANGERS = 1 << 20;

    private final StoreConnector store;
    private final StoreServer.Settings settings;
    private final Upload upload;
    private final Quota quota;
    private final boolean loopback;
    private final AtomicBoolean creating = new AtomicBoolean();

    StoreHandler(StoreConnector store, StoreServer.Settings settings, Quota quota, boolean loopback) {
        this.store = store;
        this.settings = settings;
        this.quota = quota;
        this.upload = new Upload(store, quota);
        this.loopback = loopback;
    }

    /** One request and its answer. */
    private record Exchange(Request request, Response response, String method, boolean plakar) {
        boolean reads() {
            return method.equals("GET") || method.equals("HEAD");
        }

        boolean lengthOnly() {
            return method.equals("HEAD");
        }

        @Nullable
        String header(String name) {
            return request.getHeaders().get(name);
        }

        AnswerBody body(String type) {
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
            return new AnswerBody(response, lengthOnly());
        }

        void done() throws IOException {
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
            Content.Sink.write(response, true, ByteBuffer.allocate(0));
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String agent = request.getHeaders().get(HttpHeader.USER_AGENT);
        Exchange exchange = new Exchange(request, response, request.getMethod(), agent != null && agent.startsWith(GO));
        response.setStatus(200);
        response.getHeaders().put(OURS, "1");
        String who = "?";
        try {
            try {
                Clients.Client client = admit(exchange);
                who = client.name();
                serve(exchange, Target.of(request.getHttpURI().getPath()), client.rights());
            } catch (ConnectorException e) {
                settings.failures().accept(line(exchange, who) + ": " + e.getMessage());
                refuse(exchange, translate(exchange, e), who);
            } catch (Refusal e) {
                refuse(exchange, e, who);
            }
            settings.requests().accept(line(exchange, who) + " " + response.getStatus());
            callback.succeeded();
        } catch (Upload.Interrupted e) {
            settings.requests().accept(line(exchange, who) + " broke off");
            callback.failed(e);
        } catch (IOException | RuntimeException | Error e) {
            if (!(e instanceof IOException)) {
                settings.failures().accept(line(exchange, who) + ": " + e);
            }
            // Half an answer must not look like a whole one.
            callback.failed(e);
        }
        return true;
    }

    private static String line(Exchange exchange, String who) {
        return who + " " + exchange.method() + " "
                + exchange.request().getHttpURI().getPath();
    }

    /** Who asks. */
    private Clients.Client admit(Exchange exchange) throws Refusal {
        if (exchange.header("Origin") != null || exchange.header("Sec-Fetch-Site") != null) {
            throw new Refusal(403, "this is not for browsers", Reason.DENIED);
        }
        if (loopback
                && !settings.clients().haveTokens()
                && !ListenAddress.meansThisMachine(Request.getServerName(exchange.request()))) {
            throw new Refusal(403, "this server is for clients on its own machine", Reason.DENIED);
        }
        Clients.Client client = settings.clients().find(exchange.header("Authorization"));
        if (client == null) {
            throw new Refusal(401, "missing or unknown token", Reason.DENIED).with("WWW-Authenticate", "Bearer");
        }
        return client;
    }

    private void serve(Exchange exchange, Target target, Rights rights) throws Refusal, IOException {
        switch (target) {
            case Target.Health ignored -> health(exchange);
            case Target.Configuration configuration -> configuration(exchange, configuration, rights);
            case Target.Listing listing -> list(exchange, listing);
            case Target.Item item -> item(exchange, item, rights);
        }
    }

    private static void health(Exchange exchange) throws Refusal, IOException {
        if (!exchange.reads()) {
            throw Refusal.method("GET, HEAD");
        }
        AnswerBody body = exchange.body("text/plain; charset=utf-8");
        body.write("ok\n".getBytes(StandardCharsets.US_ASCII));
        body.finish();
    }

    private void configuration(Exchange exchange, Target.Configuration target, Rights rights)
            throws Refusal, IOException {
        if (exchange.method().equals("PUT") && target.root() && settings.allowCreate()) {
            create(exchange, rights);
            return;
        }
        if (!exchange.reads()) {
            throw Refusal.method("GET, HEAD");
        }
        byte[] config = store.open();
        AnswerBody body = exchange.body(BINARY);
        body.write(config);
        body.finish();
    }

    private void create(Exchange exchange, Rights rights) throws Refusal, IOException {
        if (!rights.include(Rights.APPEND)) {
            throw new Refusal(403, "not allowed to write", Reason.READ_ONLY);
        }
        byte[] config = Content.Source.asInputStream(exchange.request()).readNBytes(LARGEST_CONFIG + 1);
        if (config.length == 0 || config.length > LARGEST_CONFIG) {
            throw new Refusal(400, "not a configuration", Reason.INVALID);
        }
        if (!creating.compareAndSet(false, true)) {
            throw new Refusal(412, "the store is just being made", Reason.EXISTS);
        }
        try {
            store.create(config);
        } finally {
            creating.set(false);
        }
        exchange.done();
    }

    private void list(Exchange exchange, Target.Listing target) throws Refusal, IOException {
        if (!exchange.reads()) {
            throw Refusal.method("GET, HEAD");
        }
        Resource resource = Target.resource(target.kind());
        AnswerBody body = exchange.body("application/json");
        boolean[] any = new boolean[1];
        try {
            store.list(resource, name -> {
                try {
                    body.write(((any[0] ? ",\"" : "[\"") + name.toHex() + "\"").getBytes(StandardCharsets.US_ASCII));
                    any[0] = true;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException("the client went away", e);
        }
        body.write((any[0] ? "]\n" : "[]\n").getBytes(StandardCharsets.US_ASCII));
        body.finish();
    }

    private void item(Exchange exchange, Target.Item item, Rights rights) throws Refusal, IOException {
        switch (exchange.method()) {
            case "GET", "HEAD" -> {
                Resource resource = Target.resource(item.kind());
                get(exchange, resource, item.mac());
            }
            case "PUT" -> {
                Resource resource = Target.resource(item.kind());
                put(exchange, resource, item.mac(), rights);
            }
            case "DELETE" -> {
                boolean lock = item.kind().equals("locks") && rights.include(Rights.APPEND);
                if (!lock && !rights.include(Rights.DELETE)) {
                    throw new Refusal(403, "not allowed to delete", Reason.DENIED);
                }
                Resource resource = Target.resource(item.kind());
                store.delete(resource, item.mac());
                quota.shrunk();
                exchange.done();
            }
            default -> throw Refusal.method("DELETE, GET, HEAD, PUT");
        }
    }

    private void put(Exchange exchange, Resource resource, Mac name, Rights rights) throws Refusal, IOException {
        if (!rights.include(Rights.APPEND)) {
            throw new Refusal(403, "not allowed to write", Reason.READ_ONLY);
        }
        Upload.Existing existing;
        if ("*".equals(exchange.header("If-None-Match"))) {
            existing = Upload.Existing.REFUSE;
        } else if (resource == Resource.LOCK || rights.include(Rights.DELETE)) {
            existing = Upload.Existing.REPLACE;
        } else {
            existing = Upload.Existing.KEEP_EQUAL;
        }
        // Not closed: a refusal is heard only when the rest of the body is taken too.
        InputStream body = Content.Source.asInputStream(exchange.request());
        upload.take(resource, name, body, exchange.request().getLength(), existing);
        exchange.done();
    }

    private void get(Exchange exchange, Resource resource, Mac name) throws Refusal, IOException {
        String header = exchange.header("Range");
        RequestedRange range = null;
        if (header != null) {
            range = exchange.plakar() ? RequestedRange.ofPlakar(header) : RequestedRange.ofHttp(header);
        }
        if (range != null) {
            part(exchange, resource, name, range);
            return;
        }
        AnswerBody body = exchange.body(BINARY);
        try (InputStream in = store.get(resource, name)) {
            byte[] piece = new byte[64 << 10];
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                body.write(piece, 0, count);
            }
        }
        body.finish();
    }

    private void part(Exchange exchange, Resource resource, Mac name, RequestedRange range)
            throws Refusal, IOException {
        long start = range.start();
        if (resource == Resource.PACKFILE) {
            ByteBuffer first = ByteBuffer.allocate((int) Math.min(PIECE, range.length()));
            try {
                // The last byte first: when it is there, all are, and the length is known.
                if (range.length() > PIECE) {
                    store.read(name, start + range.length() - 1, ByteBuffer.allocate(1));
                }
                store.read(name, start, first);
                begin(exchange, start, range.length(), "*");
                sendPart(exchange, name, start, range.length(), first.flip());
                return;
            } catch (ConnectorException e) {
                if (e.reason() != Reason.MALFORMED || exchange.response().isCommitted()) {
                    throw e;
                }
            }
        }
        // The range goes beyond the end, or the object is none of those that are read in parts.
        long total;
        try (InputStream in = store.get(resource, name)) {
            total = in.transferTo(OutputStream.nullOutputStream());
        }
        long length = Math.clamp(total - start, 0, range.length());
        if (length == 0 && !exchange.plakar()) {
            throw new Refusal(416, "there are only " + total + " bytes").with("Content-Range", "bytes */" + total);
        }
        begin(exchange, start, length, Long.toString(total));
        try (InputStream in = store.get(resource, name)) {
            in.skipNBytes(Math.min(start, total));
            Pace pace = new Pace();
            long left = exchange.lengthOnly() ? 0 : length;
            byte[] piece = new byte[64 << 10];
            while (left > 0) {
                int count = in.readNBytes(piece, 0, (int) Math.min(piece.length, left));
                if (count == 0) {
                    throw new IOException("the object became shorter while it was sent");
                }
                left -= count;
                Content.Sink.write(exchange.response(), false, ByteBuffer.wrap(piece, 0, count));
                pace.moved(count);
            }
        }
        Content.Sink.write(exchange.response(), true, ByteBuffer.allocate(0));
    }

    private static void begin(Exchange exchange, long start, long length, String total) {
        Response response = exchange.response();
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, BINARY);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        if (!exchange.plakar()) {
            response.setStatus(206);
            response.getHeaders()
                    .put(HttpHeader.CONTENT_RANGE, "bytes " + start + "-" + (start + length - 1) + "/" + total);
        }
    }

    private void sendPart(Exchange exchange, Mac name, long start, long length, ByteBuffer first) throws IOException {
        Pace pace = new Pace();
        long sent = first.remaining();
        if (!exchange.lengthOnly()) {
            Content.Sink.write(exchange.response(), false, first);
            while (sent < length) {
                ByteBuffer next = ByteBuffer.allocate((int) Math.min(PIECE, length - sent));
                store.read(name, start + sent, next);
                sent += next.flip().remaining();
                Content.Sink.write(exchange.response(), false, next);
                pace.moved(next.capacity());
            }
        }
        Content.Sink.write(exchange.response(), true, ByteBuffer.allocate(0));
    }

    /** What the store's failure is to a client; where the store lies is none of its business. */
    private static Refusal translate(Exchange exchange, ConnectorException e) {
        int status = exchange.plakar()
                ? 500
                : switch (e.reason()) {
                    case MISSING -> 404;
                    case EXISTS -> 412;
                    case NO_SPACE -> 507;
                    case UNREACHABLE -> 503;
                    case DENIED, LOCKED_OUT, READ_ONLY, MALFORMED, INVALID, UNSUPPORTED, FAILED -> 500;
                };
        String text = switch (e.reason()) {
            case MISSING -> missing(exchange);
            case EXISTS -> "there is a store already";
            case NO_SPACE -> "no space left on the server";
            case UNREACHABLE -> "the server does not reach its store";
            case DENIED, LOCKED_OUT, READ_ONLY -> "the server may not do that with its store";
            case MALFORMED -> "the object is damaged";
            case UNSUPPORTED -> "unsupported operation";
            case INVALID, FAILED -> "the server's store failed; its log says more";
        };
        return new Refusal(status, text, e.reason());
    }

    private static String missing(Exchange exchange) {
        String path = String.valueOf(exchange.request().getHttpURI().getPath());
        if (path.startsWith("/resources/packfiles/")) {
            return "packfile not found";
        }
        if (path.startsWith("/resources/states/")) {
            return "state not found";
        }
        return path.startsWith("/resources/locks/") ? "lock not found" : "there is no store yet";
    }

    private static void refuse(Exchange exchange, Refusal refusal, String who) throws IOException {
        Response response = exchange.response();
        if (response.isCommitted()) {
            throw new IOException(refusal.text());
        }
        if (!exchange.reads()) {
            drain(exchange.request(), who.equals("?") ? DRAINED_FROM_STRANGERS : DRAINED);
        }
        response.getHeaders().remove(HttpHeader.CONTENT_RANGE);
        response.setStatus(refusal.status());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        Reason reason = refusal.reason();
        if (reason != null) {
            response.getHeaders().put(REASON, reason.name());
        }
        String name = refusal.headerName();
        String value = refusal.headerValue();
        if (name != null && value != null) {
            response.getHeaders().put(name, value);
        }
        byte[] text = (refusal.text() + "\n").getBytes(StandardCharsets.UTF_8);
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, text.length);
        Content.Sink.write(response, true, exchange.lengthOnly() ? ByteBuffer.allocate(0) : ByteBuffer.wrap(text));
    }

    private static void drain(Request request, long most) throws IOException {
        Pace pace = new Pace();
        byte[] piece = new byte[64 << 10];
        // Not closed: what is beyond is the connection's to drop.
        InputStream body = Content.Source.asInputStream(request);
        long left = most;
        while (left > 0) {
            int count = body.read(piece);
            if (count < 0) {
                return;
            }
            left -= count;
            pace.moved(count);
        }
    }
}
