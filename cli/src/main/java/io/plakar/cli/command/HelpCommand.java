package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import java.util.List;

/** {@code help}. */
public final class HelpCommand {
    private HelpCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar help [COMMAND | exit-codes | json]"),
                "Shows all commands, or all about one of them.",
                List.of(Flag.string("style", "accepted for old scripts").concealed()),
                List.of("plakar help", "plakar help backup", "plakar help exit-codes"),
                invocation -> {
                    invocation.printHelp();
                    return ExitCode.SUCCESS;
                });
    }
}
