package io.plakar.connector.tar;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * Makes tar sources and destinations: {@code tar:FILE}, and {@code tgz:FILE}, {@code tar+gz:FILE}, {@code tar+gzip:FILE}
 * for compressed ones. Stateless.
 */
public final class TarProvider implements ConnectorProvider {
    private static final Set<String> SCHEMES = Set.of("tar", "tar+gz", "tar+gzip", "tgz");

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
        return Set.of();
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return EnumSet.of(ConnectorFlag.LOCALFS, ConnectorFlag.STREAM);
    }

    @Override
    public Importer importer(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        return TarImporter.of(location.scheme(), path(location, context), context);
    }

    /** Options: {@code overwrite}, whether an existing archive is replaced (Go's boolean words, default false). */
    @Override
    public Exporter exporter(
            Location location, Map<String, String> options, ExportOptions export, ConnectorContext context)
            throws ConnectorException {
        String value = options.getOrDefault("overwrite", "false");
        boolean overwrite = switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default ->
                throw new ConnectorException(
                        Reason.INVALID, "option overwrite: '" + value + "' is neither true nor false");
        };
        return TarExporter.begin(location.scheme(), path(location, context), overwrite, export, context.hostname());
    }

    private static Path path(Location location, ConnectorContext context) throws ConnectorException {
        if (location.rest().isEmpty()) {
            throw new ConnectorException(
                    Reason.INVALID, "missing location: " + location.scheme() + " needs the name of an archive");
        }
        try {
            return context.workingDirectory().resolve(location.rest()).normalize();
        } catch (InvalidPathException e) {
            throw new ConnectorException(Reason.INVALID, "invalid location: " + location, e);
        }
    }
}
