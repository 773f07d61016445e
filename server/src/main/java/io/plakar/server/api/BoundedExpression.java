package io.plakar.server.api;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that gives up on a text after many steps: a hostile one would go on for years. Immutable.
 */
final class BoundedExpression {
    private static final int MOST_STEPS = 100_000;

    private final Pattern pattern;

    private BoundedExpression(Pattern pattern) {
        this.pattern = pattern;
    }

    /** Null when the text is no expression. */
    static @Nullable BoundedExpression compile(String text) {
        try {
            return new BoundedExpression(Pattern.compile(text));
        } catch (PatternSyntaxException | StackOverflowError e) {
            return null;
        }
    }

    /** Whether it is found anywhere in the text; false when that took too long. */
    boolean isFoundIn(String text) {
        try {
            return pattern.matcher(new Counted(text, new int[1])).find();
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

    private record Counted(String text, int[] steps) implements CharSequence {
        @Override
        public int length() {
            return text.length();
        }

        @Override
        public char charAt(int index) {
            if (++steps[0] > MOST_STEPS) {
                throw new TooManySteps();
            }
            return text.charAt(index);
        }

        @Override
        public CharSequence subSequence(int start, int end) {
            return text.subSequence(start, end);
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
