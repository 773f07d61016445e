package io.plakar.server.job;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.Connectors;
import io.plakar.app.configuration.Configuration;
import io.plakar.connector.ConnectorContext;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.util.List;

/**
 * What jobs need of the outside.
 *
 * @param configuration the configured places, read when they are listed
 * @param names the same, when one is used
 * @param facts what a snapshot's header tells of the run that made it
 */
public record WorkContext(
        Connectors connectors,
        ConfiguredNames names,
        Configuration configuration,
        ConnectorContext connectorContext,
        List<SnapshotHeader.Pair> facts) {
    public WorkContext {
        facts = List.copyOf(facts);
    }
}
