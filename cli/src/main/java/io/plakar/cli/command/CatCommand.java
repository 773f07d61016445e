package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Snapshots;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/** {@code cat}: writes the contents of files to standard output. */
public final class CatCommand {
    private CatCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] cat [OPTIONS] SNAPSHOT:PATH..."),
                """
                Writes the contents of files to standard output, one after the other. Every byte was verified before it
                is written.
                """,
                List.of(
                        Flag.bool("decompress", "decompress files that were recorded as gzip"),
                        Flag.bool("highlight", "accepted for old scripts; contents are written as they are")
                                .concealed()),
                List.of(
                        "plakar at ./save cat b29aa180:docs/notes.txt",
                        "plakar at ./save cat latest:/etc/hosts",
                        "plakar at ./save cat -decompress b29aa180:log.gz | grep error"),
                CatCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        if (invocation.arguments().isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "at least one parameter is required");
        }
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            Contents contents = new Contents(repository);
            ExitCode worst = ExitCode.SUCCESS;
            for (String argument : invocation.arguments()) {
                String shown = argument;
                try {
                    Snapshots.Chosen chosen = snapshots.resolve(argument);
                    shown = chosen.path().toString();
                    write(invocation, snapshots, contents, chosen);
                } catch (KlosetException.Cancelled e) {
                    throw e;
                } catch (KlosetException | Failure e) {
                    invocation.out().flush();
                    invocation.notices().error("cat: " + shown + ": " + e.getMessage());
                    ExitCode code = ExitCode.of(e);
                    worst = worst == ExitCode.DATA ? worst : code == ExitCode.DATA ? code : ExitCode.FAILURE;
                }
            }
            if (worst != ExitCode.SUCCESS) {
                throw new Failure(worst, "errors occurred");
            }
        }
        return ExitCode.SUCCESS;
    }

    private static void write(Invocation invocation, Snapshots snapshots, Contents contents, Snapshots.Chosen chosen)
            throws Failure, KlosetException, IOException, InterruptedException {
        Optional<Entry> found = snapshots.tree(chosen.header()).resolve(chosen.path());
        if (found.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "no such file");
        }
        Entry entry = found.get();
        if (!entry.isRegular()) {
            throw new Failure(ExitCode.FAILURE, "not a regular file");
        }
        if (!entry.hasObject()) {
            return;
        }
        if (invocation.options().flag("decompress") && entry.contentType().equals("application/gzip")) {
            try (InputStream plain = new GZIPInputStream(contents.open(entry.object()), 1 << 16)) {
                plain.transferTo(invocation.out().stream());
            }
            return;
        }
        contents.copy(entry.object(), bytes -> {
            byte[] chunk = new byte[bytes.remaining()];
            bytes.get(chunk);
            invocation.out().bytes(chunk);
        });
    }
}
