package io.plakar.connector.fs;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.plakar.connector.BytePath;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConformance;
import io.plakar.connector.StoreConnector;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;

/** The store in a directory, by {@code java.nio}, on a disk of macOS in memory. */
class NioStoreTest extends StoreConformance {
    private final FileSystem system = Jimfs.newFileSystem(Configuration.osX());

    @Override
    protected StoreConnector connect() {
        return new FsStore(new NioFs(system), BytePath.clean("/Volumes/disk/store"));
    }

    @Override
    protected boolean addForeignFile(Resource beside, String name) throws Exception {
        String directory = switch (beside) {
            case PACKFILE -> "packfiles/ff";
            case STATE -> "states";
            case LOCK -> "locks";
        };
        Files.createFile(system.getPath("/Volumes/disk/store", directory, name));
        return true;
    }

    @Override
    protected int leftovers() throws Exception {
        try (Stream<Path> all = Files.walk(system.getPath("/Volumes/disk/store"))) {
            return (int) all.filter(path -> path.getFileName().toString().startsWith("tmp."))
                    .count();
        }
    }

    @AfterEach
    void close() throws Exception {
        system.close();
    }
}
