package io.plakar.cli.command;

import io.plakar.connector.BytePath;
import io.plakar.kloset.restore.RestoreListener.Misfit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a restored snapshot its destination could not hold as it was: counts and a few examples of each kind, for one
 * report at the end. Safe for many threads.
 */
final class Misfits {
    private static final int EXAMPLES = 3;

    private static final class Kind {
        private long count;
        private final List<String> examples = new ArrayList<>();
    }

    private final Map<Misfit, Kind> kinds = new EnumMap<>(Misfit.class);

    synchronized void add(BytePath path, Misfit misfit) {
        Kind kind = kinds.computeIfAbsent(misfit, key -> new Kind());
        kind.count++;
        if (kind.examples.size() < EXAMPLES) {
            kind.examples.add(path.toString().replaceAll("\\p{Cntrl}", "?"));
        }
    }

    /** How many paths were left out or stored as something else. */
    synchronized long total() {
        return kinds.values().stream().mapToLong(kind -> kind.count).sum();
    }

    /**
     * The report, on one line; empty when everything fitted.
     *
     * @param drops what the place keeps of no entry
     */
    synchronized Optional<String> report(String place, List<String> drops) {
        List<String> parts = new ArrayList<>();
        kinds.forEach((misfit, kind) -> parts.add(describe(misfit, kind)));
        if (!drops.isEmpty()) {
            parts.add("it keeps no " + String.join(", no ", drops));
        }
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of("not everything fits at " + place + ": " + String.join("; ", parts));
    }

    private static String describe(Misfit misfit, Kind kind) {
        boolean one = kind.count == 1;
        String what = switch (misfit) {
            case NAME_OR_SIZE -> one ? "file or folder" : "files or folders";
            case SYMBOLIC_LINK -> one ? "symbolic link" : "symbolic links";
            case SPECIAL_FILE -> one ? "pipe, socket or device" : "pipes, sockets or devices";
            case HARD_LINK -> one ? "hard link" : "hard links";
        };
        String became = misfit == Misfit.HARD_LINK ? " stored as a copy" : " left out";
        String more = kind.count > kind.examples.size() ? ", …" : "";
        return kind.count + " " + what + became + " (" + String.join(", ", kind.examples) + more + ")";
    }
}
