package io.plakar.server.store;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.StoreConnector;
import io.plakar.server.WebServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;

/**
 * A store server that runs from {@link #start} to {@link #close}. It does not own the store. An upload that is under way
 * when it closes leaves nothing.
 */
public final class StoreServer implements AutoCloseable {
    /** No quota. */
    public static final long UNLIMITED = Quota.NONE;

    private static final int HEADER_BYTES = 8 << 10;

    /**
     * How a server is run.
     *
     * @param clients who may come, and what each may do
     * @param allowCreate whether a client may make the store when there is none
     * @param quotaBytes what the store may hold, or {@link #UNLIMITED}
     * @param tls null for plain HTTP
     * @param requests told of every request, in one line
     * @param failures told of every failure of the store, in one line
     */
    public record Settings(
            InetSocketAddress listen,
            Clients clients,
            boolean allowCreate,
            long quotaBytes,
            @Nullable SSLContext tls,
            Consumer<String> requests,
            Consumer<String> failures) {}

    private final WebServer server;

    private StoreServer(WebServer server) {
        this.server = server;
    }

    /**
     * Listens; requests are served from now on.
     *
     * @throws ConnectorException when the store cannot be used as the settings want
     * @throws java.net.BindException when the address cannot be listened at
     */
    public static StoreServer start(StoreConnector store, Settings settings) throws IOException {
        Quota quota = new Quota(store, settings.quotaBytes());
        StoreHandler handler = new StoreHandler(
                store, settings, quota, settings.listen().getAddress().isLoopbackAddress());
        return new StoreServer(WebServer.start(
                "store server", settings.listen(), settings.tls(), UriCompliance.DEFAULT, HEADER_BYTES, handler));
    }

    /** Where it listens, with the port that was found when any was wanted. */
    public InetSocketAddress address() {
        return server.address();
    }

    /** {@code http://127.0.0.1:9876}. */
    public String url() {
        return server.url();
    }

    /** Ends it; connections are closed at once. */
    @Override
    public void close() {
        server.close();
    }
}
