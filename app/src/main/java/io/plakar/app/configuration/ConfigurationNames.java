package io.plakar.app.configuration;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/**
 * The names of a configuration directory, looked up when they are asked for and kept from then on. Safe for use by many
 * threads.
 */
public final class ConfigurationNames implements ConfiguredNames {
    private final Supplier<Configuration> configuration;
    private final SecretCommand command;
    private final Map<String, Optional<Place>> known = new HashMap<>();

    /**
     * @param configuration asked for only when a name or the default is
     * @param workingDirectory where commands of the configuration run
     */
    public ConfigurationNames(Supplier<Configuration> configuration, Path workingDirectory) {
        this.configuration = configuration;
        this.command = new SecretCommand(workingDirectory);
    }

    @Override
    public Optional<Place> store(String name) throws Failure {
        return place(PlaceKind.STORE, name);
    }

    @Override
    public Optional<Place> source(String name) throws Failure {
        return place(PlaceKind.SOURCE, name);
    }

    @Override
    public Optional<Place> destination(String name) throws Failure {
        return place(PlaceKind.DESTINATION, name);
    }

    @Override
    public Optional<String> defaultStore() throws Failure {
        return Optional.ofNullable(configuration.get().defaultStore());
    }

    private synchronized Optional<Place> place(PlaceKind kind, String word) throws Failure {
        String key = kind.word() + "@" + word;
        Optional<Place> place = known.get(key);
        if (place == null) {
            place = find(kind, word);
            known.put(key, place);
        }
        return place;
    }

    private Optional<Place> find(PlaceKind kind, String word) throws Failure {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        SortedMap<String, String> entry =
                configuration.get().read(kind).entries().get(name);
        if (entry == null) {
            return Optional.empty();
        }
        String location = Configuration.location(entry);
        if (location == null) {
            throw new Failure(
                    ExitCode.FAILURE,
                    (kind == PlaceKind.STORE ? "repository" : kind.word()) + " @" + name + " has no location",
                    "run `plakar " + kind.word() + " set " + name + " location=…`");
        }
        Map<String, String> options = new HashMap<>(entry);
        options.remove("location");
        for (Map.Entry<String, String> option : options.entrySet()) {
            option.setValue(command.resolve(name, option.getKey(), option.getValue()));
        }
        return Optional.of(
                new Place(colon < 0 ? location : RootOverride.apply(location, word.substring(colon + 1)), options));
    }
}
