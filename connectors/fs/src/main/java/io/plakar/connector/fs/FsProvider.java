package io.plakar.connector.fs;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import java.util.Map;
import java.util.Set;

/** The connectors of scheme {@code fs}. Stateless; the way to the file system is chosen on first use. */
public final class FsProvider implements ConnectorProvider {
    private static final Set<String> SCHEMES = Set.of("fs");

    /** Go's words for true; every other word leaves the option off. */
    private static final Set<String> TRUE = Set.of("1", "t", "T", "TRUE", "true", "True");

    @Override
    public Set<String> importerSchemes() {
        return SCHEMES;
    }

    @Override
    public Set<String> exporterSchemes() {
        return SCHEMES;
    }

    @Override
    public Set<String> storeSchemes() {
        return SCHEMES;
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return Set.of(ConnectorFlag.LOCALFS);
    }

    @Override
    public Importer importer(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        FileTree tree = FileTree.local();
        boolean oneFileSystem = TRUE.contains(options.getOrDefault("dont_traverse_fs", "false"));
        return new FsImporter(tree, tree.resolve(location.rest(), context.workingDirectory()), oneFileSystem, context);
    }

    @Override
    public Exporter exporter(
            Location location, Map<String, String> options, ExportOptions export, ConnectorContext context)
            throws ConnectorException {
        FileTree tree = FileTree.local();
        return new FsExporter(tree, tree.resolve(location.rest(), context.workingDirectory()), export, context);
    }

    @Override
    public StoreConnector store(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        FileTree tree = FileTree.local();
        return new FsStore(tree, tree.resolve(location.rest(), context.workingDirectory()));
    }
}
