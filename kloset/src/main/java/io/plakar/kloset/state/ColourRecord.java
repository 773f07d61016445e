package io.plakar.kloset.state;

import io.plakar.connector.Mac;

/**
 * A resource marked for deletion.
 *
 * @param type 4 for a packfile, 5 for a snapshot
 * @param when nanoseconds since the epoch
 */
public record ColourRecord(int type, Mac resource, long when) {}
