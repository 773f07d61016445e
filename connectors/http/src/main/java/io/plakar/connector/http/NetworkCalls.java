package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;

/**
 * Calls by the JDK's client, HTTP/1.1 with kept connections. A server that does not take or send a byte for a minute is
 * given up. Redirects are not followed: the token is for one server only. Safe for many threads.
 */
final class NetworkCalls implements Calls {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    /** An upload may take its patience and a second for each of these. */
    private static final long SLOWEST_BYTES_PER_SECOND = 8 << 10;

    private static final int LONGEST_REFUSAL = 4096;

    private final URI base;
    private final String token;
    private final String agent;
    private final Duration patience;
    private final HttpClient client;
    private final ScheduledThreadPoolExecutor stalls;

    /**
     * @param base without a slash at its end
     * @param token empty for none
     * @param verify whether the server's certificate is checked
     */
    NetworkCalls(URI base, String token, boolean verify, String agent, Duration patience) throws ConnectorException {
        this.base = base;
        this.token = token;
        this.agent = agent;
        this.patience = patience;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience);
        if (!verify) {
            builder.sslContext(trustingAll());
        }
        this.client = builder.build();
        this.stalls = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("store stalls").factory());
        stalls.setRemoveOnCancelPolicy(true);
    }

    private static SSLContext trustingAll() throws ConnectorException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustingAll()}, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new ConnectorException(Reason.FAILED, "tls_no_verify: " + e.getMessage(), e);
        }
    }

    @Override
    public <T> T call(Call call, Reader<T> reader) throws ConnectorException {
        HttpResponse<InputStream> answer = send(call);
        int status = answer.statusCode();
        if (status != 200 && status != 206 && status != 416) {
            throw refused(call, answer);
        }
        try (InputStream body = new Watched(answer.body())) {
            T result = reader.read(answer, body);
            if (status != 416) {
                // Read to its end, so that the connection can be used again.
                body.read();
            }
            return result;
        } catch (ConnectorException e) {
            throw e;
        } catch (IOException e) {
            throw broken(call, e);
        }
    }

    @Override
    public InputStream open(Call call) throws ConnectorException {
        HttpResponse<InputStream> answer = send(call);
        if (answer.statusCode() != 200) {
            throw refused(call, answer);
        }
        return new Translated(call, new Watched(answer.body()));
    }

    private HttpResponse<InputStream> send(Call call) throws ConnectorException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + call.path()))
                .method(call.method(), call.body())
                .timeout(patience.plusSeconds(call.bodyBytes() / SLOWEST_BYTES_PER_SECOND))
                .header("User-Agent", agent)
                .header("Content-Type", "application/json");
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        call.headers().forEach(request::header);
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(Reason.FAILED, call.what() + ": cancelled", e);
        } catch (IOException e) {
            throw broken(call, e);
        }
    }

    private ConnectorException refused(Call call, HttpResponse<InputStream> answer) {
        String text = "";
        try (InputStream body = new Watched(answer.body())) {
            text = new String(body.readNBytes(LONGEST_REFUSAL), StandardCharsets.UTF_8);
        } catch (IOException e) {
            // The status says enough.
        }
        return Refusals.translate(call.what(), answer.statusCode(), answer.headers(), text);
    }

    private ConnectorException broken(Call call, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return new ConnectorException(Reason.FAILED, call.what() + ": cancelled", e);
        }
        String cause = e.getMessage() == null ? reasonOf(e) : Refusals.line(e.getMessage());
        String message = call.what() + ": " + base + ": " + cause;
        for (Throwable deeper = e; deeper != null; deeper = deeper.getCause()) {
            if (deeper instanceof SSLException || deeper instanceof java.security.cert.CertificateException) {
                // A certificate does not become better by waiting.
                return new ConnectorException(
                        Reason.UNREACHABLE,
                        message + "; to accept a certificate of your own making set tls_no_verify=true",
                        e);
            }
        }
        return new ConnectorException(Reason.UNREACHABLE, message, e, Duration.ZERO);
    }

    private static String reasonOf(IOException e) {
        for (Throwable deeper = e; deeper != null; deeper = deeper.getCause()) {
            if (deeper instanceof UnresolvedAddressException) {
                return "no such host";
            }
        }
        return e instanceof ConnectException
                ? "connection refused"
                : e.getClass().getSimpleName();
    }

    @Override
    public void close() {
        client.shutdownNow();
        stalls.shutdownNow();
    }

    /** A body whose reading is broken off when nothing comes for too long. */
    private final class Watched extends InputStream {
        private final InputStream body;

        Watched(InputStream body) {
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (body.available() > 0) {
                return body.read(into, offset, length);
            }
            ScheduledFuture<?> alarm = stalls.schedule(this::giveUp, patience.toMillis(), TimeUnit.MILLISECONDS);
            try {
                return body.read(into, offset, length);
            } finally {
                alarm.cancel(false);
            }
        }

        private void giveUp() {
            try {
                body.close();
            } catch (IOException e) {
                // The reader learns that it is closed.
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** A body that is read by others, who know connector failures only. */
    private final class Translated extends InputStream {
        private final Call call;
        private final InputStream body;

        Translated(Call call, InputStream body) {
            this.call = call;
            this.body = body;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws ConnectorException {
            try {
                return body.read(into, offset, length);
            } catch (IOException e) {
                throw broken(call, e);
            }
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }
}
