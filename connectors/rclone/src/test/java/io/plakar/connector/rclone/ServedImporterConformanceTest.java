package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import java.nio.file.Path;

/** Through rclone's file server. */
class ServedImporterConformanceTest extends RcloneSourceConformance {
    @Override
    Importer connect(Path directory, BytePath root) throws Exception {
        RcloneRemote remote = RcloneRemote.parse(
                new Location("rclone", root.toString()), RealRclone.aliasOf(directory), System.getenv());
        return RcloneImporter.open(remote, Remote.forServedSource(remote, System.getenv()), RealRclone.context());
    }
}
