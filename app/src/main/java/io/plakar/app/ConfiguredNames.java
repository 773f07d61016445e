package io.plakar.app;

import io.plakar.connector.TokenKeeper;
import java.util.Map;
import java.util.Optional;

/**
 * What the words {@code @name} and {@code @name:below} mean: the one place where configured stores, sources and
 * destinations come in. Immutable. Every look-up may fail with a {@link Failure} when the configuration cannot be read.
 */
public interface ConfiguredNames {
    /** Knows no name. */
    ConfiguredNames NONE = new ConfiguredNames() {
        @Override
        public Optional<Place> store(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Place> source(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<Place> destination(String name) {
            return Optional.empty();
        }

        @Override
        public Optional<String> defaultStore() {
            return Optional.empty();
        }
    };

    /**
     * A configured place.
     *
     * @param location as it would be written on the command line
     * @param options the other keys of its entry
     */
    record Place(String location, Map<String, String> options) {}

    /** {@code name} without the {@code @}, with {@code :below} when it was given. */
    Optional<Place> store(String name) throws Failure;

    Optional<Place> source(String name) throws Failure;

    Optional<Place> destination(String name) throws Failure;

    /**
     * Keeps what a connector renews while it is used: every entry that has the same credentials gets the new ones.
     *
     * @param options what the connector is given
     */
    default TokenKeeper keeper(Map<String, String> options) {
        return renewed -> {};
    }

    /** The name of the store used when none is given. */
    Optional<String> defaultStore() throws Failure;
}
