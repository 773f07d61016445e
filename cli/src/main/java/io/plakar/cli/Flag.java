package io.plakar.cli;

import org.jspecify.annotations.Nullable;

/**
 * One option of a command, as data for parser and help.
 *
 * @param name without the dash
 * @param kind what it takes
 * @param text one line for people
 * @param standard the value when it is not given, as shown in help; empty for none
 * @param hidden accepted but not shown: a spelling of an earlier release
 */
public record Flag(String name, Kind kind, String text, String standard, boolean hidden) {

    /** What an option takes. */
    public enum Kind {
        /** Nothing, or {@code =true|false}. */
        BOOLEAN(null),
        /** A text; the last one given counts. */
        STRING("string"),
        /** An integer; the last one given counts. */
        INTEGER("int"),
        /** A text; every one given counts. */
        LIST("value");

        private final @Nullable String word;

        Kind(@Nullable String word) {
            this.word = word;
        }

        /** The type's name in help, null for none. */
        public @Nullable String word() {
            return word;
        }
    }

    public static Flag bool(String name, String text) {
        return new Flag(name, Kind.BOOLEAN, text, "", false);
    }

    public static Flag string(String name, String text) {
        return new Flag(name, Kind.STRING, text, "", false);
    }

    public static Flag string(String name, String text, String standard) {
        return new Flag(name, Kind.STRING, text, standard, false);
    }

    public static Flag integer(String name, String text) {
        return new Flag(name, Kind.INTEGER, text, "", false);
    }

    public static Flag list(String name, String text) {
        return new Flag(name, Kind.LIST, text, "", false);
    }

    /** The same, accepted but not shown. */
    public Flag concealed() {
        return new Flag(name, kind, text, standard, true);
    }
}
