package io.plakar.app.configuration;

import io.plakar.app.ConfiguredNames;
import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.connector.TokenKeeper;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The names of a configuration directory, looked up when they are asked for and kept from then on. Safe for use by many
 * threads.
 */
public final class ConfigurationNames implements ConfiguredNames {
    private final Supplier<Configuration> configuration;
    private final SecretCommand command;
    private final Consumer<String> warnings;
    private final Map<String, Optional<Place>> known = new HashMap<>();

    /**
     * @param configuration asked for only when a name or the default is
     * @param workingDirectory where commands of the configuration run
     * @param warnings takes what goes wrong while nobody waits for an answer
     */
    public ConfigurationNames(Supplier<Configuration> configuration, Path workingDirectory, Consumer<String> warnings) {
        this.configuration = configuration;
        this.warnings = warnings;
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

    @Override
    public TokenKeeper keeper(Map<String, String> options) {
        Map<String, String> last = new HashMap<>(options);
        return renewed -> {
            synchronized (this) {
                keep(last, renewed);
                last.putAll(renewed);
            }
        };
    }

    private void keep(Map<String, String> old, Map<String, String> renewed) {
        try {
            for (PlaceKind kind : PlaceKind.values()) {
                boolean any = configuration.get().read(kind).entries().values().stream()
                        .anyMatch(entry -> hasAny(entry, old, renewed));
                if (any) {
                    configuration
                            .get()
                            .edit(
                                    kind,
                                    entries -> entries.values().stream()
                                            .filter(entry -> hasAny(entry, old, renewed))
                                            .forEach(entry -> entry.putAll(renewed)));
                }
            }
        } catch (Failure e) {
            warnings.accept("renewed credentials could not be saved, the next run may have to be allowed anew: "
                    + e.getMessage());
        }
    }

    /** Whether {@code entry} has one of the credentials that were renewed. */
    private static boolean hasAny(Map<String, String> entry, Map<String, String> old, Map<String, String> renewed) {
        return renewed.keySet().stream()
                .anyMatch(key -> entry.containsKey(key) && entry.get(key).equals(old.get(key)));
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
