package io.plakar.server.api;

import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.plakar.kloset.repository.Repository;
import io.plakar.server.ListenAddress;
import io.plakar.server.PemIdentity;
import io.plakar.server.job.WorkContext;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

/**
 * The viewer's server: bound when it is made, serving until it is closed. Each request has a virtual thread, so that slow
 * clients hold up nobody. It uses the store, and leaves closing it to its owner.
 */
public final class UiServer implements AutoCloseable {
    private static final int HEADER_BYTES = 64 << 10;
    private static final long IDLE_MILLIS = 60_000;

    private final Javalin javalin;
    private final ApiRoutes routes;
    private final boolean secure;

    private UiServer(Javalin javalin, ApiRoutes routes, boolean secure) {
        this.javalin = javalin;
        this.routes = routes;
        this.secure = secure;
    }

    /**
     * Binds and serves.
     *
     * @param context what is needed to back up and restore
     * @throws PortTaken when another program listens there
     * @throws IOException when the address is none of this machine, or the certificate cannot be used
     */
    public static UiServer start(Repository store, UiSettings settings, WorkContext context) throws IOException {
        ApiRoutes routes = new ApiRoutes(store, settings, context);
        Path certificate = settings.certificate();
        Path key = settings.key();
        SslContextFactory.Server tls =
                certificate == null || key == null ? null : tls(PemIdentity.load(certificate, key));
        InetSocketAddress address = settings.address().resolve();
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.concurrency.useVirtualThreads = true;
            config.http.compressionStrategy = CompressionStrategy.NONE;
            config.router.ignoreTrailingSlashes = false;
            config.router.treatMultipleSlashesAsSingleSlash = false;
            config.jetty.modifyHttpConfiguration(UiServer::configure);
            // Paths are decoded by the routes: an encoded slash is part of one.
            config.jetty.modifyServletContextHandler(
                    handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));
            config.jetty.addConnector((server, http) -> connector(server, http, tls, address));
            routes.addTo(config.routes);
        });
        try {
            javalin.start();
        } catch (RuntimeException e) {
            javalin.stop();
            routes.close();
            throw notBound(e, settings.address());
        }
        return new UiServer(javalin, routes, tls != null);
    }

    private static void configure(HttpConfiguration http) {
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(HEADER_BYTES);
        // The cache takes headers for equal that differ in case: a token must not be one of them.
        http.setHeaderCacheSize(0);
    }

    private static ServerConnector connector(
            Server server, HttpConfiguration http, SslContextFactory.@Nullable Server tls, InetSocketAddress address) {
        ServerConnector connector;
        if (tls == null) {
            connector = new ServerConnector(server, new HttpConnectionFactory(http));
        } else {
            HttpConfiguration secure = new HttpConfiguration(http);
            secure.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(
                    server, new SslConnectionFactory(tls, "http/1.1"), new HttpConnectionFactory(secure));
        }
        connector.setHost(address.getAddress().getHostAddress());
        connector.setPort(address.getPort());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    private static SslContextFactory.Server tls(SSLContext context) {
        SslContextFactory.Server tls = new SslContextFactory.Server();
        tls.setSslContext(context);
        return tls;
    }

    private static IOException notBound(Throwable failure, ListenAddress address) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new PortTaken(address);
            }
        }
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new IOException("cannot listen on " + address + ": " + cause.getMessage(), failure);
    }

    /** Where it listens. */
    public int port() {
        return javalin.port();
    }

    /** What it answers to. */
    ApiRoutes routes() {
        return routes;
    }

    public boolean secure() {
        return secure;
    }

    /** Serves until the thread is interrupted. */
    public void await() throws InterruptedException {
        while (!Thread.interrupted()) {
            LockSupport.park(this);
        }
        throw new InterruptedException();
    }

    /** Cancels what runs and ends all connections. */
    @Override
    public void close() {
        routes.close();
        javalin.stop();
    }

    /** Another program listens where the server should. */
    public static final class PortTaken extends IOException {
        private static final long serialVersionUID = 1;
        private final transient ListenAddress address;

        PortTaken(ListenAddress address) {
            super("cannot listen on " + address + ": the address is already in use");
            this.address = address;
        }

        /** The same with a port near by that is free now, if there is one. */
        public Optional<ListenAddress> nextFree() {
            OptionalInt port = address.nextFreePort();
            return port.isEmpty() ? Optional.empty() : Optional.of(address.withPort(port.getAsInt()));
        }
    }
}
