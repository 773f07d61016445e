package io.plakar.mount.http;

import io.plakar.mount.MountedTree;
import io.plakar.server.WebServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.eclipse.jetty.http.UriCompliance;
import org.jspecify.annotations.Nullable;

/** A tree served over HTTP from {@link #start} to {@link #close}. It does not own the tree. */
public final class TreeServer implements AutoCloseable {
    private static final int HEADER_BYTES = 64 << 10;

    /**
     * How it is served.
     *
     * @param token what clients must know, as a bearer token or as the password of any user; empty for nothing
     * @param tls null for plain HTTP
     * @param failures told of each failure of the store, in one line
     */
    public record Settings(
            InetSocketAddress listen,
            String token,
            @Nullable SSLContext tls,
            Consumer<String> failures) {}

    private final WebServer server;
    private final MountedTree tree;

    private TreeServer(WebServer server, MountedTree tree) {
        this.server = server;
        this.tree = tree;
    }

    /** @throws BindException when the address cannot be listened at */
    public static TreeServer start(MountedTree tree, Settings settings) throws IOException {
        // Names may hold anything that can be escaped; the handler decodes them itself.
        return new TreeServer(
                WebServer.start(
                        "mount",
                        settings.listen(),
                        settings.tls(),
                        UriCompliance.UNSAFE,
                        HEADER_BYTES,
                        new TreeHandler(tree, settings)),
                tree);
    }

    /** {@code http://127.0.0.1:8080}. */
    public String url() {
        return server.url();
    }

    @Override
    public void close() {
        // Whoever waits for a chunk comes back at once.
        tree.close();
        server.close();
    }
}
