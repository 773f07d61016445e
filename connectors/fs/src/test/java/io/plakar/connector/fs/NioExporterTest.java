package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.ExporterConformance;
import io.plakar.connector.Importer;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** The {@code java.nio} way of macOS, on this machine's own file system. */
class NioExporterTest extends ExporterConformance {
    @TempDir
    Path temporary;

    private final NioFs tree = new NioFs(FileSystems.getDefault());

    private BytePath place() {
        return BytePath.clean(temporary.toString()).child("place");
    }

    @Override
    protected Exporter connect(ExportOptions options) throws Exception {
        return new FsExporter(tree, place(), options, Contexts.at(temporary));
    }

    @Override
    protected Importer readBack() throws Exception {
        return new FsImporter(tree, place(), false, Contexts.at(temporary));
    }

    @Override
    protected Set<Feature> features() {
        EnumSet<Feature> features = EnumSet.complementOf(EnumSet.of(
                Feature.BYTE_NAMES,
                Feature.SPECIAL_FILES,
                Feature.XATTRS,
                Feature.OWNER_NAMES,
                Feature.VERBATIM_LINKS,
                Feature.NANOSECONDS));
        if (!tree.privileged()) {
            features.remove(Feature.OWNERS);
        }
        return features;
    }

    @Override
    protected long ownUser() throws Exception {
        return tree.stat(BytePath.clean(temporary.toString()), false).uid();
    }

    @Override
    protected long ownGroup() throws Exception {
        return tree.stat(BytePath.clean(temporary.toString()), false).gid();
    }

    private Path outside() throws Exception {
        return Files.createDirectories(temporary.resolve("outside"));
    }

    @Override
    protected boolean plantLink(BytePath path) throws Exception {
        Files.createSymbolicLink(Path.of(place() + path.toString()), outside());
        return true;
    }

    @Override
    protected int thingsOutside() throws Exception {
        try (Stream<Path> all = Files.walk(outside())) {
            return (int) all.count();
        }
    }
}
