package io.plakar.server.api;

import io.plakar.app.Connectors;
import io.plakar.app.configuration.Configuration;
import io.plakar.app.configuration.ConfigurationNames;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.Importer;
import io.plakar.connector.Mac;
import io.plakar.connector.fs.FsProvider;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.server.ListenAddress;
import io.plakar.server.job.WorkContext;
import io.plakar.testkit.MemoryStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A store in memory and servers on it; all are closed together. */
final class StoreFixture implements AutoCloseable {
    /** When the recorded server was asked. */
    static final Instant NOW = Instant.ofEpochSecond(1795429550);

    final MemoryStore.Contents contents = new MemoryStore.Contents();
    final List<String> log = new CopyOnWriteArrayList<>();
    final HttpClient client = HttpClient.newHttpClient();
    private final Path directory;
    private final List<AutoCloseable> opened = new CopyOnWriteArrayList<>();

    StoreFixture(Path directory) throws KlosetException {
        this.directory = directory;
        Repository.create(new MemoryStore(contents, "/mnt/store"), CreateOptions.DEFAULT, null, context());
    }

    private EngineContext context() {
        return new EngineContext(
                InstantSource.fixed(NOW),
                new SecureRandom(),
                directory.resolve("cache"),
                directory.resolve("scratch"),
                2,
                "testhost",
                true);
    }

    Mac backup(Importer source, BackupOptions options) throws KlosetException {
        try (Repository repository = open()) {
            return Backup.run(repository, List.of(source), options, BackupListener.NONE)
                    .snapshot();
        }
    }

    static BackupOptions options() {
        return new BackupOptions(
                "default", "", "", "", "", "", List.of(), null, false, true, ExcludeRules.NONE, List.of());
    }

    Repository open() throws KlosetException {
        return Repository.open(new MemoryStore(contents, "/mnt/store"), null, context());
    }

    /** The store as one whose requests are dear. */
    Repository openFar() throws KlosetException {
        return Repository.open(new MemoryStore(contents, "/mnt/store", Set.of()), null, context());
    }

    UiSettings settings(String token) {
        return new UiSettings(
                new ListenAddress("localhost", 0),
                token,
                false,
                true,
                false,
                null,
                null,
                "v1.2.0-devel.a3b0b7e0cc301215b7881172e16828066b284262",
                "linux",
                "amd64",
                null,
                null,
                directory.resolve("token"),
                InstantSource.fixed(NOW),
                ZoneOffset.UTC,
                log::add);
    }

    /** The settings with what the recordings vary. */
    UiSettings settings(
            String token, boolean cors, boolean demo, @Nullable String service, @Nullable String accountToken) {
        UiSettings plain = settings(token);
        return new UiSettings(
                plain.address(),
                token,
                cors,
                plain.refreshing(),
                demo,
                null,
                null,
                plain.version(),
                plain.operatingSystem(),
                plain.architecture(),
                service,
                accountToken,
                plain.accountTokenFile(),
                plain.clock(),
                plain.zone(),
                plain.log());
    }

    /** Files of this machine, and the places of a configuration directory. */
    private WorkContext work() {
        Configuration configuration = new Configuration(directory.resolve("config"));
        return new WorkContext(
                Connectors.of(List.of(new FsProvider())),
                new ConfigurationNames(() -> configuration, directory, log::add),
                configuration,
                new ConnectorContext(
                        "testhost",
                        directory,
                        directory.resolve("scratch"),
                        2,
                        true,
                        "test",
                        InputStream.nullInputStream(),
                        OutputStream.nullOutputStream(),
                        OutputStream.nullOutputStream()),
                List.of(new SnapshotHeader.Pair("Hostname", "testhost")));
    }

    UiServer start(UiSettings settings) throws KlosetException, IOException {
        return start(open(), settings);
    }

    UiServer start(Repository repository, UiSettings settings) throws IOException {
        UiServer server = UiServer.start(repository, settings, work());
        opened.add(repository);
        opened.add(server);
        return server;
    }

    HttpResponse<byte[]> ask(UiServer server, String method, String path, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
                .method(method, HttpRequest.BodyPublishers.noBody());
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    @Override
    public void close() throws Exception {
        client.close();
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }
}
