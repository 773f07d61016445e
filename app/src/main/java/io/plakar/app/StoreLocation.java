package io.plakar.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Decides which store a run works on when the command line does not say so (cli §2). */
public final class StoreLocation {
    private StoreLocation() {}

    /**
     * The location as the user would write it: {@code given}, else {@code PLAKAR_REPOSITORY}, else the configured
     * default, else {@code .plakar} in the home directory. Of the two homes, {@code $HOME} and the one of the password
     * database, the first one which holds a store is taken, and {@code $HOME} when none does.
     */
    public static String choose(
            @Nullable String given, Variables variables, ConfiguredNames names, Path passwordDatabaseHome)
            throws Failure {
        if (given != null) {
            return given;
        }
        String variable = variables.get("PLAKAR_REPOSITORY");
        if (variable != null) {
            return variable;
        }
        Optional<String> configured = names.defaultStore();
        if (configured.isPresent()) {
            return "@" + configured.get();
        }
        String home = variables.get("HOME");
        Path other = passwordDatabaseHome.resolve(".plakar");
        if (home == null) {
            return "fs:" + other;
        }
        Path first = Path.of(home).resolve(".plakar");
        return "fs:" + (!Files.exists(first) && Files.exists(other) ? other : first);
    }
}
