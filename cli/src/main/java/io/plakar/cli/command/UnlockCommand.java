package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.text.Durations;
import io.plakar.connector.ConnectorException;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** {@code unlock}: keeps the key of a store for a while, so that opening it needs no passphrase and no derivation. */
public final class UnlockCommand {
    private static final Duration LONGEST = Duration.ofDays(30);

    private UnlockCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] unlock [-for DURATION]"),
                """
                Asks for the passphrase once and lets the operating system keep the store's key, so that every command
                opens the store at once until the time is over, `plakar lock` is run or the machine stops. The key lies in
                the kernel's memory, for this user alone, and never on a disk.
                """,
                List.of(Flag.string("for", "how long the key is kept, at most 720h", "8h")),
                List.of("plakar at ./save unlock", "plakar at ./save unlock -for 30m", "plakar at ./save lock"),
                UnlockCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.noArguments();
        Duration duration = duration(invocation.options().value("for", "8h"));
        try {
            boolean kept = invocation.stores().unlock(invocation.storePlace(), invocation.passphrases(), duration);
            invocation
                    .notices()
                    .info(
                            kept
                                    ? "unlock: the store opens without its passphrase for "
                                            + Durations.formatSeconds(duration)
                                    : "unlock: the store is not encrypted and opens without a passphrase");
        } catch (ConnectorException e) {
            throw new Failure(ExitCode.NO_INPUT, String.valueOf(e.getMessage()), "", e);
        }
        return ExitCode.SUCCESS;
    }

    private static Duration duration(String text) throws Failure {
        Duration duration;
        try {
            duration = Durations.parse(text);
        } catch (IllegalArgumentException e) {
            throw new Failure(ExitCode.USAGE, "-for: " + e.getMessage(), "write it like 8h or 30m", e);
        }
        if (duration.toSeconds() < 1 || duration.compareTo(LONGEST) > 0) {
            throw new Failure(ExitCode.USAGE, "-for: " + text + " is not between 1s and 720h");
        }
        return duration;
    }
}
