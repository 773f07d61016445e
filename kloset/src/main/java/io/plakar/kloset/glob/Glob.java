package io.plakar.kloset.glob;

import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A shell pattern which a whole name must match: {@code *} any bytes but {@code /}, {@code ?} one character,
 * {@code [a-z]} and {@code [^a-z]} one of (not one of) a set, {@code \} takes the next character literally. No braces.
 * A character is one UTF-8 sequence, or one byte where the bytes are not UTF-8. Immutable.
 *
 * <p>Matching keeps one place to come back to (the last {@code *}), so its time is at most the product of both lengths
 * whatever the pattern.
 */
public final class Glob {
    private final byte[] pattern;
    /** What the name must equal if the pattern has no special character. */
    private final byte[] literal;

    private final boolean isLiteral;

    private Glob(byte[] pattern, byte[] literal, boolean isLiteral) {
        this.pattern = pattern;
        this.literal = literal;
        this.isLiteral = isLiteral;
    }

    /**
     * The pattern written as {@code pattern}.
     *
     * @throws KlosetException.Invalid with the message {@code syntax error in pattern} if a set is not closed, is empty
     *     or has half a range, or the pattern ends with a lone {@code \}
     */
    public static Glob compile(byte[] pattern) throws KlosetException.Invalid {
        byte[] literal = new byte[pattern.length];
        int size = 0;
        boolean isLiteral = true;
        for (int i = 0; i < pattern.length; i++) {
            byte b = pattern[i];
            switch (b) {
                case '*', '?' -> isLiteral = false;
                case '[' -> {
                    isLiteral = false;
                    i = checkSet(pattern, i);
                }
                case '\\' -> {
                    i++;
                    if (i == pattern.length) {
                        throw syntaxError();
                    }
                    literal[size++] = pattern[i];
                }
                default -> literal[size++] = b;
            }
        }
        return new Glob(pattern.clone(), Arrays.copyOf(literal, size), isLiteral);
    }

    /** {@link #compile(byte[])} of the UTF-8 form of {@code pattern}. */
    public static Glob compile(String pattern) throws KlosetException.Invalid {
        return compile(pattern.getBytes(StandardCharsets.UTF_8));
    }

    private static KlosetException.Invalid syntaxError() {
        return new KlosetException.Invalid("syntax error in pattern");
    }

    /** Index of the {@code ]} which closes the set opened at {@code open}. */
    private static int checkSet(byte[] pattern, int open) throws KlosetException.Invalid {
        int i = open + 1;
        if (i < pattern.length && pattern[i] == '^') {
            i++;
        }
        boolean empty = true;
        while (true) {
            if (i >= pattern.length) {
                throw syntaxError();
            }
            if (pattern[i] == ']' && !empty) {
                return i;
            }
            empty = false;
            i = checkMember(pattern, i);
            if (i < pattern.length && pattern[i] == '-') {
                i = checkMember(pattern, i + 1);
            }
        }
    }

    /** Steps over one character of a set, which must be followed by more. */
    private static int checkMember(byte[] pattern, int at) throws KlosetException.Invalid {
        int i = at;
        if (i >= pattern.length || pattern[i] == '-' || pattern[i] == ']') {
            throw syntaxError();
        }
        if (pattern[i] == '\\' && ++i >= pattern.length) {
            throw syntaxError();
        }
        int next = i + width(pattern, i, pattern.length);
        if (next >= pattern.length) {
            throw syntaxError();
        }
        return next;
    }

    /** Whether the whole of {@code name} matches. */
    public boolean matches(byte[] name) {
        return matches(name, 0, name.length);
    }

    /** Whether the bytes of {@code name} from {@code from} up to {@code to} match. */
    public boolean matches(byte[] name, int from, int to) {
        if (isLiteral) {
            return Arrays.equals(literal, 0, literal.length, name, from, to);
        }
        int p = 0;
        int n = from;
        int starPattern = -1;
        int starName = 0;
        while (n < to || p < pattern.length) {
            if (p < pattern.length && pattern[p] == '*') {
                starPattern = ++p;
                starName = n;
                continue;
            }
            if (p < pattern.length && n < to) {
                int width = width(name, n, to);
                int next = matchOne(p, name, n, width);
                if (next >= 0) {
                    p = next;
                    n += width;
                    continue;
                }
            }
            if (starPattern < 0 || starName >= to || name[starName] == '/') {
                return false;
            }
            p = starPattern;
            starName++;
            n = starName;
        }
        return true;
    }

    /** Matches one character of the name with one element of the pattern: the index after that element, or -1. */
    private int matchOne(int p, byte[] name, int n, int width) {
        switch (pattern[p]) {
            case '?' -> {
                return name[n] == '/' ? -1 : p + 1;
            }
            case '[' -> {
                return matchSet(p + 1, codePoint(name, n, width));
            }
            case '\\' -> {
                return literalAt(p + 1, name, n, width);
            }
            default -> {
                return literalAt(p, name, n, width);
            }
        }
    }

    private int literalAt(int p, byte[] name, int n, int width) {
        return Arrays.equals(pattern, p, Math.min(p + width, pattern.length), name, n, n + width) ? p + width : -1;
    }

    private int matchSet(int start, int character) {
        int p = start;
        boolean negated = pattern[p] == '^';
        if (negated) {
            p++;
        }
        boolean found = false;
        boolean first = true;
        while (first || pattern[p] != ']') {
            first = false;
            if (pattern[p] == '\\') {
                p++;
            }
            int width = width(pattern, p, pattern.length);
            int low = codePoint(pattern, p, width);
            int high = low;
            p += width;
            if (pattern[p] == '-') {
                p++;
                if (pattern[p] == '\\') {
                    p++;
                }
                width = width(pattern, p, pattern.length);
                high = codePoint(pattern, p, width);
                p += width;
            }
            found |= low <= character && character <= high;
        }
        return found != negated ? p + 1 : -1;
    }

    /** Bytes of the character at {@code at}: those of a UTF-8 sequence which is all there, else one. */
    private static int width(byte[] bytes, int at, int end) {
        int b = bytes[at];
        if (b >= 0) {
            return 1;
        }
        int width = (b & 0xe0) == 0xc0 ? 2 : (b & 0xf0) == 0xe0 ? 3 : (b & 0xf8) == 0xf0 ? 4 : 1;
        if (at + width > end) {
            return 1;
        }
        for (int i = 1; i < width; i++) {
            if ((bytes[at + i] & 0xc0) != 0x80) {
                return 1;
            }
        }
        return width;
    }

    /** The character itself; a byte outside of UTF-8 counts as the replacement character, as in the reference. */
    private static int codePoint(byte[] bytes, int at, int width) {
        int b = bytes[at] & 0xff;
        return switch (width) {
            case 1 -> b < 0x80 ? b : 0xfffd;
            case 2 -> (b & 0x1f) << 6 | bytes[at + 1] & 0x3f;
            case 3 -> (b & 0x0f) << 12 | (bytes[at + 1] & 0x3f) << 6 | bytes[at + 2] & 0x3f;
            default ->
                (b & 7) << 18 | (bytes[at + 1] & 0x3f) << 12 | (bytes[at + 2] & 0x3f) << 6 | bytes[at + 3] & 0x3f;
        };
    }

    @Override
    public String toString() {
        return new String(pattern, StandardCharsets.UTF_8);
    }
}
