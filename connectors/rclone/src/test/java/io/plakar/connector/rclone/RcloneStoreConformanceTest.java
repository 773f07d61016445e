package io.plakar.connector.rclone;

import io.plakar.connector.Resource;
import io.plakar.connector.StoreConformance;
import io.plakar.connector.StoreConnector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A store below the root of a remote, by the real rclone. */
class RcloneStoreConformanceTest extends StoreConformance {
    @TempDir
    private Path directory;

    @BeforeEach
    void needRclone() {
        RealRclone.require();
    }

    private Path store() {
        return directory.resolve("backups/st #1");
    }

    @Override
    protected StoreConnector connect() throws Exception {
        return RealRclone.store(RealRclone.aliasOf(directory), "backups/st #1");
    }

    @Override
    protected boolean addForeignFile(Resource beside, String name) throws Exception {
        String kind = switch (beside) {
            case PACKFILE -> "packfiles";
            case STATE -> "states";
            case LOCK -> "locks";
        };
        Files.createFile(store().resolve(kind).resolve(name));
        return true;
    }

    @Override
    protected int leftovers() throws Exception {
        try (Stream<Path> all = Files.walk(store())) {
            return (int) all.filter(path -> path.getFileName().toString().startsWith("tmp."))
                    .count();
        }
    }
}
