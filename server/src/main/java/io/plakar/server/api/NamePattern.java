package io.plakar.server.api;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.glob.Glob;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a name is searched by: the name itself, a shell pattern, a regular expression found anywhere in it, or a part of
 * it in any case. For one thread.
 */
final class NamePattern {
    private static final int LONGEST = 1024;

    private final byte[] text;
    private final String part;
    private final @Nullable Glob glob;
    private final @Nullable BoundedExpression expression;

    NamePattern(byte[] text) throws ApiError {
        if (text.length > LONGEST) {
            throw ApiError.parameter("pattern", ApiError.INVALID_ARGUMENT, "pattern too long");
        }
        this.text = text;
        String decoded = new String(text, StandardCharsets.UTF_8);
        this.part = decoded.toLowerCase(Locale.ROOT);
        this.glob = glob(text);
        this.expression = BoundedExpression.compile(decoded);
    }

    private static @Nullable Glob glob(byte[] text) {
        try {
            return Glob.compile(text);
        } catch (KlosetException.Invalid e) {
            return null;
        }
    }

    boolean matches(byte[] name) {
        if (text.length == 0 || Arrays.equals(text, name) || (glob != null && glob.matches(name))) {
            return true;
        }
        String decoded = new String(name, StandardCharsets.UTF_8);
        return decoded.toLowerCase(Locale.ROOT).contains(part) || (expression != null && expression.isFoundIn(decoded));
    }
}
