package io.plakar.server.api;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.glob.Glob;
import io.plakar.kloset.vfs.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** What names, or with a slash in the query whole paths, must be like. Immutable. */
final class NameQuery {
    private static final int LONGEST = 1024;

    /** What is done with a name. */
    @FunctionalInterface
    private interface Test {
        boolean accepts(byte[] name);
    }

    private final Test test;
    private final boolean wholePath;
    private final boolean all;

    private NameQuery(Test test, boolean wholePath, boolean all) {
        this.test = test;
        this.wholePath = wholePath;
        this.all = all;
    }

    /** @param mode {@code text}, {@code glob} or {@code regex}; empty for {@code text} */
    static NameQuery of(byte[] text, String mode) throws ApiError {
        if (text.length > LONGEST) {
            throw ApiError.parameter("q", ApiError.INVALID_ARGUMENT, "too long");
        }
        String decoded = new String(text, StandardCharsets.UTF_8);
        Test test = switch (mode) {
            case "", "text" -> text(decoded.toLowerCase(Locale.ROOT));
            case "glob" -> glob(text);
            case "regex" -> regex(decoded);
            default -> throw ApiError.parameter("mode", ApiError.INVALID_ARGUMENT, "there are glob, regex, text");
        };
        return new NameQuery(test, decoded.indexOf('/') >= 0, text.length == 0);
    }

    private static Test text(String part) {
        return name -> new String(name, StandardCharsets.UTF_8)
                .toLowerCase(Locale.ROOT)
                .contains(part);
    }

    private static Test glob(byte[] pattern) throws ApiError {
        try {
            Glob glob = Glob.compile(pattern);
            return glob::matches;
        } catch (KlosetException.Invalid e) {
            throw ApiError.parameter("q", ApiError.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
    }

    private static Test regex(String text) throws ApiError {
        BoundedExpression expression = BoundedExpression.compile(text);
        if (expression == null) {
            throw ApiError.parameter("q", ApiError.INVALID_ARGUMENT, "not a regular expression");
        }
        return name -> expression.isFoundIn(new String(name, StandardCharsets.UTF_8));
    }

    boolean accepts(Entry entry) {
        return all || test.accepts(wholePath ? entry.path().bytes() : entry.name());
    }
}
