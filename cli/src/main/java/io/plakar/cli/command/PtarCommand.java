package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.Stores;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.render.RunDisplay;
import io.plakar.connector.Importer;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** {@code ptar}: makes a store which is one file, with a snapshot of each place in it. */
public final class PtarCommand {
    private PtarCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar ptar [OPTIONS] -o out.ptar [@location | path]..."),
                """
                Makes a portable archive: a whole store in one file, deduplicated, compressed, and encrypted unless
                -plaintext is given, with one snapshot of each place. It is read with `plakar at out.ptar ls` and all
                the other commands that read.
                """,
                List.of(
                        Flag.string("hashing", "hashing algorithm to use for digests: BLAKE3 or SHA256", "BLAKE3"),
                        Flag.list("k", "the same as -kloset"),
                        Flag.list("kloset", "add a kloset location to include in the ptar archive (not supported yet)"),
                        Flag.bool("no-compression", "disable transparent compression"),
                        Flag.string("o", "name of the ptar archive to create"),
                        Flag.bool("overwrite", "overwrite the ptar archive if it already exists"),
                        Flag.bool("plaintext", "disable transparent encryption")),
                List.of(
                        "plakar ptar -o docs.ptar ~/Documents",
                        "plakar ptar -plaintext -overwrite -o site.ptar ./site",
                        "plakar at docs.ptar ls"),
                PtarCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        Options options = invocation.options();
        String file = options.value("o", "");
        if (file.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "-o option must be specified", "write: plakar ptar -o NAME.ptar PLACE");
        }
        if (options.isGiven("k") || options.isGiven("kloset")) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "-k is not supported yet: the snapshots of another store cannot be put into a ptar archive",
                    "restore them, and make the archive of the restored files");
        }
        List<String> places = invocation.arguments().isEmpty()
                ? List.of("fs:" + invocation.surroundings().workingDirectory())
                : invocation.arguments();
        Stores.NewPassphrase passphrase =
                options.flag("plaintext") ? null : CreateCommand.newPassphrase(invocation.passphrases(), true);
        // All places are looked at before an archive that is there may be replaced.
        List<Importer> importers = BackupCommand.open(invocation, places, Map.of(), true);
        try (Repository repository = invocation
                .stores()
                .createFile(
                        "ptar:" + file,
                        options.flag("overwrite"),
                        CreateCommand.createOptions(options, true),
                        passphrase)) {
            invocation.stopOnSignals();
            for (Importer importer : importers) {
                try (RunDisplay display = invocation.display(repository, "backup")) {
                    BackupCommand.run(repository, List.of(importer), BackupCommand.plainOptions(invocation), display);
                }
            }
        } finally {
            BackupCommand.close(importers);
        }
        return ExitCode.SUCCESS;
    }
}
