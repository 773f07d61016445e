package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.Snapshots;
import io.plakar.cli.render.Completion;
import io.plakar.cli.render.RunDisplay;
import io.plakar.cli.text.Times;
import io.plakar.connector.BytePath;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.Exporter;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.restore.Restore;
import io.plakar.kloset.restore.RestoreListener;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.restore.RestoreResult;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** {@code restore}: brings a snapshot, or part of it, back. */
public final class RestoreCommand {
    private static final DateTimeFormatter TARGET_NAME = DateTimeFormatter.ofPattern("yyyyMMddHHmmss", Locale.ROOT);

    private static final int SHOWN_WARNINGS = 10;

    private RestoreCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.header());
        flags.addAll(List.of(
                Flag.bool("dry-run", "tell what would be done and write nothing"),
                Flag.bool("no-owner", "do not restore users and groups"),
                Flag.bool("no-xattr", "do not restore extended attributes"),
                Flag.bool("numeric-owner", "restore users and groups by number, not by name"),
                Flag.list("o", "specify extra exporter options"),
                Flag.string(
                        "overwrite",
                        "what to do with files that are there: always, never, if-newer (than the file there), if-changed;"
                                + " without it they are replaced, but newer ones are kept and reported"),
                Flag.bool("skip-permissions", "do not restore permissions: files become 0640, directories 0750"),
                new Flag("sparse", Flag.Kind.BOOLEAN, "leave holes where files have long runs of zeros", "true", false),
                Flag.string("to", "base directory or location where files will be restored")));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] restore [OPTIONS] [SNAPSHOT[:PATH]]"),
                """
                Restores the content of PATH, or of the directory that was backed up, into the place given by -to, or
                into a new directory plakar-<date and time>. Without SNAPSHOT the newest one that matches the filters.
                Owners, permissions, times, extended attributes, hard links and holes come back as they were, as far as
                the place and the user's rights allow; what could not be set is reported. A file whose data is damaged
                is not written at all, and the exit status is then 65.
                """,
                flags,
                List.of(
                        "plakar at ./save restore -to ./back b29aa180",
                        "plakar at ./save restore -to ./back b29aa180:docs/notes.txt",
                        "plakar at ./save restore -overwrite if-changed -to ~/Documents latest"),
                RestoreCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        if (invocation.arguments().size() > 1) {
            throw new Failure(ExitCode.FAILURE, "multiple snapshots found, please specify one");
        }
        Options options = invocation.options();
        Instant now = invocation.surroundings().clock().instant();
        RestoreOptions restore = new RestoreOptions(overwrite(options), options.flag("dry-run"));
        ExportOptions export = new ExportOptions(
                !options.flag("no-owner"),
                options.flag("numeric-owner"),
                !options.flag("skip-permissions"),
                !options.flag("no-xattr"),
                !options.isGiven("sparse") || options.flag("sparse"));
        String place = options.value(
                "to",
                "plakar-"
                        + TARGET_NAME.format(
                                now.atZone(invocation.surroundings().zone())));
        SnapshotFilter filter =
                FilterOptions.filter(options, now, invocation.surroundings().zone(), invocation.notices());
        try (Repository repository = invocation.openStore()) {
            Snapshots.Chosen chosen = choose(invocation, new Snapshots(repository), filter, now, place);
            try (Exporter exporter = invocation
                            .connectors()
                            .exporter(
                                    place,
                                    KeyValues.of(options.all("o")),
                                    export,
                                    invocation.names(),
                                    invocation.connectorContext(true));
                    RunDisplay display = restore.dryRun()
                            ? invocation.listing("restore")
                            : invocation.display(repository, "restore")) {
                invocation.stopOnSignals();
                return restore(
                        repository,
                        chosen,
                        exporter,
                        restore,
                        display,
                        invocation.showsEveryPath() || invocation.json());
            }
        }
    }

    private static ExitCode restore(
            Repository repository,
            Snapshots.Chosen chosen,
            Exporter exporter,
            RestoreOptions options,
            RunDisplay display,
            boolean allWarnings)
            throws KlosetException {
        Mac id = chosen.header().id();
        display.snapshot(id);
        display.phase("restoring");
        Listener listener = new Listener(id, display, allWarnings);
        RestoreResult result = Restore.run(repository, chosen.header(), chosen.path(), exporter, options, listener);
        listener.tellOfHeldBack();
        boolean elsewhere = !chosen.header().source().type().equals(exporter.type());
        listener.misfits()
                .report(exporter.root(), elsewhere ? exporter.drops() : List.of())
                .ifPresent(display::warning);
        display.completed(
                id,
                new Completion(
                        "restore",
                        result.errors(),
                        result.duration(),
                        result.bytesFetched(),
                        result.bytesWritten(),
                        fields -> fields.number("files", result.files())
                                .number("directories", result.directories())
                                .number("others", result.others())
                                .number("kept", result.kept())
                                .number("bytes_written", result.bytesWritten())
                                .number("corrupt", result.corrupt())
                                .number("warnings", result.warnings())
                                .number("unfit", listener.misfits().total())
                                .bool("dry_run", options.dryRun())));
        return result.corrupt() > 0 ? ExitCode.DATA : result.errors() > 0 ? ExitCode.FAILURE : ExitCode.SUCCESS;
    }

    private static Snapshots.Chosen choose(
            Invocation invocation, Snapshots snapshots, SnapshotFilter filter, Instant now, String place)
            throws Failure, KlosetException {
        Snapshots.Chosen chosen;
        if (invocation.arguments().isEmpty()) {
            List<SnapshotHeader> matching = snapshots.select(filter, now);
            if (matching.isEmpty()) {
                throw new Failure(ExitCode.FAILURE, "no snapshots found", "`plakar ls` shows what the store holds");
            }
            Set<BytePath> roots = new HashSet<>();
            matching.forEach(header -> roots.add(header.source().directory()));
            if (roots.size() > 1) {
                invocation
                        .notices()
                        .warn("the store holds snapshots of " + roots.size()
                                + " places; restoring the newest of all. Name a snapshot to choose another one");
            }
            SnapshotHeader newest = matching.getFirst();
            chosen = new Snapshots.Chosen(newest, newest.source().directory(), false);
        } else {
            chosen = snapshots.resolve(invocation.arguments().getFirst());
            if (!filter.isEmpty()) {
                invocation.notices().warn("snapshot specified; the filters apply to it");
                if (Snapshots.select(List.of(chosen.header()), filter, now).isEmpty()) {
                    throw new Failure(ExitCode.FAILURE, "no snapshots found");
                }
            }
        }
        if (!invocation.options().flag("quiet") && !invocation.options().flag("silent")) {
            invocation
                    .notices()
                    .line("restoring " + chosen.path() + " of snapshot "
                            + chosen.header().id().toShortHex() + " ("
                            + Times.listing(chosen.header().timestamp()) + ") to " + place);
        }
        return chosen;
    }

    private static RestoreOptions.Overwrite overwrite(Options options) throws Failure {
        String word = options.value("overwrite", "");
        return switch (word) {
            case "" -> RestoreOptions.Overwrite.PROTECT_NEWER;
            case "always" -> RestoreOptions.Overwrite.ALWAYS;
            case "never" -> RestoreOptions.Overwrite.NEVER;
            case "if-newer" -> RestoreOptions.Overwrite.IF_NEWER;
            case "if-changed" -> RestoreOptions.Overwrite.IF_CHANGED;
            default -> throw Options.invalid("overwrite", word, "there are always, never, if-newer and if-changed");
        };
    }

    /** Feeds a display from a restore. */
    private static final class Listener implements RestoreListener {
        private final Mac snapshot;
        private final RunDisplay display;
        private final boolean allWarnings;
        private final AtomicLong warnings = new AtomicLong();
        private final Misfits misfits = new Misfits();

        Listener(Mac snapshot, RunDisplay display, boolean allWarnings) {
            this.snapshot = snapshot;
            this.display = display;
            this.allWarnings = allWarnings;
        }

        private Misfits misfits() {
            return misfits;
        }

        @Override
        public void unfit(BytePath path, Misfit misfit) {
            misfits.add(path, misfit);
        }

        /** A user without privileges cannot set any owner: that must not hide everything else. */
        private void tellOfHeldBack() {
            long held = warnings.get() - SHOWN_WARNINGS;
            if (!allWarnings && held > 0) {
                display.warning("and " + held + " more attributes could not be set; -v shows them");
            }
        }

        @Override
        public void found(BytePath path, FileInfo info) {
            if (info.isRegular()) {
                display.planned(Math.max(0, info.size()));
            }
            display.current(path);
        }

        @Override
        public void written(long bytes) {
            display.processed(bytes);
        }

        @Override
        public void done(BytePath path, FileInfo info, Outcome outcome) {
            display.ok(snapshot, path, info, outcome.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void failed(BytePath path, String message, boolean corruptData) {
            display.failed(snapshot, path, message);
        }

        @Override
        public void warning(BytePath path, String message) {
            if (warnings.incrementAndGet() <= SHOWN_WARNINGS || allWarnings) {
                display.warning(path + ": " + message);
            }
        }
    }
}
