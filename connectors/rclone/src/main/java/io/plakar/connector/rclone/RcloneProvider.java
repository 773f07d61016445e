package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import io.plakar.connector.StoreConnector;
import io.plakar.connector.TokenKeeper;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The connectors of scheme {@code rclone}, and of further schemes that are names of rclone's services. Immutable.
 *
 * <p>Options: {@code rclone_<key>} for each line of the remote's section ({@code rclone_type} among them), as {@code
 * import -rclone} stores them; {@code tpslimit}, {@code tpslimit_burst}, {@code transfers} and {@code checkers} for
 * rclone's pacing; {@code binary} for the program, else {@code PLAKAR_RCLONE}, else {@code rclone} of {@code PATH}.
 */
public final class RcloneProvider implements ConnectorProvider {
    private final Set<String> schemes;
    private final TokenKeeper keeper;
    private final Map<String, String> environment;

    /** Scheme {@code rclone}, with this process's environment. */
    public RcloneProvider() {
        this(Set.of(), options -> {}, System.getenv());
    }

    /**
     * Scheme {@code rclone} and each of {@code services}, which are types of rclone: {@code dropbox}, {@code drive}.
     *
     * @param environment what rclone is started with; {@code PATH} finds it
     */
    public RcloneProvider(Set<String> services, TokenKeeper keeper, Map<String, String> environment) {
        Set<String> all = new TreeSet<>(services);
        all.add("rclone");
        this.schemes = Set.copyOf(all);
        this.keeper = keeper;
        this.environment = Map.copyOf(environment);
    }

    @Override
    public RcloneProvider keeping(TokenKeeper other) {
        return new RcloneProvider(schemes, other, environment);
    }

    @Override
    public Optional<String> packageName() {
        return Optional.of("rclone");
    }

    @Override
    public RcloneProvider offering(Set<String> services) {
        return new RcloneProvider(services, keeper, environment);
    }

    @Override
    public Set<String> importerSchemes() {
        return schemes;
    }

    @Override
    public Set<String> exporterSchemes() {
        return schemes;
    }

    @Override
    public Set<String> storeSchemes() {
        return schemes;
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return Set.of();
    }

    @Override
    public Importer importer(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        RcloneRemote remote = RcloneRemote.parse(location, options, environment);
        return RcloneImporter.open(remote, Remote.forSource(remote, keeper, environment), context);
    }

    @Override
    public Exporter exporter(
            Location location, Map<String, String> options, ExportOptions export, ConnectorContext context)
            throws ConnectorException {
        RcloneRemote remote = RcloneRemote.parse(location, options, environment);
        return RcloneExporter.open(remote, Remote.forFiles(remote, keeper, environment));
    }

    @Override
    public StoreConnector store(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        RcloneRemote remote = RcloneRemote.parse(location, options, environment);
        return RcloneStore.open(remote, Remote.forStore(remote, keeper, environment));
    }
}
