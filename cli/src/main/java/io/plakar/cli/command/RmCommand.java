package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.SnapshotLine;
import io.plakar.cli.Snapshots;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import io.plakar.kloset.snapshot.selection.SnapshotSelector;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code rm}: removes snapshots from the list of those there are. */
public final class RmCommand {
    private static final int SHORTEST_PREFIX = 4;

    private RmCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.header());
        flags.add(Flag.bool("all-matches", "let an id of few digits stand for all snapshots it matches"));
        flags.add(Flag.bool("apply", "do the actual removal"));
        flags.add(Flag.bool("dry-run", "only show what would be removed, as without -apply"));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] rm [OPTIONS] [SNAPSHOT]..."),
                """
                Shows which snapshots would be removed, and with -apply removes them. Ids and filters must both match.
                The space returns with maintenance.
                """,
                flags,
                List.of(
                        "plakar at ./save rm 4bb4d442",
                        "plakar at ./save rm -apply 4bb4d442",
                        "plakar at ./save rm -apply -tag old -before 90d"),
                RmCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        Options options = invocation.options();
        Instant now = invocation.surroundings().clock().instant();
        SnapshotFilter filter =
                FilterOptions.filter(options, now, invocation.surroundings().zone(), invocation.notices());
        if (invocation.arguments().isEmpty() && filter.isEmpty()) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "no filter specified, not going to remove everything",
                    "name snapshots, or give a filter such as -before 90d");
        }
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository).warn(invocation.notices());
            List<SnapshotHeader> candidates =
                    invocation.arguments().isEmpty() ? snapshots.all() : named(invocation, snapshots);
            List<SnapshotHeader> chosen = Snapshots.select(candidates, filter, now);
            if (chosen.isEmpty()) {
                invocation.notices().info("rm: no snapshots matched the selection");
                return ExitCode.SUCCESS;
            }
            boolean apply = options.flag("apply") && !options.flag("dry-run");
            if (!apply) {
                plan(invocation, chosen);
                return ExitCode.SUCCESS;
            }
            for (SnapshotHeader header : chosen) {
                repository.removeSnapshot(header.id());
                if (invocation.json()) {
                    invocation.jsonLines().line("removed", fields -> SnapshotLine.write(fields, header));
                } else {
                    invocation.notices().info("rm: removal of " + header.id().toShortHex() + " completed successfully");
                }
            }
        }
        return ExitCode.SUCCESS;
    }

    private static void plan(Invocation invocation, List<SnapshotHeader> chosen) {
        if (invocation.json()) {
            for (SnapshotHeader header : chosen) {
                invocation.jsonLines().line("would_remove", fields -> SnapshotLine.write(fields, header));
            }
            return;
        }
        invocation.out().line("rm: would remove these " + chosen.size() + " snapshot(s), run with -apply to proceed");
        for (SnapshotHeader header : chosen) {
            invocation.out().line(SnapshotLine.of(header, false, true));
        }
    }

    private static List<SnapshotHeader> named(Invocation invocation, Snapshots snapshots)
            throws Failure, KlosetException {
        boolean all = invocation.options().flag("all-matches");
        Map<Mac, SnapshotHeader> named = new LinkedHashMap<>();
        for (String argument : invocation.arguments()) {
            SnapshotSelector selector = SnapshotSelector.parse(RawText.encode(argument));
            if (selector.hasPath()) {
                throw new Failure(ExitCode.FAILURE, "rm removes whole snapshots, not paths in them: " + argument);
            }
            List<Snapshots.Chosen> matches = snapshots.matches(argument);
            if (!all && matches.size() > 1) {
                throw new Failure(
                        ExitCode.FAILURE,
                        "snapshot ID is ambiguous: " + argument + " (matches " + matches.size() + " snapshots)",
                        "write more digits, or -all-matches for all of them");
            }
            if (!all && !selector.isRelative() && selector.prefix().length() < SHORTEST_PREFIX && !matches.isEmpty()) {
                throw new Failure(
                        ExitCode.FAILURE,
                        "the id " + argument + " is too short to remove by",
                        "write at least " + SHORTEST_PREFIX + " digits, or add -all-matches");
            }
            matches.forEach(match -> named.put(match.header().id(), match.header()));
        }
        return List.copyOf(named.values());
    }
}
