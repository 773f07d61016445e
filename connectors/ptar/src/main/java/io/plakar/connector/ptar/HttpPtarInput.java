package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;

/**
 * An archive behind a web server which knows byte ranges: one {@code HEAD} when opened, then one {@code GET} per read.
 * Safe for use by many threads.
 */
final class HttpPtarInput implements PtarInput {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final HttpClient client;
    private final URI uri;
    private final String agent;
    private final long size;

    private HttpPtarInput(HttpClient client, URI uri, String agent, long size) {
        this.client = client;
        this.uri = uri;
        this.agent = agent;
        this.size = size;
    }

    static HttpPtarInput open(URI uri, String agent) throws ConnectorException {
        HttpClient client = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        boolean opened = false;
        try {
            HttpRequest head = request(uri, agent)
                    .method("HEAD", HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<Void> response = send(client, uri, head, HttpResponse.BodyHandlers.discarding());
            if (response.statusCode() != 200) {
                throw refused(uri, response.statusCode());
            }
            long size = length(response);
            if (size < 0) {
                throw new ConnectorException(Reason.MALFORMED, uri + ": the server does not tell the file's size");
            }
            opened = true;
            return new HttpPtarInput(client, uri, agent, size);
        } finally {
            if (!opened) {
                client.shutdownNow();
            }
        }
    }

    private static long length(HttpResponse<?> response) {
        try {
            return response.headers().firstValueAsLong("Content-Length").orElse(-1);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static HttpRequest.Builder request(URI uri, String agent) {
        return HttpRequest.newBuilder(uri).timeout(PATIENCE).header("User-Agent", agent);
    }

    private static <T> HttpResponse<T> send(
            HttpClient client, URI uri, HttpRequest request, HttpResponse.BodyHandler<T> handler)
            throws ConnectorException {
        try {
            return client.send(request, handler);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(Reason.FAILED, "read " + uri + ": cancelled", e);
        } catch (IOException e) {
            throw unreachable(uri, e);
        }
    }

    private static ConnectorException unreachable(URI uri, IOException e) {
        String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new ConnectorException(Reason.UNREACHABLE, "read " + uri + ": " + cause, e, Duration.ZERO);
    }

    private static ConnectorException refused(URI uri, int status) {
        String message = "read " + uri + ": the server answered with status " + status;
        return switch (status) {
            case 401, 403 -> new ConnectorException(Reason.DENIED, message);
            case 404, 410 -> new ConnectorException(Reason.MISSING, message);
            case 408, 429, 500, 502, 503, 504 ->
                new ConnectorException(Reason.UNREACHABLE, message, null, Duration.ZERO);
            default -> new ConnectorException(Reason.FAILED, message);
        };
    }

    @Override
    public String name() {
        return uri.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws ConnectorException {
        if (!into.hasRemaining()) {
            return;
        }
        if (into.remaining() > size - offset) {
            throw new ConnectorException(Reason.MALFORMED, uri + ": unexpected end of file at offset " + size);
        }
        HttpRequest get = request(uri, agent)
                .header("Range", "bytes=" + offset + "-" + (offset + into.remaining() - 1))
                .GET()
                .build();
        HttpResponse<InputStream> response = send(client, uri, get, HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream body = response.body()) {
            int status = response.statusCode();
            boolean whole = status == 200 && offset == 0 && into.remaining() == size;
            if (status == 200 && !whole) {
                throw new ConnectorException(Reason.UNSUPPORTED, uri + ": the server does not serve byte ranges");
            }
            if (status != 206 && !whole) {
                throw refused(uri, status);
            }
            String range = response.headers().firstValue("Content-Range").orElse("");
            if (status == 206 && !range.startsWith("bytes " + offset + "-")) {
                throw new ConnectorException(Reason.MALFORMED, uri + ": the server sent another range: " + range);
            }
            byte[] piece = new byte[Math.min(into.remaining(), 1 << 16)];
            while (into.hasRemaining()) {
                int count = body.read(piece, 0, Math.min(piece.length, into.remaining()));
                if (count < 0) {
                    throw new ConnectorException(
                            Reason.UNREACHABLE, uri + ": the server sent too few bytes", null, Duration.ZERO);
                }
                into.put(piece, 0, count);
            }
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable(uri, e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
