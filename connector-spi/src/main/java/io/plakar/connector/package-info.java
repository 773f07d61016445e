/**
 * What a source, a destination and a store must do for the engine to use it.
 *
 * <p>Read first: {@link io.plakar.connector.Importer}, {@link io.plakar.connector.Exporter} and
 * {@link io.plakar.connector.StoreConnector}. A connector is found through
 * {@link io.plakar.connector.ConnectorProvider}, which is a {@link java.util.ServiceLoader} service. Every
 * implementation runs the conformance suite of its kind (in this module's test jar).
 *
 * <p>Invariants: names and paths are bytes ({@link io.plakar.connector.BytePath}), never decoded and encoded again;
 * ids are {@link io.plakar.connector.Mac}; a vendor's error is translated once, at the connector's border, into a
 * {@link io.plakar.connector.ConnectorException}.
 */
@NullMarked
package io.plakar.connector;

import org.jspecify.annotations.NullMarked;
