package io.plakar.cli.terminal;

import io.plakar.app.Variables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What the standard streams are connected to. Immutable.
 *
 * @param input standard input is a terminal
 * @param output standard output is a terminal
 * @param error standard error is a terminal
 * @param dumb the terminal cannot move its cursor
 * @param color colours are wanted where a stream is a terminal
 * @param unicode characters outside ASCII can be shown
 */
public record TerminalState(
        boolean input, boolean output, boolean error, boolean dumb, boolean color, boolean unicode) {

    /** The digits of those standard streams which are terminals, as the launcher saw them. */
    private static final String LAUNCHER_FOUND = "plakar.terminals";

    /** No stream is a terminal. */
    public static final TerminalState NONE = new TerminalState(false, false, false, true, false, true);

    public static TerminalState ofProcess(Variables variables) {
        return of(variables, isTerminal(0), isTerminal(1), isTerminal(2));
    }

    /** The state that follows from the environment, given which streams are terminals. */
    public static TerminalState of(Variables variables, boolean input, boolean output, boolean error) {
        String term = variables.get("TERM");
        boolean dumb = "dumb".equals(term);
        return new TerminalState(
                input, output, error, dumb, !dumb && variables.get("NO_COLOR") == null, isUnicode(variables));
    }

    private static boolean isUnicode(Variables variables) {
        String locale = variables.get("LC_ALL");
        if (locale == null) {
            locale = variables.get("LC_CTYPE");
        }
        if (locale == null) {
            locale = variables.get("LANG");
        }
        if (locale == null) {
            return !variables.isTrue("PLAKAR_ASCII");
        }
        String upper = locale.toUpperCase(Locale.ROOT);
        return upper.contains("UTF-8") || upper.contains("UTF8");
    }

    private static boolean isTerminal(int descriptor) {
        String found = System.getProperty(LAUNCHER_FOUND);
        if (found != null) {
            return found.indexOf('0' + descriptor) >= 0;
        }
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            java.io.Console console = System.console();
            return console != null && console.isTerminal();
        }
    }
}
