package io.plakar.connector;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Makes the connectors of one family; a {@link java.util.ServiceLoader} service. The three scheme sets say what it can
 * do; calling a factory with a scheme outside the set is a mistake of the caller.
 *
 * <p>{@code options} is what the user configured, and always holds {@code location}. Unknown options are ignored, bad
 * values are {@link ConnectorException.Reason#INVALID} and name the option.
 */
public interface ConnectorProvider {
    Set<String> importerSchemes();

    Set<String> exporterSchemes();

    Set<String> storeSchemes();

    Set<ConnectorFlag> flags(String scheme);

    /**
     * The same provider, whose connectors hand renewed credentials to {@code keeper}. Providers whose options never
     * change while they are used return themselves.
     */
    default ConnectorProvider keeping(TokenKeeper keeper) {
        return this;
    }

    /** The name of the package that brings this connector; empty when it is part of every installation. */
    default Optional<String> packageName() {
        return Optional.empty();
    }

    /**
     * The same for further schemes.
     *
     * @param services names of services which the program it drives has; each becomes a scheme
     * @return itself when it does not drive one
     */
    default ConnectorProvider offering(Set<String> services) {
        return this;
    }

    default Importer importer(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        throw new ConnectorException(ConnectorException.Reason.UNSUPPORTED, "unsupported importer protocol");
    }

    default Exporter exporter(
            Location location, Map<String, String> options, ExportOptions export, ConnectorContext context)
            throws ConnectorException {
        throw new ConnectorException(ConnectorException.Reason.UNSUPPORTED, "unsupported exporter protocol");
    }

    default StoreConnector store(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        throw new ConnectorException(
                ConnectorException.Reason.UNSUPPORTED, "backend '" + location.scheme() + "' does not exist");
    }
}
