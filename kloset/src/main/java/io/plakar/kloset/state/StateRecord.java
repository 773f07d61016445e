package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.util.UUID;

/**
 * A state the index holds.
 *
 * @param parent {@link Mac#ZERO} for none; it may be unknown
 * @param timestamp nanoseconds since the epoch
 */
public record StateRecord(Mac id, Mac parent, long timestamp, UUID serial) {}
