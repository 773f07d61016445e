package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.GoBoolean;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/**
 * The options and arguments of one command line, read with Go's grammar on picocli's parser: {@code -x v}, {@code -x=v},
 * {@code --x v}, {@code --x=v}; booleans take a value only with {@code =}; options may stand anywhere before
 * {@code --}. Immutable.
 */
public final class Options {
    private final ParseResult parsed;
    private final List<String> arguments;

    private Options(ParseResult parsed, List<String> arguments) {
        this.parsed = parsed;
        this.arguments = arguments;
    }

    /**
     * Reads {@code words}.
     *
     * @throws Failure with {@link ExitCode#USAGE} on an unknown option or a bad value
     */
    public static Options parse(String command, List<Flag> flags, List<String> words) throws Failure {
        CommandSpec spec = CommandSpec.create().name(command);
        for (Flag flag : flags) {
            spec.addOption(option(flag));
        }
        spec.addPositional(PositionalParamSpec.builder()
                .index("0..*")
                .type(List.class)
                .auxiliaryTypes(String.class)
                .arity("0..*")
                .build());
        spec.parser()
                .posixClusteredShortOptionsAllowed(false)
                .overwrittenOptionsAllowed(true)
                .aritySatisfiedByAttachedOptionParam(true)
                .trimQuotes(false);
        CommandLine line = new CommandLine(spec)
                .setExpandAtFiles(false)
                .setInterpolateVariables(false)
                .setAllowOptionsAsOptionParameters(true)
                .setUnmatchedOptionsArePositionalParams(false)
                .setSeparator("=");
        try {
            ParseResult parsed = line.parseArgs(withBooleans(flags, words));
            List<String> arguments = new ArrayList<>();
            for (PositionalParamSpec positional : spec.positionalParameters()) {
                List<String> values = positional.getValue();
                if (values != null) {
                    arguments.addAll(values);
                }
            }
            return new Options(parsed, List.copyOf(arguments));
        } catch (CommandLine.UnmatchedArgumentException e) {
            String word = e.getUnmatched().getFirst();
            String name = word.replaceFirst("^--?", "").replaceFirst("=.*$", "");
            String near = Suggestions.nearest(
                    name,
                    flags.stream()
                            .filter(flag -> !flag.hidden())
                            .map(Flag::name)
                            .toList());
            throw new Failure(
                    ExitCode.USAGE,
                    "flag provided but not defined: -" + name,
                    (near == null ? "" : "did you mean -" + near + "? ") + more(command));
        } catch (CommandLine.MissingParameterException e) {
            String name =
                    e.getMissing().isEmpty() ? "" : ((OptionSpec) e.getMissing().getFirst()).shortestName();
            throw new Failure(ExitCode.USAGE, "flag needs an argument: " + name, more(command));
        } catch (CommandLine.ParameterException e) {
            Throwable cause = e.getCause();
            if (e.getArgSpec() instanceof OptionSpec option && cause != null) {
                throw new Failure(
                        ExitCode.USAGE,
                        "invalid value \"" + e.getValue() + "\" for flag " + option.shortestName() + ": "
                                + cause.getMessage(),
                        more(command));
            }
            throw new Failure(ExitCode.USAGE, String.valueOf(e.getMessage()), more(command));
        }
    }

    /** Writes {@code -x=true} for a boolean {@code -x}: the parser then never looks at the next word for its value. */
    private static String[] withBooleans(List<Flag> flags, List<String> words) {
        Map<String, Flag.Kind> kinds = new HashMap<>();
        for (Flag flag : flags) {
            kinds.put(flag.name(), flag.kind());
        }
        String[] out = words.toArray(new String[0]);
        for (int i = 0; i < out.length && !out[i].equals("--"); i++) {
            Flag.Kind kind = out[i].startsWith("-") ? kinds.get(out[i].replaceFirst("^--?", "")) : null;
            if (kind == Flag.Kind.BOOLEAN) {
                out[i] += "=true";
            } else if (kind != null) {
                i++;
            }
        }
        return out;
    }

    private static String more(String command) {
        return command.isEmpty() ? "see `plakar help`" : "see `plakar help " + command + "`";
    }

    private static OptionSpec option(Flag flag) {
        OptionSpec.Builder builder = OptionSpec.builder("-" + flag.name(), "--" + flag.name())
                .arity("1")
                .hidden(flag.hidden());
        switch (flag.kind()) {
            case BOOLEAN -> builder.type(Boolean.class).converters(Options::convertBoolean);
            case STRING -> builder.type(String.class);
            case INTEGER -> builder.type(Integer.class).converters(Options::convertInteger);
            case LIST -> builder.type(List.class).auxiliaryTypes(String.class);
        }
        return builder.build();
    }

    private static Boolean convertBoolean(String word) {
        Boolean value = GoBoolean.parse(word);
        if (value == null) {
            throw new CommandLine.TypeConversionException("parse error");
        }
        return value;
    }

    /** Go's base-0 integers: decimal, {@code 0x}, {@code 0o}, {@code 0b}, a leading 0 for octal, {@code _} between. */
    private static Integer convertInteger(String word) {
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
            throw new CommandLine.TypeConversionException("parse error");
        }
    }

    /** The words which are no options, in order. */
    public List<String> arguments() {
        return arguments;
    }

    public boolean isGiven(String name) {
        return parsed.hasMatchedOption("-" + name);
    }

    /** Whether the boolean option was given and is not {@code =false}. */
    public boolean flag(String name) {
        return Boolean.TRUE.equals(parsed.matchedOptionValue("-" + name, Boolean.FALSE));
    }

    /** The last value given, or null. */
    public @Nullable String value(String name) {
        return parsed.matchedOptionValue("-" + name, null);
    }

    /** The last value given, or {@code otherwise}. */
    public String value(String name, String otherwise) {
        String value = value(name);
        return value == null ? otherwise : value;
    }

    /** The last value given, or {@code otherwise}. */
    public int integer(String name, int otherwise) {
        Integer value = parsed.matchedOptionValue("-" + name, otherwise);
        return value == null ? otherwise : value;
    }

    /** Every value given, in order. */
    public List<String> all(String name) {
        List<String> values = parsed.matchedOptionValue("-" + name, List.of());
        return values == null ? List.of() : List.copyOf(values);
    }

    /** The failure for a value which the option's command does not take. */
    public static Failure invalid(String name, String value, String why) {
        return new Failure(ExitCode.USAGE, "invalid value \"" + value + "\" for flag -" + name + ": " + why);
    }
}
