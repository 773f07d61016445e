package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.Importer;
import io.plakar.connector.ImporterConformance;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory of a remote as a source, by the real rclone; one class for each way of reading it. */
abstract class RcloneSourceConformance extends ImporterConformance {
    private static final BytePath PLACE = BytePath.clean("/outer/a place [1] #%?&;:\"'");

    @TempDir
    private Path directory;

    @BeforeEach
    void makePlace() throws Exception {
        RealRclone.require();
        Files.createDirectories(path(PLACE));
    }

    private Path path(BytePath path) {
        return directory.resolve(path.toString().substring(1));
    }

    @Override
    protected BytePath place() {
        return PLACE;
    }

    @Override
    protected Importer connect(BytePath root) throws Exception {
        return connect(directory, root);
    }

    /** Opens {@code root} of the remote whose files lie in {@code directory}. */
    abstract Importer connect(Path directory, BytePath root) throws Exception;

    @Override
    protected void makeDirectory(BytePath path) throws Exception {
        Files.createDirectory(path(path));
    }

    @Override
    protected void makeFile(BytePath path, byte[] content) throws Exception {
        Files.write(path(path), content);
    }

    @Override
    protected boolean namesAreBytes() {
        return false;
    }
}
