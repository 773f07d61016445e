package io.plakar.server.api;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * One request and its answer. Small bodies are held back until they are whole, so that a failure on the way can still
 * become an error; a large one that fails breaks the connection. For the thread of the request.
 */
final class Exchange {
    private static final int HELD_BACK = 64 << 10;
    static final String PLAIN = "text/plain; charset=utf-8";
    static final String JSON = "application/json";

    private final Context context;
    private final Query query;

    Exchange(Context context) {
        this.context = context;
        this.query = new Query(context.req().getQueryString());
    }

    Query query() {
        return query;
    }

    /** The path as it came, still encoded. */
    String rawPath() {
        return context.req().getRequestURI();
    }

    @Nullable
    String rawQuery() {
        return context.req().getQueryString();
    }

    /** The last part of the path, decoded as text. */
    String lastPart() throws ApiError {
        String path = rawPath();
        return JsonBody.text(pathBehind(path.substring(0, path.lastIndexOf('/') + 1)));
    }

    /** One part of the path, decoded as text; the first behind the first slash is number 1. */
    String part(int number) throws ApiError {
        byte[] decoded = Query.decode(rawPath().split("/", -1)[number], false);
        if (decoded == null) {
            throw new ApiError(400, ApiError.INVALID_ARGUMENT, "a broken percent escape in the path");
        }
        return JsonBody.text(decoded);
    }

    /** The bytes of the path behind {@code route}. */
    byte[] pathBehind(String route) throws ApiError {
        byte[] decoded = Query.decode(rawPath().substring(route.length()), false);
        if (decoded == null) {
            throw new ApiError(400, ApiError.INVALID_ARGUMENT, "a broken percent escape in the path");
        }
        return decoded;
    }

    @Nullable
    String header(String name) {
        return context.req().getHeader(name);
    }

    String method() {
        return context.req().getMethod();
    }

    String peer() {
        return context.req().getRemoteAddr() + ":" + context.req().getRemotePort();
    }

    boolean isHead() {
        return method().equals("HEAD");
    }

    /** At most {@code most} bytes of the request's body. */
    byte[] body(int most) throws IOException {
        return context.req().getInputStream().readNBytes(most);
    }

    /** Reads what nobody wanted of a small body: with it unread the connection would close under the next request. */
    void readRest() {
        if (isHead() || method().equals("GET")) {
            return;
        }
        try {
            context.req().getInputStream().skip(HELD_BACK);
        } catch (IOException e) {
            // The connection is broken already.
        }
    }

    void status(int status) {
        context.res().setStatus(status);
    }

    void setHeader(String name, String value) {
        context.res().setHeader(name, value);
    }

    /**
     * For an answer that can never be another one: lets clients keep it, and asks whether this one has.
     *
     * @param about what, besides the path and the parameters, the answer depends on
     * @param forEver whether the path and the parameters say themselves which snapshots are meant
     * @return whether the client has it: then it was told so, and nothing more is to be sent
     */
    boolean isKnown(String about, boolean forEver) {
        String tag = '"' + Digests.hex(rawPath() + "?" + rawQuery() + " " + about) + '"';
        setHeader("ETag", tag);
        setHeader("Cache-Control", forEver ? "private, max-age=31536000, immutable" : "private, no-cache");
        String tags = header("If-None-Match");
        if (tags != null) {
            for (String known : tags.split(",", -1)) {
                if (known.strip().equals(tag) || known.strip().equals("W/" + tag)) {
                    empty(304);
                    return true;
                }
            }
        }
        return false;
    }

    void type(String type) {
        context.res().setContentType(type);
    }

    boolean committed() {
        return context.res().isCommitted();
    }

    /** Breaks the connection, so that the client sees that its answer is not whole. */
    void breakOff(Throwable cause) {
        ServletContextRequest.getServletContextRequest(context.req())
                .getServletChannel()
                .abort(cause);
    }

    /** Forgets what was said so far, but not the headers that every answer has. */
    void startOver() {
        context.res().resetBuffer();
        for (String name : new String[] {
            "Content-Disposition",
            "Content-Range",
            "Accept-Ranges",
            "Last-Modified",
            "ETag",
            "Content-Length",
            "Cache-Control"
        }) {
            context.res().setHeader(name, null);
        }
    }

    /** Ends without a body. */
    void empty(int status) {
        status(status);
        context.res().setContentType(null);
        if (status != 204 && status != 304) {
            context.res().setContentLengthLong(0);
        }
    }

    void text(int status, String text) throws IOException {
        status(status);
        type(PLAIN);
        setHeader("X-Content-Type-Options", "nosniff");
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] body) throws IOException {
        context.res().setContentLengthLong(body.length);
        if (!isHead()) {
            context.res().getOutputStream().write(body);
        }
    }

    void length(long length) {
        context.res().setContentLengthLong(length);
    }

    /** The body itself, sent as it is written; nothing of it for a HEAD. */
    OutputStream stream() throws IOException {
        return isHead() ? OutputStream.nullOutputStream() : context.res().getOutputStream();
    }

    void error(ApiError error) throws IOException {
        status(error.status());
        json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("error");
            json.writeStringProperty("code", error.code());
            json.writeStringProperty("message", error.text());
            if (!error.parameters().isEmpty()) {
                json.writeObjectPropertyStart("params");
                for (var parameter : error.parameters().entrySet()) {
                    json.writeObjectPropertyStart(parameter.getKey());
                    json.writeStringProperty("code", parameter.getValue().code());
                    json.writeStringProperty("message", parameter.getValue().message());
                    json.writeEndObject();
                }
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** A JSON body, with its newline. */
    <X extends Exception> void json(JsonBody.Content<X> content) throws X, IOException {
        type(JSON);
        HeldBack out = new HeldBack();
        JsonGenerator json = JsonBody.generator(out);
        content.write(json);
        json.flush();
        out.write('\n');
        out.finish();
    }

    /** A JSON body with one page of a list: how many there are in all, and what {@code items} writes. */
    <X extends Exception> void list(long total, JsonBody.Content<X> items) throws X, IOException {
        json(json -> {
            json.writeStartObject();
            json.writeNumberProperty("total", total);
            json.writeArrayPropertyStart("items");
            items.write(json);
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    /** A body of unknown length; to be {@linkplain HeldBack#finish() finished} when it is whole. */
    HeldBack heldBack() {
        return new HeldBack();
    }

    /** Keeps the beginning of a body until there is too much of it. */
    final class HeldBack extends OutputStream {
        private byte[] held = new byte[4096];
        private int count;
        private @Nullable OutputStream out;

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            OutputStream direct = out;
            if (direct == null && count + length > HELD_BACK) {
                direct = stream();
                out = direct;
                direct.write(held, 0, count);
            }
            if (direct != null) {
                direct.write(bytes, offset, length);
                return;
            }
            if (count + length > held.length) {
                held = java.util.Arrays.copyOf(held, Math.max(held.length * 2, count + length));
            }
            System.arraycopy(bytes, offset, held, count, length);
            count += length;
        }

        /** The body is whole. */
        void finish() throws IOException {
            if (out == null) {
                send(java.util.Arrays.copyOf(held, count));
            }
        }
    }
}
