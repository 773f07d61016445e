package io.plakar.server;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
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
 * A web server for one handler, from {@link #start} to {@link #close}. Each request has a virtual thread of its own, so
 * that it may wait for its client and for a store without holding up another one.
 */
public final class WebServer implements AutoCloseable {
    private static final int CONNECTIONS = 4096;
    private static final int THREADS = 16;
    private static final int BACKLOG = 512;
    private static final long IDLE_MILLIS = 60_000;

    private final Server server;
    private final ServerConnector connector;
    private final ExecutorService requests;
    private final InetSocketAddress listen;
    private final boolean tls;

    private WebServer(
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
     * @param name of its threads
     * @param paths which paths come through to the handler
     * @param headerBytes most bytes of a request's headers
     * @throws BindException when the address cannot be listened at
     */
    public static WebServer start(
            String name,
            InetSocketAddress listen,
            @Nullable SSLContext tls,
            UriCompliance paths,
            int headerBytes,
            Handler handler)
            throws IOException {
        QueuedThreadPool threads = new QueuedThreadPool(THREADS);
        threads.setName(name);
        threads.setDaemon(true);
        ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
        threads.setVirtualThreadsExecutor(requests);
        Server server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setRequestHeaderSize(headerBytes);
        http.setUriCompliance(paths);
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector;
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
        connector.setHost(listen.getAddress().getHostAddress());
        connector.setPort(listen.getPort());
        connector.setIdleTimeout(IDLE_MILLIS);
        connector.setAcceptQueueSize(BACKLOG);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(CONNECTIONS, connector));
        ErrorHandler errors = new ErrorHandler();
        errors.setShowStacks(false);
        errors.setShowCauses(false);
        server.setErrorHandler(errors);
        server.setHandler(handler);
        WebServer started = new WebServer(server, connector, requests, listen, tls != null);
        boolean listening = false;
        try {
            // Bound by itself, so that a port that is taken is told as such and not as a failure of the whole.
            connector.open();
            server.start();
            listening = true;
            return started;
        } catch (IOException e) {
            throw e.getCause() instanceof BindException bind ? bind : e;
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
