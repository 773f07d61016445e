package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Invocation;
import io.plakar.connector.ConnectorException;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.util.List;

/** {@code lock}: forgets the key that {@code unlock} had kept. */
public final class LockCommand {
    private LockCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] lock"),
                """
                Makes the operating system forget the key of a store, so that opening it needs the passphrase again.
                """,
                List.of(),
                List.of("plakar at ./save lock", "plakar at @nas lock", "plakar lock"),
                LockCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.noArguments();
        try {
            boolean found = invocation.stores().lock(invocation.storePlace());
            invocation.notices().info(found ? "lock: the key is forgotten" : "lock: no key was kept");
        } catch (ConnectorException e) {
            throw new Failure(ExitCode.NO_INPUT, String.valueOf(e.getMessage()), "", e);
        }
        return ExitCode.SUCCESS;
    }
}
