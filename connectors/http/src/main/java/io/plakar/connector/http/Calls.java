package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;

/** Requests to one server. Every one can be repeated without harm. Safe for many threads. */
interface Calls extends AutoCloseable {

    /**
     * One request.
     *
     * @param what the deed and the thing, for messages: {@code read packfile 12ab…}
     * @param path below the location's path, beginning with a slash
     * @param headers beyond those that every request has
     * @param body can be subscribed to again; {@code bodyBytes} long
     */
    record Call(
            String what, String method, String path, Map<String, String> headers, BodyPublisher body, long bodyBytes) {

        static Call of(String what, String method, String path) {
            return new Call(what, method, path, Map.of(), java.net.http.HttpRequest.BodyPublishers.noBody(), 0);
        }

        Call with(String name, String value) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put(name, value);
            return new Call(what, method, path, all, body, bodyBytes);
        }

        Call with(BodyPublisher content, long bytes) {
            return new Call(what, method, path, headers, content, bytes);
        }
    }

    /** Takes what it needs of a good answer (status 200, 206 or 416) while the call lasts. */
    @FunctionalInterface
    interface Reader<T> {
        T read(HttpResponse<?> answer, InputStream body) throws IOException;
    }

    /**
     * Sends {@code call} and hands the answer over; the answer's body is closed afterwards.
     *
     * @throws ConnectorException for every other status, and when the line breaks
     */
    <T> T call(Call call, Reader<T> reader) throws ConnectorException;

    /** As {@link #call}, for status 200 only, with the body left open for the caller. */
    InputStream open(Call call) throws ConnectorException;

    @Override
    void close();
}
