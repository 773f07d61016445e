package io.plakar.app;

import org.jspecify.annotations.Nullable;

/** A command that cannot go on: one line for the user, the exit status, and what to do next. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    private final ExitCode exitCode;
    private final String remedy;

    public Failure(ExitCode exitCode, String message) {
        this(exitCode, message, "", null);
    }

    public Failure(ExitCode exitCode, String message, String remedy) {
        this(exitCode, message, remedy, null);
    }

    public Failure(ExitCode exitCode, String message, String remedy, @Nullable Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
        this.remedy = remedy;
    }

    public ExitCode exitCode() {
        return exitCode;
    }

    /** What to do next; may be empty. */
    public String remedy() {
        return remedy;
    }
}
