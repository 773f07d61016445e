package io.plakar.server.api;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.glob.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * What a name is searched by: the name itself, a shell pattern, a regular expression found anywhere in it, or a part of
 * it in any case. For one thread.
 */
final class NamePattern {
    private static final int LONGEST = 1024;

    /** Steps an expression may take on one name: a hostile one would go on for years. */
    private static final int MOST_STEPS = 100_000;

    private final byte[] text;
    private final String part;
    private final @Nullable Glob glob;
    private final @Nullable Pattern expression;

    NamePattern(byte[] text) throws ApiError {
        if (text.length > LONGEST) {
            throw ApiError.parameter("pattern", ApiError.INVALID_ARGUMENT, "pattern too long");
        }
        this.text = text;
        String decoded = new String(text, StandardCharsets.UTF_8);
        this.part = decoded.toLowerCase(Locale.ROOT);
        this.glob = glob(text);
        this.expression = expression(decoded);
    }

    private static @Nullable Glob glob(byte[] text) {
        try {
            return Glob.compile(text);
        } catch (KlosetException.Invalid e) {
            return null;
        }
    }

    private static @Nullable Pattern expression(String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            return null;
        }
    }

    boolean matches(byte[] name) {
        if (text.length == 0 || Arrays.equals(text, name) || (glob != null && glob.matches(name))) {
            return true;
        }
        String decoded = new String(name, StandardCharsets.UTF_8);
        return decoded.toLowerCase(Locale.ROOT).contains(part) || (expression != null && found(expression, decoded));
    }

    private static boolean found(Pattern expression, String name) {
        try {
            return expression.matcher(new Counted(name, new int[1])).find();
        } catch (TooManySteps | StackOverflowError e) {
            return false;
        }
    }

    private static final class TooManySteps extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooManySteps() {
            super("too many steps", null, false, false);
        }
    }

    private record Counted(String name, int[] steps) implements CharSequence {
        @Override
        public int length() {
            return name.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MOST_STEPS) {
                throw new TooManySteps();
            }
            return name.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return name.subSequence(start, end);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
