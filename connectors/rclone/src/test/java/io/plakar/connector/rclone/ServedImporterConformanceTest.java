package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.Importer;
import io.plakar.connector.ImporterConformance;
import io.plakar.connector.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory of a remote as a source, through rclone's file server. */
class ServedImporterConformanceTest extends ImporterConformance {
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
        RcloneRemote remote = RcloneRemote.parse(
                new Location("rclone", root.toString()), RealRclone.aliasOf(directory), System.getenv());
        return RcloneImporter.open(remote, Remote.forServedSource(remote, System.getenv()), RealRclone.context());
    }

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
