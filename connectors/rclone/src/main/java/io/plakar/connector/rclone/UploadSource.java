package io.plakar.connector.rclone;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A server on loopback from which rclone fetches what it is to store: that way alone it learns size and time beforehand
 * and needs no temporary file (connectors §5.4, {@code copyurl}). Safe for many threads. An offer is found only by its
 * random name of 128 bits.
 */
final class UploadSource implements AutoCloseable {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    /** Writes the bytes of an offer, once per fetch; an exception breaks the connection off. */
    @FunctionalInterface
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /** Something to be fetched until it is closed. */
    final class Offer implements AutoCloseable {
        private final String name;
        private final long size;
        private final Instant modTime;
        private final Body body;

        private Offer(String name, long size, Instant modTime, Body body) {
            this.name = name;
            this.size = size;
            this.modTime = modTime;
            this.body = body;
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort() + name;
        }

        @Override
        public void close() {
            offers.remove(name);
        }
    }

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Offer> offers = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();

    UploadSource() throws ConnectorException {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 64);
        } catch (IOException e) {
            throw new ConnectorException(Reason.FAILED, "no loopback port for uploads: " + e.getMessage(), e);
        }
        server.setExecutor(threads);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Offers bytes.
     *
     * @param size -1 when unknown
     */
    Offer offer(long size, Instant modTime, Body body) {
        byte[] name = new byte[16];
        random.nextBytes(name);
        Offer offer = new Offer("/" + HexFormat.of().formatHex(name), size, modTime, body);
        offers.put(offer.name, offer);
        return offer;
    }

    private void answer(HttpExchange exchange) throws IOException {
        Offer offer = offers.get(exchange.getRequestURI().getRawPath());
        if (offer == null || !exchange.getRequestMethod().equals("GET")) {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/octet-stream");
        exchange.getResponseHeaders().set("Last-Modified", TIME.format(offer.modTime));
        // The server's words for "no bytes" and "unknown" are -1 and 0.
        exchange.sendResponseHeaders(200, offer.size == 0 ? -1 : Math.max(0, offer.size));
        if (offer.size != 0) {
            // Not closed on failure: that would end the body in due form, and rclone would take a part for the whole.
            OutputStream out = exchange.getResponseBody();
            offer.body.writeTo(out);
            out.close();
        }
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
