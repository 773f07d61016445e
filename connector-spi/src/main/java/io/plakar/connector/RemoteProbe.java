package io.plakar.connector;

import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Tries a configured place once and says what it is; a {@link java.util.ServiceLoader} service beside {@link
 * ConnectorProvider}, for places that can tell more than whether they answer.
 */
public interface RemoteProbe {
    /** The schemes of the locations it can try. */
    Set<String> schemes();

    /**
     * Contacts the place. The caller interrupts the thread when it does not want to wait any longer.
     *
     * @param options what is configured, {@code location} too
     * @param keeper takes credentials that were renewed meanwhile
     */
    Answer probe(Location location, Map<String, String> options, TokenKeeper keeper, ConnectorContext context)
            throws ConnectorException;

    /**
     * What a place says of itself.
     *
     * @param kind the provider's name, {@code dropbox}
     * @param account whose it is; empty when the provider does not tell
     * @param usedBytes empty when the provider does not tell
     * @param totalBytes empty when the provider does not tell
     */
    record Answer(String kind, String account, OptionalLong usedBytes, OptionalLong totalBytes) {}
}
