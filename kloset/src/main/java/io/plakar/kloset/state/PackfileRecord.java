package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import org.jspecify.annotations.Nullable;

/**
 * A packfile the states know.
 *
 * @param state the state it was written under
 * @param timestamp nanoseconds since the epoch
 * @param colouredAt when it was marked for deletion (nanoseconds since the epoch), or null
 */
public record PackfileRecord(
        Mac packfile, Mac state, long timestamp, @Nullable Long colouredAt) {}
