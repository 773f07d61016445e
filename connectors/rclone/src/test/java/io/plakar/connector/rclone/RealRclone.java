package io.plakar.connector.rclone;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import io.plakar.connector.TokenKeeper;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The rclone of this machine ({@code PLAKAR_RCLONE}, else {@code PATH}) with remotes made for tests. */
final class RealRclone {
    private RealRclone() {}

    /** Skips the test, loudly, where there is no rclone. */
    static void require() {
        boolean found = true;
        try {
            RcloneDaemon.find(System.getenv().getOrDefault("PLAKAR_RCLONE", "rclone"), System.getenv());
        } catch (ConnectorException e) {
            found = false;
            System.err.println("SKIPPED: " + e.getMessage());
        }
        assumeTrue(found, "SKIPPED: no rclone on this machine");
    }

    /** Options of a remote, imported as {@code import -rclone} stores it, which is {@code directory}. */
    static Map<String, String> aliasOf(Path directory) {
        Map<String, String> options = new HashMap<>();
        options.put("rclone_type", "alias");
        options.put("rclone_remote", directory.toString());
        return options;
    }

    static RcloneProvider provider(TokenKeeper keeper) {
        return new RcloneProvider(Set.of(), keeper, System.getenv());
    }

    static RcloneProvider provider() {
        return provider(options -> {});
    }

    static Importer importer(Map<String, String> options, String path) throws ConnectorException {
        return provider().importer(new Location("rclone", path), options, context());
    }

    static Exporter exporter(Map<String, String> options, String path) throws ConnectorException {
        return provider().exporter(new Location("rclone", path), options, ExportOptions.DEFAULT, context());
    }

    static StoreConnector store(Map<String, String> options, String path) throws ConnectorException {
        return provider().store(new Location("rclone", path), options, context());
    }

    static ConnectorContext context() {
        return new ConnectorContext(
                "host.example",
                Path.of("/nowhere"),
                Path.of("/nowhere/scratch"),
                4,
                true,
                "test/1",
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
    }
}
