package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.SystemMessages;
import io.plakar.app.configuration.Secrets;
import io.plakar.cli.render.JsonLines;
import io.plakar.cli.terminal.Output;
import io.plakar.connector.ConnectorException;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Runs one command line in given surroundings: parses, dispatches, and turns whatever happens into an exit status. Made
 * for one run, used by one thread.
 */
public final class Program {
    private final Surroundings surroundings;
    private boolean showTime;
    private @Nullable Output out;

    public Program(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Runs {@code words} and returns the exit status. Both output streams are flushed, not closed. */
    public int run(List<String> words) {
        long start = System.nanoTime();
        Output out = new Output(
                surroundings.standardOutput(), surroundings.terminal().output());
        this.out = out;
        Output error = new Output(surroundings.standardError(), true);
        int status;
        try {
            status = run(words, out, error, start);
            out.flush();
        } catch (Output.ClosedByReader e) {
            status = Output.ClosedByReader.STATUS;
        } catch (UncheckedIOException e) {
            status = report(
                    error, "writing the output failed: " + message(Objects.requireNonNull(e.getCause())), "", e, words);
        }
        try {
            error.flush();
        } catch (Output.ClosedByReader | UncheckedIOException e) {
            // Nobody reads what is said there; the exit status still tells.
        }
        return status;
    }

    private int run(List<String> words, Output out, Output error, long start) {
        try {
            ExitCode code = dispatch(words, out, error);
            if (showTime) {
                out.line("time: " + (System.nanoTime() - start) / 1_000_000 + "ms");
            }
            return code.number();
        } catch (Failure | KlosetException | IOException e) {
            out.flush();
            if (e instanceof KlosetException.Cancelled) {
                return interrupted(error);
            }
            return report(error, message(e), ExitCode.remedy(e), e, words);
        } catch (InterruptedException e) {
            return interrupted(error);
        } catch (Output.ClosedByReader | UncheckedIOException e) {
            throw e;
        } catch (OutOfMemoryError e) {
            return report(
                    error, "out of memory", "give the program more with PLAKAR_HEAP, or lower -concurrency", e, words);
        } catch (RuntimeException | StackOverflowError e) {
            return report(
                    error,
                    "internal error: " + e,
                    "this is a mistake in the program; run the command again with -trace all and report what it shows",
                    e,
                    words);
        }
    }

    private ExitCode dispatch(List<String> words, Output out, Output error)
            throws Failure, KlosetException, IOException, InterruptedException {
        Words split = Words.split(words);
        String name = split.command();
        if (name == null) {
            return withoutCommand(split, out);
        }
        CommandTable.Entry entry = CommandTable.find(name);
        if (entry == null) {
            throw unknownCommand(name);
        }
        if (asksForHelp(split.rest()) || asksForHelp(split.global())) {
            out.text(HelpText.command(entry));
            return ExitCode.SUCCESS;
        }
        CommandDescription description = entry.description();
        List<Flag> flags = new ArrayList<>(description.flags());
        for (Flag flag : GlobalOptions.FLAGS) {
            if (description.flags().stream().noneMatch(own -> own.name().equals(flag.name()))) {
                flags.add(flag);
            }
        }
        List<String> all = new ArrayList<>(split.global());
        all.addAll(split.rest());
        Options options = Options.parse(name, flags, all);
        showTime = options.flag("time");
        String profile = options.value("profile-cpu", options.value("profile-mem", ""));
        Invocation invocation = new Invocation(surroundings, split.location(), options, words, out, error);
        invocation.concurrency();
        if (profile.isEmpty()) {
            return description.body().run(invocation);
        }
        try (Profile ignored = Profile.begin(surroundings.workingDirectory().resolve(profile))) {
            return description.body().run(invocation);
        }
    }

    private static ExitCode withoutCommand(Words split, Output out) throws Failure {
        if (asksForHelp(split.global())) {
            out.text(HelpText.overview());
            return ExitCode.SUCCESS;
        }
        Options options = Options.parse("", GlobalOptions.FLAGS, split.global());
        if (options.flag("disable-security-check")) {
            out.line("security check disabled");
        } else if (options.flag("enable-security-check")) {
            out.line("security check enabled");
        } else {
            out.text(HelpText.overview());
        }
        return ExitCode.SUCCESS;
    }

    static Failure unknownCommand(String name) {
        String near = CommandTable.nearest(name);
        return new Failure(
                ExitCode.FAILURE,
                "command not found: " + name,
                (near == null ? "" : "did you mean " + near + "? ") + "`plakar help` shows all commands");
    }

    private static boolean asksForHelp(List<String> words) {
        for (String word : words) {
            switch (word) {
                case "--" -> {
                    return false;
                }
                case "-h", "--h", "-help", "--help" -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }

    private static int interrupted(Output error) {
        error.line("plakar: interrupted");
        return ExitCode.FAILURE.number();
    }

    private int report(Output error, String message, String remedy, Throwable cause, List<String> words) {
        try {
            if (isSet(words, "json")) {
                tellAsJson(Secrets.message(message), cause);
            }
            error.line("plakar: " + visible(Secrets.message(message)));
            if (!remedy.isEmpty()) {
                error.line("hint: " + remedy);
            }
            if (surroundings.variables().get("PLAKAR_TRACE") != null || isSet(words, "trace")) {
                StringWriter trace = new StringWriter();
                cause.printStackTrace(new PrintWriter(trace));
                error.text(trace.toString());
            } else if (isSet(words, "v")) {
                for (Throwable deeper = cause.getCause(); deeper != null; deeper = deeper.getCause()) {
                    error.line("  because: " + visible(Secrets.message(message(deeper))));
                }
            }
        } catch (Output.ClosedByReader | UncheckedIOException e) {
            // Nobody reads what is said there; the exit status still tells.
        }
        return ExitCode.of(cause).number();
    }

    private void tellAsJson(String message, Throwable cause) {
        Output results = out;
        if (results != null) {
            ExitCode code = ExitCode.of(cause);
            new JsonLines(results)
                    .line(
                            "error",
                            fields -> fields.text("level", "error")
                                    .text("code", code.name())
                                    .number("exit_status", code.number())
                                    .text("message", message));
        }
    }

    private static String message(Throwable failure) {
        if (failure instanceof IOException io && !(failure instanceof ConnectorException)) {
            String file = failure instanceof java.nio.file.FileSystemException system ? system.getFile() : null;
            return (file == null ? "" : file + ": ") + SystemMessages.of(io);
        }
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message;
    }

    /** Control characters in names must not reach the terminal. */
    private static String visible(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.chars().forEach(c -> shown.append(Character.isISOControl(c) && c != '\n' ? '?' : (char) c));
        return shown.toString();
    }

    /** Whether an option was written at all; works on a command line that could not be parsed too. */
    private static boolean isSet(List<String> words, String name) {
        for (String word : words) {
            if (word.equals("--")) {
                return false;
            }
            String bare = word.startsWith("--") ? word.substring(2) : word.startsWith("-") ? word.substring(1) : "";
            if (bare.equals(name) || (bare.startsWith(name + "=") && !bare.equals(name + "=false"))) {
                return true;
            }
        }
        return false;
    }
}
