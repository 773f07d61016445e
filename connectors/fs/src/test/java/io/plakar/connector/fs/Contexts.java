package io.plakar.connector.fs;

import io.plakar.connector.ConnectorContext;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;

/** Surroundings for the connectors under test. */
final class Contexts {
    private Contexts() {}

    static ConnectorContext at(Path directory) {
        return new ConnectorContext(
                "host.example",
                directory,
                directory.resolve("scratch"),
                4,
                true,
                "test/1",
                InputStream.nullInputStream(),
                OutputStream.nullOutputStream(),
                OutputStream.nullOutputStream());
    }
}
