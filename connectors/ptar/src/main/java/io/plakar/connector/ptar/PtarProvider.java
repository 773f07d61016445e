package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Makes ptar stores: {@code ptar:FILE}, {@code ptar+http://…} and {@code ptar+https://…}. Stateless. */
public final class PtarProvider implements ConnectorProvider {
    @Override
    public Set<String> importerSchemes() {
        return Set.of();
    }

    @Override
    public Set<String> exporterSchemes() {
        return Set.of();
    }

    @Override
    public Set<String> storeSchemes() {
        return Set.of("ptar", "ptar+http", "ptar+https");
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return scheme.equals("ptar")
                ? EnumSet.of(ConnectorFlag.LOCALFS, ConnectorFlag.FILE)
                : EnumSet.of(ConnectorFlag.FILE);
    }

    /** Options: {@code overwrite}, whether {@code create} may replace an archive (Go's boolean words, default false). */
    @Override
    public StoreConnector store(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        String rest = location.rest();
        if (rest.isEmpty()) {
            throw new ConnectorException(Reason.INVALID, "missing location: ptar needs the name of an archive");
        }
        if (location.scheme().equals("ptar")) {
            try {
                Path path = context.workingDirectory().resolve(rest).normalize();
                return new PtarStore(path, overwrite(options));
            } catch (InvalidPathException e) {
                throw new ConnectorException(Reason.INVALID, "invalid location: " + rest, e);
            }
        }
        String scheme = location.scheme().substring("ptar+".length());
        try {
            URI uri = new URI(scheme + "://" + rest);
            if (uri.getHost() == null) {
                throw new ConnectorException(Reason.INVALID, "invalid location: " + location + " names no host");
            }
            return new PtarStore(uri, context.client());
        } catch (URISyntaxException e) {
            throw new ConnectorException(Reason.INVALID, "invalid location: " + location, e);
        }
    }

    private static boolean overwrite(Map<String, String> options) throws ConnectorException {
        String value = options.getOrDefault("overwrite", "false");
        return switch (value) {
            case "1", "t", "T", "TRUE", "true", "True" -> true;
            case "0", "f", "F", "FALSE", "false", "False" -> false;
            default ->
                throw new ConnectorException(
                        Reason.INVALID, "option overwrite: '" + value + "' is neither true nor false");
        };
    }
}
