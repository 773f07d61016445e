package io.plakar.server.store;

import io.plakar.connector.StoreConformance;
import io.plakar.connector.StoreConnector;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Connector and server together are a store like every other. */
class StoreServerConformanceTest extends StoreConformance {
    @TempDir
    Path directory;

    private Servers servers;
    private StoreServer server;

    @BeforeEach
    void start() throws Exception {
        servers = new Servers(directory);
        server = servers.start(Clients.everybody(Rights.DELETE));
    }

    @AfterEach
    void stop() throws Exception {
        servers.close();
    }

    @Override
    protected StoreConnector connect() throws Exception {
        return servers.client(server);
    }

    @Override
    protected boolean refuseWrites() throws Exception {
        server = servers.start(Clients.everybody(Rights.READ));
        return true;
    }

    @Override
    protected int leftovers() throws Exception {
        return servers.leftovers();
    }
}
