package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The command line taken apart (cli §1): global options, {@code at LOCATION}, more global
 * options, the command, the rest.
 *
 * @param global the words of global options that stand before the command
 * @param location what follows {@code at}, or null
 * @param command the command word, or null when there is none
 * @param rest everything after it
 */
record Words(
        List<String> global,
        @Nullable String location,
        @Nullable String command,
        List<String> rest) {

    private static final Set<String> PLACES = Set.of("source", "destination", "store");
    /** What may also stand before the kind of place: {@code add source} is {@code source add}. */
    private static final Set<String> PLACE_ACTIONS =
            Set.of("add", "check", "import", "ping", "rm", "set", "show", "unset");

    static Words split(List<String> words) throws Failure {
        List<String> global = new ArrayList<>();
        int i = options(words, 0, global);
        String location = null;
        if (i < words.size() && words.get(i).equals("at")) {
            if (i + 1 == words.size()) {
                throw new Failure(ExitCode.FAILURE, "missing plakar repository", "write: plakar at LOCATION COMMAND");
            }
            location = words.get(i + 1);
            i = options(words, i + 2, global);
            if (i == words.size()) {
                throw new Failure(ExitCode.FAILURE, "missing command", "write: plakar at LOCATION COMMAND");
            }
        }
        String command = i < words.size() ? words.get(i++) : null;
        List<String> rest = new ArrayList<>(words.subList(i, words.size()));
        if (command != null && PLACE_ACTIONS.contains(command) && !rest.isEmpty() && PLACES.contains(rest.getFirst())) {
            command = rest.set(0, command);
        }
        return new Words(List.copyOf(global), location, command, List.copyOf(rest));
    }

    private static String withoutOldName(String word) {
        return word.replaceFirst("^--?config(?==|$)", "-" + GlobalOptions.OLD_CONFIGDIR);
    }

    /** Adds the options from {@code from} on to {@code global}; returns where they end. */
    private static int options(List<String> words, int from, List<String> global) {
        int i = from;
        while (i < words.size() && words.get(i).startsWith("-") && words.get(i).length() > 1) {
            String word = withoutOldName(words.get(i++));
            if (word.equals("--")) {
                break;
            }
            global.add(word);
            if (word.indexOf('=') < 0 && GlobalOptions.takesValue(word.replaceFirst("^--?", "")) && i < words.size()) {
                global.add(words.get(i++));
            }
        }
        return i;
    }
}
