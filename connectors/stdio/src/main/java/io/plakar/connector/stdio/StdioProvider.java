package io.plakar.connector.stdio;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.ConnectorProvider;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.Importer;
import io.plakar.connector.Location;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Makes {@code stdin:NAME} sources, and {@code stdout:} and {@code stderr:} destinations. Stateless. */
public final class StdioProvider implements ConnectorProvider {
    @Override
    public Set<String> importerSchemes() {
        return Set.of("stdin");
    }

    @Override
    public Set<String> exporterSchemes() {
        return Set.of("stdout", "stderr");
    }

    @Override
    public Set<String> storeSchemes() {
        return Set.of();
    }

    @Override
    public Set<ConnectorFlag> flags(String scheme) {
        return scheme.equals("stdin") ? EnumSet.of(ConnectorFlag.STREAM) : EnumSet.noneOf(ConnectorFlag.class);
    }

    @Override
    public Importer importer(Location location, Map<String, String> options, ConnectorContext context)
            throws ConnectorException {
        return StdinImporter.of(location.rest(), context, Clock.systemUTC());
    }

    @Override
    public Exporter exporter(
            Location location, Map<String, String> options, ExportOptions export, ConnectorContext context) {
        boolean error = location.scheme().equals("stderr");
        return new StdoutExporter(
                context.hostname(),
                error ? "standard error" : "standard output",
                error ? context.standardError() : context.standardOutput());
    }
}
