package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.cli.CommandDescription;
import java.util.List;

/** {@code version}. */
public final class VersionCommand {
    private VersionCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar version"),
                "Shows the version on the first line, then what this program can back up from, restore to, and keep "
                        + "stores at.",
                List.of(),
                List.of("plakar version", "plakar version | head -1", "plakar -json version"),
                invocation -> {
                    invocation.noArguments();
                    invocation.printVersion();
                    return ExitCode.SUCCESS;
                });
    }
}
