package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.EntryLine;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.SnapshotLine;
import io.plakar.cli.Snapshots;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code ls}: lists snapshots, or the files of one. */
public final class LsCommand {
    private LsCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.all());
        flags.add(Flag.bool("recursive", "recursive listing"));
        flags.add(Flag.bool("tags", "show tags"));
        flags.add(Flag.bool("uuid", "display uuid instead of short ID"));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] ls [OPTIONS] [SNAPSHOT[:PATH]]"),
                """
                Lists the snapshots of a store, newest first: time, id, size, duration and what was backed up. With
                SNAPSHOT, the files of one directory in it. SNAPSHOT is any number of leading digits of an id, or
                latest, or latest~1 for the one before.
                """,
                flags,
                List.of(
                        "plakar at ./save ls",
                        "plakar at ./save ls -tag daily -since 2w",
                        "plakar at ./save ls -recursive b29aa180:docs"),
                LsCommand::run);
    }

    private static ExitCode run(Invocation invocation) throws Failure, KlosetException, IOException {
        invocation.atMost(1);
        Options options = invocation.options();
        Instant now = invocation.surroundings().clock().instant();
        SnapshotFilter filter =
                FilterOptions.filter(options, now, invocation.surroundings().zone(), invocation.notices());
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            if (invocation.arguments().isEmpty()) {
                snapshots.warn(invocation.notices());
                for (SnapshotHeader header : snapshots.select(filter, now)) {
                    if (invocation.json()) {
                        invocation.jsonLines().line("snapshot", fields -> SnapshotLine.write(fields, header));
                    } else {
                        invocation.out().line(SnapshotLine.of(header, options.flag("uuid"), options.flag("tags")));
                    }
                }
                return snapshots.damaged().isEmpty() ? ExitCode.SUCCESS : ExitCode.DATA;
            }
            if (!filter.isEmpty()) {
                invocation.notices().warn("snapshot specified, filters are ignored");
            }
            Snapshots.Chosen chosen = snapshots.resolve(invocation.arguments().getFirst());
            return list(invocation, snapshots.tree(chosen.header()), chosen);
        }
    }

    private static ExitCode list(Invocation invocation, SnapshotTree tree, Snapshots.Chosen chosen)
            throws Failure, KlosetException {
        Entry top = tree.resolve(chosen.path()).orElseThrow(() -> missing(chosen));
        Listing listing = new Listing(invocation, tree);
        if (!top.isDirectory()) {
            listing.show(top, false);
            return ExitCode.SUCCESS;
        }
        listing.directory(top, invocation.options().flag("recursive"));
        return listing.incomplete ? ExitCode.DATA : ExitCode.SUCCESS;
    }

    static Failure missing(Snapshots.Chosen chosen) {
        return new Failure(
                ExitCode.FAILURE,
                chosen.path() + ": file does not exist in snapshot "
                        + chosen.header().id().toShortHex(),
                "`plakar ls " + chosen.header().id().toShortHex() + "` shows what it holds");
    }

    /** Walks and prints. */
    private static final class Listing {
        private final Invocation invocation;
        private final SnapshotTree tree;
        private final EntryLine line = new EntryLine();
        private boolean incomplete;

        Listing(Invocation invocation, SnapshotTree tree) {
            this.invocation = invocation;
            this.tree = tree;
        }

        void directory(Entry directory, boolean recursive) throws KlosetException {
            try (DirectoryCursor children = tree.children(directory.path())) {
                boolean more = true;
                while (more) {
                    try {
                        more = children.next();
                    } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                        incomplete(directory, e);
                        continue;
                    }
                    if (more) {
                        Entry child = children.entry();
                        show(child, recursive);
                        if (recursive && child.isDirectory()) {
                            directory(child, true);
                        }
                    }
                }
            } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                incomplete(directory, e);
            }
        }

        private void incomplete(Entry directory, KlosetException reason) {
            incomplete = true;
            invocation.out().flush();
            invocation.notices().error("ls: " + directory.path() + ": " + reason.getMessage());
        }

        void show(Entry entry, boolean fullPath) {
            if (invocation.json()) {
                invocation.jsonLines().line("entry", fields -> EntryLine.write(fields, entry));
            } else {
                invocation.out().line(line.of(entry, fullPath));
            }
        }
    }
}
