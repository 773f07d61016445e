package io.plakar.cli;

import io.plakar.cli.terminal.Output;

/** Lines for the user that are no results. Safe for use by many threads. */
public final class Notices {
    private final Output out;
    private final Output error;
    private final boolean quiet;

    Notices(Output out, Output error, boolean quiet) {
        this.out = out;
        this.error = error;
        this.quiet = quiet;
    }

    /** {@code info: …} on standard output, as scripts expect it; nothing with {@code -quiet}. */
    public void info(String text) {
        if (!quiet) {
            out.line("info: " + text);
        }
    }

    /** {@code warn: …} on standard error. */
    public void warn(String text) {
        flushed("warn: " + text);
    }

    /** {@code error: …} on standard error, for failures that do not end the command. */
    public void error(String text) {
        flushed("error: " + text);
    }

    /** A line on standard error as it is. */
    public void line(String text) {
        flushed(text);
    }

    private void flushed(String text) {
        error.line(text);
        error.flush();
    }
}
