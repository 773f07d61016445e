package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** {@link RcCalls} over HTTP to one {@link RcloneDaemon}; each call is tried once. Owns the daemon, which may be replaced. */
final class RcClient implements RcCalls {
    private static final String HEX = "0123456789ABCDEF";

    /** An error answer echoes the request; what is beyond this is not needed for a message. */
    private static final int LONGEST_ERROR = 1 << 20;

    private final RcloneRemote remote;
    private volatile RcloneDaemon daemon;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpClient http;
    private final JsonFactory json = new JsonFactory();

    RcClient(RcloneRemote remote, RcloneDaemon daemon) {
        this.remote = remote;
        this.daemon = daemon;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(HttpClient.Builder.NO_PROXY)
                .executor(threads)
                .build();
    }

    /** Goes on with another rclone. What the one before was doing fails, and may be tried again. */
    void replace(RcloneDaemon other) {
        RcloneDaemon before = daemon;
        daemon = other;
        before.close();
    }

    @Override
    public <T> T call(String what, String command, Duration limit, Parameters parameters, Answer<T> answer)
            throws ConnectorException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator out = json.createGenerator(ObjectWriteContext.empty(), body)) {
            out.writeStartObject();
            parameters.write(out);
            out.writeEndObject();
        }
        HttpRequest request = request(command)
                .header("Content-Type", "application/json")
                .timeout(limit)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()))
                .build();
        HttpResponse<InputStream> response = send(what, request);
        try (InputStream in = response.body()) {
            if (response.statusCode() != 200) {
                throw failure(what, response.statusCode(), in);
            }
            try (JsonParser parser = json.createParser(ObjectReadContext.empty(), in)) {
                T result = answer.read(parser);
                while (parser.nextToken() != null) {
                    // The rest of the answer is read so that the connection can be used again.
                }
                return result;
            }
        } catch (ConnectorException e) {
            throw e;
        } catch (JacksonException e) {
            throw new ConnectorException(Reason.MALFORMED, what + ": rclone's answer cannot be read", e);
        } catch (IOException e) {
            throw broken(what, e);
        }
    }

    @Override
    public Content open(String what, String fs, String path, long offset, long length) throws ConnectorException {
        HttpRequest.Builder request = request(encode("[" + fs + "]") + "/" + encode(path));
        boolean ranged = offset > 0 || length >= 0;
        if (ranged) {
            request.header("Range", "bytes=" + offset + "-" + (length < 0 ? "" : offset + length - 1));
        }
        HttpResponse<InputStream> response = send(what, request.GET().build());
        int status = response.statusCode();
        try {
            if (status == 200 && !ranged) {
                return new Content(response.body(), size(response));
            }
            if (status == 206 && ranged) {
                String range = response.headers().firstValue("Content-Range").orElse("");
                return new Content(response.body(), total(what, range, offset));
            }
            try (InputStream in = response.body()) {
                if (status == 200 || status == 416) {
                    throw new ConnectorException(Reason.MALFORMED, what + ": the object has no byte " + offset);
                }
                throw failure(what, status, in);
            }
        } catch (ConnectorException e) {
            closeQuietly(response.body());
            throw e;
        } catch (IOException e) {
            throw broken(what, e);
        }
    }

    @Override
    public Content openServed(String what, String path) throws ConnectorException {
        HttpRequest request = request(daemon.files(), encode(path))
                .header("Accept-Encoding", "identity")
                .GET()
                .build();
        HttpResponse<InputStream> response = send(what, request);
        if (response.statusCode() == 200) {
            return new Content(response.body(), size(response));
        }
        try (InputStream in = response.body()) {
            throw failure(what, response.statusCode(), in);
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            throw broken(what, e);
        }
    }

    @Override
    public List<RemoteEntry> listServed(String what, String directory) throws ConnectorException {
        String path = directory.isEmpty() ? "" : encode(directory) + "/";
        HttpRequest request = request(daemon.files(), path)
                .header("Depth", "1")
                .header("Content-Type", "application/xml")
                .method("PROPFIND", HttpRequest.BodyPublishers.ofString(DavListing.QUESTION))
                .build();
        HttpResponse<InputStream> response = send(what, request);
        try (InputStream in = response.body()) {
            if (response.statusCode() != 207) {
                throw failure(what, response.statusCode(), in);
            }
            return DavListing.read(what, directory, in);
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            throw broken(what, e);
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException e) {
            // The failure that is being reported says more.
        }
    }

    private static long size(HttpResponse<?> response) {
        try {
            return response.headers().firstValueAsLong("Content-Length").orElse(-1);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** The size in {@code bytes 5-9/20}; rclone answers a start beyond the end with {@code bytes 30-19/20}. */
    private static long total(String what, String range, long offset) throws ConnectorException {
        int slash = range.indexOf('/');
        if (!range.startsWith("bytes " + offset + "-") || slash < 0) {
            throw new ConnectorException(Reason.MALFORMED, what + ": rclone sent another range: " + range);
        }
        try {
            return Long.parseLong(range.substring(slash + 1));
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private HttpRequest.Builder request(String path) {
        return request(daemon.address(), path);
    }

    private HttpRequest.Builder request(URI server, String path) {
        return HttpRequest.newBuilder(URI.create(server + path)).header("Authorization", daemon.authorization());
    }

    private HttpResponse<InputStream> send(String what, HttpRequest request) throws ConnectorException {
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(Reason.FAILED, what + ": cancelled", e);
        } catch (IOException e) {
            throw broken(what, e);
        }
    }

    private ConnectorException broken(String what, IOException e) {
        if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
            return new ConnectorException(Reason.UNREACHABLE, what + ": rclone does not answer", e);
        }
        if (!daemon.alive()) {
            return new ConnectorException(
                    Reason.UNREACHABLE, what + ": rclone ended unexpectedly: " + daemon.lastWords(), e);
        }
        String cause = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return new ConnectorException(Reason.UNREACHABLE, what + ": connection to rclone: " + cause, e, Duration.ZERO);
    }

    /** Only the member {@code error} of the answer is looked at: others echo the request with its secrets. */
    private ConnectorException failure(String what, int status, InputStream in) throws IOException {
        byte[] body = in.readNBytes(LONGEST_ERROR);
        String text = "";
        try (JsonParser parser = json.createParser(ObjectReadContext.empty(), body)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    if (parser.nextToken() == JsonToken.VALUE_STRING && "error".equals(name)) {
                        text = parser.getString();
                    } else {
                        parser.skipChildren();
                    }
                }
            }
        } catch (JacksonException e) {
            text = text.isEmpty() ? new String(body, StandardCharsets.UTF_8) : text;
        }
        if (text.isBlank()) {
            text = "rclone answered with status " + status;
        }
        return remote.failure(what, status, text);
    }

    /** Percent-encodes everything but letters and digits of ASCII, {@code - . _ ~} and the separators {@code /}. */
    static String encode(String path) {
        StringBuilder out = new StringBuilder(path.length() + 16);
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || "-._~/".indexOf(c) >= 0) {
                out.append(c);
            } else {
                out.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return out.toString();
    }

    @Override
    public void close() {
        http.shutdownNow();
        threads.shutdownNow();
        daemon.close();
    }
}
