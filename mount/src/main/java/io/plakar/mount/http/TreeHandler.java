package io.plakar.mount.http;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.mount.MountedTree;
import io.plakar.mount.Node;
import io.plakar.server.ByteRanges;
import io.plakar.server.ByteRanges.ByteRange;
import io.plakar.server.ListenAddress;
import io.plakar.server.Validators;
import io.plakar.server.api.MediaTypes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers every request (the table is in the package's description). Safe for many threads. */
final class TreeHandler extends Handler.Abstract {
    private static final String METHODS = "OPTIONS, GET, HEAD, PROPFIND";
    private static final String PLAIN = "text/plain; charset=utf-8";
    private static final String SANDBOX = "sandbox; default-src 'none'; style-src 'unsafe-inline'; media-src 'self'";
    private static final int BUFFER = 64 << 10;

    /** Bodies of PROPFIND say which properties are wanted; all are given, so they are read and forgotten. */
    private static final long LARGEST_BODY = 64 << 10;

    private final MountedTree tree;
    private final TreeServer.Settings settings;
    private final boolean loopback;

    TreeHandler(MountedTree tree, TreeServer.Settings settings) {
        this.tree = tree;
        this.settings = settings;
        this.loopback = settings.listen().getAddress().isLoopbackAddress();
    }

    /** One request and its answer. */
    private record Exchange(Request request, Response response) {
        @Nullable
        String header(String name) {
            return request.getHeaders().get(name);
        }

        void set(String name, String value) {
            response.getHeaders().put(name, value);
        }

        boolean lengthOnly() {
            return request.getMethod().equals("HEAD");
        }

        void text(int status, String text) throws IOException {
            byte[] bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
            response.setStatus(status);
            set("Content-Type", PLAIN);
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, bytes.length);
            end(bytes);
        }

        void end(byte[] body) throws IOException {
            Content.Sink.write(response, true, ByteBuffer.wrap(lengthOnly() ? new byte[0] : body));
        }

        OutputStream body() {
            return new BufferedOutputStream(Content.Sink.asOutputStream(response), BUFFER);
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Exchange exchange = new Exchange(request, response);
        String what = request.getMethod() + " " + request.getHttpURI().getPath();
        try {
            try {
                exchange.set("X-Content-Type-Options", "nosniff");
                exchange.set("Content-Security-Policy", SANDBOX);
                exchange.set("Referrer-Policy", "no-referrer");
                if (admit(exchange)) {
                    serve(exchange);
                }
            } catch (KlosetException | RuntimeException e) {
                settings.failures().accept(what + ": " + e.getMessage());
                if (response.isCommitted()) {
                    throw new IOException(e);
                }
                startOver(response);
                exchange.text(500, "the store failed");
            }
            callback.succeeded();
        } catch (IOException | RuntimeException | Error e) {
            if (e.getCause() instanceof KlosetException failure) {
                settings.failures().accept(what + ": " + failure.getMessage());
            }
            // Half an answer must not look like a whole one.
            callback.failed(e);
        }
        return true;
    }

    private static void startOver(Response response) {
        for (HttpHeader header : new HttpHeader[] {
            HttpHeader.CONTENT_LENGTH, HttpHeader.CONTENT_RANGE, HttpHeader.ETAG, HttpHeader.LAST_MODIFIED
        }) {
            response.getHeaders().remove(header);
        }
    }

    /** Whether the request may be served; answers it when not. */
    private boolean admit(Exchange exchange) throws IOException {
        if (loopback && !ListenAddress.meansThisMachine(Request.getServerName(exchange.request()))) {
            exchange.text(403, "this server does not answer to that host name");
            return false;
        }
        String site = exchange.header("Sec-Fetch-Site");
        if (exchange.header("Origin") != null || "cross-site".equals(site) || "same-site".equals(site)) {
            exchange.text(403, "pages of other sites may not ask");
            return false;
        }
        if (!settings.token().isEmpty() && !isKnown(exchange.header("Authorization"))) {
            exchange.set("WWW-Authenticate", "Basic realm=\"plakar\", charset=\"UTF-8\"");
            exchange.text(401, "the token is needed, as the password of any user");
            return false;
        }
        return true;
    }

    private boolean isKnown(@Nullable String authorization) {
        if (authorization == null) {
            return false;
        }
        String given = "";
        if (authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            given = authorization.substring(7).strip();
        } else if (authorization.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                String pair = new String(
                        Base64.getDecoder().decode(authorization.substring(6).strip()), StandardCharsets.UTF_8);
                given = pair.substring(pair.indexOf(':') + 1);
            } catch (IllegalArgumentException e) {
                return false;
            }
        }
        return MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8), settings.token().getBytes(StandardCharsets.UTF_8));
    }

    private void serve(Exchange exchange) throws KlosetException, IOException {
        String method = exchange.request().getMethod();
        switch (method) {
            case "OPTIONS" -> {
                exchange.set("Allow", METHODS);
                exchange.set("DAV", "1");
                exchange.set("MS-Author-Via", "DAV");
                exchange.response().setStatus(200);
                exchange.response().getHeaders().put(HttpHeader.CONTENT_LENGTH, 0);
                exchange.end(new byte[0]);
            }
            case "GET", "HEAD", "PROPFIND" -> {
                String raw = exchange.request().getHttpURI().getPath();
                Optional<BytePath> path = raw == null ? Optional.empty() : UrlPath.parse(raw);
                if (path.isEmpty()) {
                    exchange.text(400, "that is no path");
                    return;
                }
                Optional<Node> node = resolve(path.get());
                if (node.isEmpty()) {
                    exchange.text(404, "there is nothing of that name");
                } else if (method.equals("PROPFIND")) {
                    properties(exchange, path.get(), node.get());
                } else if (node.get().attributes().isDirectory()) {
                    page(exchange, String.valueOf(raw), path.get(), node.get());
                } else if (node.get() instanceof Node.Stored stored
                        && stored.entry().isRegular()) {
                    file(exchange, stored);
                } else {
                    exchange.text(403, "neither a file nor a directory");
                }
            }
            default -> {
                exchange.set("Allow", METHODS);
                exchange.text(405, "nothing can be changed here");
            }
        }
    }

    private Optional<Node> resolve(BytePath path) throws KlosetException {
        try {
            return tree.resolve(path);
        } catch (KlosetException.Invalid e) {
            // Links in a circle lead nowhere.
            return Optional.empty();
        }
    }

    private void file(Exchange exchange, Node.Stored file) throws KlosetException, IOException {
        Validators validators = Resource.validators(file);
        String modified = validators.lastModified();
        exchange.set("ETag", validators.tag());
        if (modified != null) {
            exchange.set("Last-Modified", modified);
        }
        if (validators.isUnchanged(exchange.header("If-None-Match"), exchange.header("If-Modified-Since"))) {
            exchange.response().setStatus(304);
            exchange.end(new byte[0]);
            return;
        }
        exchange.set("Accept-Ranges", "bytes");
        long size = file.attributes().size();
        ByteRange range = new ByteRange(0, size);
        exchange.response().setStatus(200);
        String wanted = exchange.header("Range");
        if (wanted != null && validators.rangesHold(exchange.header("If-Range"))) {
            try {
                List<ByteRange> ranges = ByteRanges.parse(wanted, size).orElse(List.of());
                // Of several ranges the whole may be sent as well; nobody asks for several here.
                if (ranges.size() == 1) {
                    range = ranges.getFirst();
                    exchange.response().setStatus(206);
                    exchange.set("Content-Range", range.of(size));
                }
            } catch (ByteRanges.Unsatisfiable e) {
                exchange.set("Content-Range", "bytes */" + size);
                exchange.text(416, "invalid range");
                return;
            }
        }
        exchange.set("Content-Type", MediaTypes.of(file.entry()));
        exchange.response().getHeaders().put(HttpHeader.CONTENT_LENGTH, range.length());
        if (exchange.lengthOnly() || range.length() == 0) {
            exchange.end(new byte[0]);
            return;
        }
        // Closed only when all is there: that ends the answer as a whole one.
        OutputStream out = exchange.body();
        try (InputStream in = tree.open(file).stream(range.first(), range.length())) {
            in.transferTo(out);
        }
        out.close();
    }

    private void properties(Exchange exchange, BytePath path, Node node) throws KlosetException, IOException {
        drain(exchange.request());
        String depth = exchange.header("Depth");
        if (!"0".equals(depth) && !"1".equals(depth)) {
            exchange.response().setStatus(403);
            exchange.set("Content-Type", "application/xml; charset=utf-8");
            exchange.end(Resource.FINITE_DEPTH.getBytes(StandardCharsets.UTF_8));
            return;
        }
        exchange.response().setStatus(207);
        exchange.set("Content-Type", "application/xml; charset=utf-8");
        // Not in a try-with-resources: closing it would end the answer as if it were whole.
        OutputStream out = exchange.body();
        Writer xml = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        xml.write(Resource.HEAD);
        Resource.write(xml, path, node);
        if ("1".equals(depth) && node.attributes().isDirectory()) {
            try (MountedTree.Children children = tree.children(node)) {
                while (children.next()) {
                    BytePath child = path.child(children.name());
                    Node shown = shown(child, children.node());
                    if (shown != null) {
                        Resource.write(xml, child, shown);
                    }
                }
            }
        }
        xml.write(Resource.TAIL);
        xml.close();
    }

    /** What a child is for WebDAV: itself, or the file it leads to; null when it is not shown. */
    private @Nullable Node shown(BytePath path, Node child) throws KlosetException {
        Node.Attributes attributes = child.attributes();
        if (attributes.isDirectory() || attributes.isRegular()) {
            return child;
        }
        if (!attributes.isSymlink()) {
            return null;
        }
        Node target = resolve(path).orElse(null);
        return target != null && target.attributes().isRegular() ? target : null;
    }

    private static void drain(Request request) throws IOException {
        try (InputStream body = Content.Source.asInputStream(request)) {
            body.skip(LARGEST_BODY);
        }
    }

    private void page(Exchange exchange, String raw, BytePath path, Node directory)
            throws KlosetException, IOException {
        if (!raw.endsWith("/")) {
            exchange.set("Location", UrlPath.of(path, true));
            exchange.text(301, "it is a directory");
            return;
        }
        String modified = Validators.date(directory.attributes().time());
        if (modified != null) {
            exchange.set("Last-Modified", modified);
        }
        exchange.response().setStatus(200);
        exchange.set("Content-Type", "text/html; charset=utf-8");
        if (exchange.lengthOnly()) {
            exchange.end(new byte[0]);
            return;
        }
        Writer html = new OutputStreamWriter(exchange.body(), StandardCharsets.UTF_8);
        try (MountedTree.Children children = tree.children(directory)) {
            DirectoryPage.write(html, path, children);
        }
        html.close();
    }
}
