package io.plakar.server.store;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.StoreConnector;
import io.plakar.server.ListenAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;

/**
 * A store server that runs from {@link #start} to {@link #close}. It does not own the store. An upload that is under way
 * when it closes leaves nothing.
 */
public final class StoreServer implements AutoCloseable {
    /** No quota. */
    public static final long UNLIMITED = Quota.NONE;

    private static final int CONNECTIONS = 4096;
    private static final int THREADS = 16;
    private static final int HEADER_BYTES = 8 << 10;
    private static final int BACKLOG = 512;
    private static final long IDLE_MILLIS = 60_000;

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

    private final Server server;
    private final ServerConnector connector;
    private final ExecutorService requests;
    private final InetSocketAddress listen;
    private final boolean tls;

    private StoreServer(
            Server server, ServerConnector connector, ExecutorService requests, InetSocketAddress listen, boolean tls) {
        this.server = server;
        this.connector = connector;
        this.requests = requests;
        this.listen = listen;
        this.tls = tls;
    }

    /**
     * Listens; requests are served from now on.
     *
     * @throws ConnectorException when the store cannot be used as the settings want
     * @throws java.net.BindException when the address cannot be listened at
     */
    public static StoreServer start(StoreConnector store, Settings settings) throws IOException {
        Quota quota = new Quota(store, settings.quotaBytes());
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName("store server");
        threads.setDaemon(true);
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        threads.setVirtualThreadsExecutor(requests);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(HEADER_BYTES);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
        SSLContext tls = settings.tls();
        if (tls == null) {
            connector = new ServerConnector(server, 1, 1, plain);
        } else {
            // Which name a client used is the certificate's and the client's business; Jetty would refuse foreign ones.
            http.addCustomizer(new SecureRequestCustomizer(false));
            SslContextFactory.Server identity = new SslContextFactory.Server();
            identity.setSslContext(tls);
            connector =
                    new ServerConnector(server, 1, 1, new SslConnectionFactory(identity, plain.getProtocol()), plain);
        }
        connector.setHost(settings.listen().getAddress().getHostAddress());
        connector.setPort(settings.listen().getPort());
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        ErrorHandler errors = new ErrorHandler();
        errors.setShowStacks(false);
        errors.setShowCauses(false);
        server.setErrorHandler(errors);
        server.setHandler(new StoreHandler(
                store, settings, quota, settings.listen().getAddress().isLoopbackAddress()));
        StoreServer started = new StoreServer(server, connector, requests, settings.listen(), tls != null);
        boolean listening = false;
        try {
            // Bound by itself, so that a port that is taken is told as such and not as a failure of the whole.
            connector.open();
            server.start();
            listening = true;
            return started;
        } catch (IOException e) {
            throw e.getCause() instanceof java.net.BindException bind ? bind : e;
        } catch (Exception e) {
            throw new IOException("the server does not start: " + e.getMessage(), e);
        } finally {
            if (!listening) {
                started.close();
            }
        }
    }

    /** Where it listens, with the port that was found when any was wanted. */
    public InetSocketAddress address() {
        return new InetSocketAddress(listen.getAddress(), connector.getLocalPort());
    }

    /** {@code http://127.0.0.1:9876}. */
    public String url() {
        return (tls ? "https://" : "http://") + ListenAddress.display(address());
    }

    /** Ends it; connections are closed at once. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            // It is not listening any more; what remains ends with the threads below.
        } finally {
            connector.close();
            requests.shutdownNow();
            server.destroy();
        }
    }
}
