package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import java.util.List;

/** {@code cached}: other releases have a daemon of this name; here every run keeps its own cache. */
public final class CachedCommand {
    private CachedCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar cached"),
                "Does nothing: this program needs no cache daemon.",
                List.of(
                        Flag.bool("foreground", "accepted for old scripts"),
                        Flag.string("log", "accepted for old scripts"),
                        Flag.string("teardown", "accepted for old scripts")),
                List.of("plakar cached"),
                invocation -> ExitCode.SUCCESS);
    }
}
