package io.plakar.cli;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.kloset.KlosetException;
import java.io.IOException;

/** What a command does once its options are read. */
public interface Command {
    /**
     * Runs it to the end.
     *
     * @throws InterruptedException when a signal stopped the run
     */
    ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException, InterruptedException;
}
