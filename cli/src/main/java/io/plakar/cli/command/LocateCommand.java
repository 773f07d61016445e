package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Names;
import io.plakar.cli.Options;
import io.plakar.cli.Snapshots;
import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.btree.BTreeReader;
import io.plakar.kloset.glob.Glob;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code locate}: finds files by name in all snapshots. */
public final class LocateCommand {
    private LocateCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.all());
        flags.add(Flag.string("snapshot", "snapshot to locate in"));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] locate [OPTIONS] PATTERN..."),
                """
                Prints SNAPSHOT:PATH for everything whose name, without the directories, is PATTERN or matches it as a
                shell pattern. Newest snapshots first.
                """,
                flags,
                List.of(
                        "plakar at ./save locate notes.txt",
                        "plakar at ./save locate -latest '*.pdf' '*.odt'",
                        "plakar at ./save locate -snapshot b29aa180 'report-[0-9]*'"),
                LocateCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        Options options = invocation.options();
        Instant now = invocation.surroundings().clock().instant();
        SnapshotFilter filter =
                FilterOptions.filter(options, now, invocation.surroundings().zone(), invocation.notices());
        List<Glob> patterns = new ArrayList<>();
        for (String pattern : invocation.arguments()) {
            try {
                patterns.add(Glob.compile(RawText.encode(pattern)));
            } catch (KlosetException.Invalid e) {
                throw new Failure(ExitCode.FAILURE, "locate: could not match pattern: syntax error in pattern", "", e);
            }
        }
        boolean damaged = false;
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository).warn(invocation.notices());
            List<SnapshotHeader> candidates = snapshots.all();
            String wanted = options.value("snapshot");
            if (wanted != null) {
                candidates = snapshots.matches(wanted).stream()
                        .map(Snapshots.Chosen::header)
                        .toList();
                if (candidates.isEmpty()) {
                    snapshots.resolve(wanted); // says what is wrong
                }
            }
            for (SnapshotHeader header : Snapshots.select(candidates, filter, now)) {
                try {
                    search(invocation, snapshots, header, patterns);
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    damaged = true;
                    invocation.notices().error("locate: snapshot " + header.id().toShortHex() + ": " + e.getMessage());
                }
            }
        }
        return damaged ? ExitCode.DATA : ExitCode.SUCCESS;
    }

    private static void search(Invocation invocation, Snapshots snapshots, SnapshotHeader header, List<Glob> patterns)
            throws KlosetException {
        BTreeReader.Cursor keys = snapshots.tree(header).vfs().cursor();
        while (keys.next()) {
            byte[] path = keys.key();
            int name = 0;
            for (int i = 0; i < path.length; i++) {
                if (path[i] == '/') {
                    name = i + 1;
                }
            }
            for (Glob pattern : patterns) {
                if (name < path.length && pattern.matches(path, name, path.length)) {
                    show(invocation, header, BytePath.ofClean(path.clone()));
                    break;
                }
            }
        }
    }

    private static void show(Invocation invocation, SnapshotHeader header, BytePath path) {
        if (invocation.json()) {
            invocation
                    .jsonLines()
                    .line(
                            "match",
                            fields -> fields.text("snapshot_id", header.id().toHex())
                                    .name("path", path.bytes()));
        } else {
            invocation.out().line(header.id().toShortHex() + ":" + Names.shown(path));
        }
    }
}
