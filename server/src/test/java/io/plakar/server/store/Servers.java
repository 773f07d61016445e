package io.plakar.server.store;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import io.plakar.connector.fs.FsProvider;
import io.plakar.connector.http.HttpProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Servers over stores of files in one directory, and clients of them; all are closed together. */
final class Servers implements AutoCloseable {
    final Path directory;
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    Servers(Path directory) {
        this.directory = directory;
    }

    Path store() {
        return directory.resolve("store");
    }

    StoreServer start(Clients clients) throws IOException {
        return start(clients, StoreServer.UNLIMITED, null);
    }

    StoreServer start(Clients clients, long quota, @Nullable SSLContext tls) throws IOException {
        return start(files(), clients, quota, tls);
    }

    StoreServer start(StoreConnector store, Clients clients, long quota, @Nullable SSLContext tls) throws IOException {
        StoreServer server = StoreServer.start(
                store,
                new StoreServer.Settings(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                        clients,
                        true,
                        quota,
                        tls,
                        requests::add,
                        failures::add));
        opened.add(server);
        return server;
    }

    /** The store itself. */
    StoreConnector files() throws ConnectorException {
        StoreConnector files = new FsProvider().store(Location.parse(store().toString()), Map.of(), context());
        opened.addFirst(files);
        return files;
    }

    /** A client of {@code server}. */
    StoreConnector client(StoreServer server, String... options) throws ConnectorException {
        Map<String, String> map = new HashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            map.put(options[i], options[i + 1]);
        }
        StoreConnector client = new HttpProvider().store(Location.parse(server.url()), map, context());
        opened.add(client);
        return client;
    }

    private ConnectorContext context() {
        return new ConnectorContext(
                "host",
                directory,
                directory.resolve("scratch"),
                4,
                true,
                "plakar/test",
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
    }

    /** Files of the store and of its clients that belong to nothing. */
    int leftovers() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return (int) files.filter(file -> file.getFileName().toString().matches("tmp\\..*|.*\\.tmp"))
                    .count();
        }
    }

    @Override
    public void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }
}
