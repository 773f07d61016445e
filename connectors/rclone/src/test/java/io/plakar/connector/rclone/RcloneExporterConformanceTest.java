package io.plakar.connector.rclone;

import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.ExporterConformance;
import io.plakar.connector.Importer;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A directory of a remote as a destination, by the real rclone. */
class RcloneExporterConformanceTest extends ExporterConformance {
    @TempDir
    private Path directory;

    @BeforeEach
    void needRclone() {
        RealRclone.require();
    }

    @Override
    protected Exporter connect(ExportOptions options) throws Exception {
        return RealRclone.exporter(RealRclone.aliasOf(directory), "/target [2] #%");
    }

    @Override
    protected Importer readBack() throws Exception {
        return RealRclone.importer(RealRclone.aliasOf(directory), "/target [2] #%");
    }

    @Override
    protected Set<Feature> features() {
        return EnumSet.noneOf(Feature.class);
    }

    @Override
    protected long ownUser() {
        return 0;
    }

    @Override
    protected long ownGroup() {
        return 0;
    }
}
