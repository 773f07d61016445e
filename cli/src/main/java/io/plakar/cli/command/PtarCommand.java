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
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.sync.SnapshotCopy;
import java.io.IOException;
import java.util.ArrayList;
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
                -plaintext is given, with one snapshot of each place and all
                snapshots of the stores given with -k. It is read with `plakar at out.ptar ls` and all
                the other commands that read.
                """,
                List.of(
                        Flag.string("hashing", "hashing algorithm to use for digests: BLAKE3 or SHA256", "BLAKE3"),
                        Flag.list("k", "the same as -kloset"),
                        Flag.list("kloset", "add a kloset location to include in the ptar archive"),
                        Flag.bool("no-compression", "disable transparent compression"),
                        Flag.string("o", "name of the ptar archive to create"),
                        Flag.bool("overwrite", "overwrite the ptar archive if it already exists"),
                        Flag.bool("plaintext", "disable transparent encryption")),
                List.of(
                        "plakar ptar -o docs.ptar ~/Documents",
                        "plakar ptar -o everything.ptar -k ./save",
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
        List<String> stores = new ArrayList<>(options.all("k"));
        stores.addAll(options.all("kloset"));
        List<String> places = invocation.arguments().isEmpty() && stores.isEmpty()
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
                                passphrase);
                RepositoryWriter writer = new RepositoryWriter(repository)) {
            invocation.stopOnSignals();
            // The archive is written once: all snapshots go into one run and appear together.
            for (Importer importer : importers) {
                try (RunDisplay display = invocation.display(repository, "backup")) {
                    BackupCommand.completed(
                            Backup.add(
                                    repository,
                                    writer,
                                    List.of(importer),
                                    BackupCommand.plainOptions(invocation),
                                    null,
                                    BackupCommand.listener(display)),
                            display);
                }
            }
            for (String store : stores) {
                copy(invocation, store, repository, writer);
            }
            writer.commit();
        } finally {
            BackupCommand.close(importers);
        }
        return ExitCode.SUCCESS;
    }

    /** Adds every snapshot of the store at {@code place}. */
    private static void copy(Invocation invocation, String place, Repository to, RepositoryWriter writer)
            throws Failure, KlosetException {
        try (Repository from = invocation.stores().open(place, invocation.passphrases());
                RunDisplay display = invocation.display(to, "backup")) {
            for (SnapshotHeader header : from.snapshots()) {
                BackupCommand.completed(
                        SnapshotCopy.add(from, header, to, writer, BackupCommand.listener(display)), display);
            }
        }
    }
}
