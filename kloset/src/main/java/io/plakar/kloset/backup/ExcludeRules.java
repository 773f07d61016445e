package io.plakar.kloset.backup;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.glob.Glob;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;

/**
 * The ordered rules which keep paths out of a backup (format-snapshot §15). Patterns are compared with the components
 * of the absolute path; the last rule that matches decides. Immutable, so any number of threads may ask.
 *
 * <p>Rules are tried from the last to the first, each directly on the bytes of the path: no splitting, no copies, no
 * state between calls. A pattern without {@code /} is one glob tried on every component.
 */
@NullMarked
public final class ExcludeRules {
    /** No rules: nothing is excluded. */
    public static final ExcludeRules NONE = new ExcludeRules(new Rule[0]);

    private final Rule[] rules;

    private ExcludeRules(Rule[] rules) {
        this.rules = rules;
    }

    /**
     * Rules from their lines, in order: those of files first, then those of the command line. Blank ends are cut, empty
     * lines and those starting with {@code #} count for nothing.
     *
     * @throws KlosetException.Invalid if a pattern is not well formed; the message names it
     */
    public static ExcludeRules of(List<byte[]> lines) throws KlosetException.Invalid {
        List<Rule> rules = new ArrayList<>();
        for (byte[] line : lines) {
            byte[] prepared = prepare(line);
            if (prepared.length == 0 || prepared[0] == '#') {
                continue;
            }
            Rule rule = Rule.parse(prepared);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return rules.isEmpty() ? NONE : new ExcludeRules(rules.toArray(Rule[]::new));
    }

    /** The lines of a rule file, for {@link #of}; lines of nothing but blanks and tabs are dropped. */
    public static List<byte[]> lines(byte[] file) {
        List<byte[]> lines = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= file.length; i++) {
            if (i < file.length && file[i] != '\n') {
                continue;
            }
            if (!isBlank(file, start, i)) {
                lines.add(Arrays.copyOfRange(file, start, i));
            }
            start = i + 1;
        }
        return lines;
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t' && bytes[i] != '\r') {
                return false;
            }
        }
        return true;
    }

    /** Cuts a trailing CR and trailing blanks; blanks after a {@code \} become one escaped blank. */
    private static byte[] prepare(byte[] line) {
        int end = line.length;
        if (end > 0 && line[end - 1] == '\r') {
            end--;
        }
        int kept = end;
        while (kept > 0 && line[kept - 1] == ' ') {
            kept--;
        }
        if (kept == end || kept == 0 || line[kept - 1] != '\\') {
            return Arrays.copyOf(line, kept);
        }
        byte[] escaped = Arrays.copyOf(line, kept);
        escaped[kept - 1] = ' ';
        return escaped;
    }

    public boolean isEmpty() {
        return rules.length == 0;
    }

    /** Whether {@code path}, a directory or something else, stays out; {@code /} itself never does. */
    public boolean excluded(BytePath path, boolean directory) {
        if (path.isRoot()) {
            return false;
        }
        byte[] bytes = path.bytes();
        for (int i = rules.length - 1; i >= 0; i--) {
            if (rules[i].matches(bytes, directory)) {
                return !rules[i].include;
            }
        }
        return false;
    }

    /**
     * One pattern.
     *
     * @param include whether it takes paths back in ({@code !})
     * @param directoriesOnly whether the component it ends on must be a directory
     * @param anchored whether it starts at {@code /}; otherwise {@code parts} is one glob for any component
     * @param parts the globs of its components; null stands for {@code **}
     */
    private record Rule(
            boolean include,
            boolean directoriesOnly,
            boolean anchored,
            @Nullable Glob[] parts) {
        static @Nullable Rule parse(byte[] line) throws KlosetException.Invalid {
            int from = 0;
            int to = line.length;
            boolean include = line[0] == '!';
            if (include) {
                from++;
            }
            boolean directoriesOnly = to > from && line[to - 1] == '/';
            if (directoriesOnly) {
                to--;
            }
            if (from == to) {
                return null;
            }
            boolean anchored = false;
            for (int i = from; i < to; i++) {
                anchored |= line[i] == '/';
            }
            if (anchored && line[from] == '/') {
                from++;
            }
            List<@Nullable Glob> parts = new ArrayList<>();
            int start = from;
            for (int i = from; i <= to; i++) {
                if (i < to && line[i] != '/') {
                    continue;
                }
                parts.add(part(Arrays.copyOfRange(line, start, i), anchored, line));
                start = i + 1;
            }
            return new Rule(include, directoriesOnly, anchored, parts.toArray(Glob[]::new));
        }

        private static @Nullable Glob part(byte[] pattern, boolean anchored, byte[] line)
                throws KlosetException.Invalid {
            if (anchored && pattern.length == 2 && pattern[0] == '*' && pattern[1] == '*') {
                return null;
            }
            boolean glued = false;
            for (int i = 0; anchored && i + 1 < pattern.length; i++) {
                glued |= pattern[i] == '*' && pattern[i + 1] == '*';
            }
            try {
                // in a pattern with slashes, ** glued to text matches nothing; no component is empty
                return Glob.compile(glued ? new byte[0] : pattern);
            } catch (KlosetException.Invalid e) {
                throw new KlosetException.Invalid(
                        "exclude pattern " + new String(line, StandardCharsets.UTF_8) + ": " + e.getMessage());
            }
        }

        boolean matches(byte[] path, boolean directory) {
            if (anchored) {
                return matchesFrom(0, path, 1, directory);
            }
            Glob glob = parts[0];
            int start = 1;
            while (start <= path.length) {
                int end = componentEnd(path, start);
                boolean isDirectory = end < path.length || directory;
                if ((isDirectory || !directoriesOnly) && glob != null && glob.matches(path, start, end)) {
                    return true;
                }
                start = end + 1;
            }
            return false;
        }

        /** Matches the parts from {@code part} on with the components from {@code start} on; a prefix is enough. */
        private boolean matchesFrom(int part, byte[] path, int start, boolean directory) {
            int from = start;
            for (int i = part; i < parts.length; i++) {
                Glob glob = parts[i];
                if (glob == null) {
                    if (i == parts.length - 1) {
                        // everything below, and the directory itself
                        return !directoriesOnly || directory || from <= path.length;
                    }
                    for (int skip = from; skip <= path.length; skip = componentEnd(path, skip) + 1) {
                        if (matchesFrom(i + 1, path, skip, directory)) {
                            return true;
                        }
                    }
                    return false;
                }
                if (from > path.length) {
                    return false;
                }
                int end = componentEnd(path, from);
                if (!glob.matches(path, from, end)) {
                    return false;
                }
                from = end + 1;
            }
            // the component the pattern ends on is a directory if the path goes on
            return !directoriesOnly || directory || from <= path.length;
        }

        private static int componentEnd(byte[] path, int start) {
            int end = start;
            while (end < path.length && path[end] != '/') {
                end++;
            }
            return end;
        }
    }
}
