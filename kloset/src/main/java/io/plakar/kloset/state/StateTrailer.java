package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.util.UUID;

/**
 * What frames the entries of a state.
 *
 * @param parent the state this one was written after; {@link Mac#ZERO} for none
 * @param version the format version the writer noted inside the stream
 * @param timestamp creation, nanoseconds since the epoch
 * @param serial zero in file stores, the repository id in a ptar; no reader depends on it
 */
public record StateTrailer(Mac parent, int version, long timestamp, UUID serial) {}
