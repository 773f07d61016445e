package io.plakar.app;

import org.jspecify.annotations.Nullable;

/** The words Go's {@code ParseBool} takes. */
public final class GoBoolean {
    private GoBoolean() {}

    /** The value of {@code word}, or null when it is none. */
    public static @Nullable Boolean parse(String word) {
        return switch (word) {
            case "1", "t", "T", "true", "TRUE", "True" -> Boolean.TRUE;
            case "0", "f", "F", "false", "FALSE", "False" -> Boolean.FALSE;
            default -> null;
        };
    }
}
