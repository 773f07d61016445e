package io.plakar.connector.rclone;

import io.plakar.connector.BytePath;
import io.plakar.connector.Importer;
import java.nio.file.Path;

/** Through rclone's remote control. */
class RcloneImporterConformanceTest extends RcloneSourceConformance {
    @Override
    Importer connect(Path directory, BytePath root) throws Exception {
        return RealRclone.importer(RealRclone.aliasOf(directory), root.toString());
    }
}
