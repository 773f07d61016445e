package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.GoBoolean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options and arguments of one command line, read with Go's grammar: {@code -x v}, {@code -x=v},
 * {@code --x v}, {@code --x=v}; booleans take a value only with {@code =}; options may stand anywhere before
 * {@code --}. Immutable.
 */
public final class Options {
    private final Map<String, List<Object>> given;
    private final List<String> arguments;

    private Options(Map<String, List<Object>> given, List<String> arguments) {
        this.given = given;
        this.arguments = arguments;
    }

    /**
     * Reads {@code words}.
     *
     * @throws Failure with {@link ExitCode#USAGE} on an unknown option or a bad value
     */
    public static Options parse(String command, List<Flag> flags, List<String> words) throws Failure {
        Map<String, Flag> known = new HashMap<>();
        for (Flag flag : flags) {
            known.put(flag.name(), flag);
        }
        Map<String, List<Object>> given = new HashMap<>();
        List<String> arguments = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                arguments.addAll(words.subList(i + 1, words.size()));
                break;
            }
            if (word.length() < 2 || word.charAt(0) != '-') {
                arguments.add(word);
                continue;
            }
            String option = word.substring(word.startsWith("--") ? 2 : 1);
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            Flag flag = known.get(name);
            if (flag == null) {
                throw undefined(command, flags, name);
            }
            String value;
            if (equals >= 0) {
                value = option.substring(equals + 1);
            } else if (flag.kind() == Flag.Kind.BOOLEAN) {
                value = "true";
            } else if (i + 1 < words.size()) {
                value = words.get(++i);
            } else {
                throw new Failure(ExitCode.USAGE, "flag needs an argument: -" + name, more(command));
            }
            given.computeIfAbsent(name, none -> new ArrayList<>(1)).add(converted(command, flag, value));
        }
        return new Options(given, List.copyOf(arguments));
    }

    private static Failure undefined(String command, List<Flag> flags, String name) {
        List<String> names = new ArrayList<>();
        for (Flag flag : flags) {
            if (!flag.hidden()) {
                names.add(flag.name());
            }
        }
        String near = Suggestions.nearest(name, names);
        return new Failure(
                ExitCode.USAGE,
                "flag provided but not defined: -" + name,
                (near == null ? "" : "did you mean -" + near + "? ") + more(command));
    }

    private static Object converted(String command, Flag flag, String word) throws Failure {
        Object value = switch (flag.kind()) {
            case BOOLEAN -> GoBoolean.parse(word);
            case INTEGER -> integer(word);
            case STRING, LIST -> word;
        };
        if (value == null) {
            throw new Failure(
                    ExitCode.USAGE,
                    "invalid value \"" + word + "\" for flag -" + flag.name() + ": parse error",
                    more(command));
        }
        return value;
    }

    private static String more(String command) {
        return command.isEmpty() ? "see `plakar help`" : "see `plakar help " + command + "`";
    }

    /** Go's base-0 integers: decimal, {@code 0x}, {@code 0o}, {@code 0b}, a leading 0 for octal, {@code _} between; null for what
     * is none. */
    private static @Nullable Integer integer(String word) {
        String digits = word;
        boolean negative = digits.startsWith("-");
        if (negative || digits.startsWith("+")) {
            digits = digits.substring(1);
        }
        int base = 10;
        if (digits.length() > 1 && digits.charAt(0) == '0') {
            switch (Character.toLowerCase(digits.charAt(1))) {
                case 'x' -> base = 16;
                case 'b' -> base = 2;
                default -> base = 8;
            }
            digits = Character.isDigit(digits.charAt(1)) || digits.charAt(1) == '_'
                    ? digits.substring(1)
                    : digits.substring(2);
        }
        try {
            if (digits.isEmpty() || digits.startsWith("-") || digits.startsWith("+") || digits.endsWith("_")) {
                throw new NumberFormatException();
            }
            return Integer.parseInt((negative ? "-" : "") + digits.replace("_", ""), base);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The words which are no options, in order. */
    public List<String> arguments() {
        return arguments;
    }

    public boolean isGiven(String name) {
        return given.containsKey(name);
    }

    private @Nullable Object last(String name) {
        List<Object> values = given.get(name);
        return values == null ? null : values.getLast();
    }

    /** Whether the boolean option was given and is not {@code =false}. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(last(name));
    }

    /** The last value given, or null. */
    public @Nullable String value(String name) {
        return (String) last(name);
    }

    /** The last value given, or {@code otherwise}. */
    public String value(String name, String otherwise) {
        String value = value(name);
        return value == null ? otherwise : value;
    }

    /** The last value given, or {@code otherwise}. */
    public int integer(String name, int otherwise) {
        return last(name) instanceof Integer value ? value : otherwise;
    }

    /** Every value given, in order. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>();
        for (Object value : given.getOrDefault(name, List.of())) {
            values.add((String) value);
        }
        return List.copyOf(values);
    }

    /** The failure for a value which the option's command does not take. */
    public static Failure invalid(String name, String value, String why) {
        return new Failure(ExitCode.USAGE, "invalid value \"" + value + "\" for flag -" + name + ": " + why);
    }
}
