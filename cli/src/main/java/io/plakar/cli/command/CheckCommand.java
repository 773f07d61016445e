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
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.check.Check;
import io.plakar.kloset.check.CheckListener;
import io.plakar.kloset.check.CheckOptions;
import io.plakar.kloset.check.CheckResult;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code check}: proves that snapshots are whole. */
public final class CheckCommand {
    private CheckCommand() {}

    public static CommandDescription describe() {
        List<Flag> flags = new ArrayList<>(FilterOptions.all());
        flags.add(Flag.bool("fast", "only check that everything is there, without reading it"));
        flags.add(Flag.bool("no-verify", "do not verify signatures"));
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] check [OPTIONS] [SNAPSHOT[:PATH]]..."),
                """
                Reads and verifies everything the chosen snapshots need: all of them when none is named. Every damaged
                file is named under each snapshot that has it, with the chunk and the packfile. The exit status is 65
                when anything is damaged.
                """,
                flags,
                List.of(
                        "plakar at ./save check",
                        "plakar at ./save check -latest",
                        "plakar at ./save check -fast b29aa180:docs"),
                CheckCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        Options options = invocation.options();
        SnapshotFilter filter = FilterOptions.filter(
                options,
                invocation.surroundings().clock().instant(),
                invocation.surroundings().zone(),
                invocation.notices());
        try (Repository repository = invocation.openStore()) {
            Snapshots snapshots = new Snapshots(repository);
            Map<Mac, KlosetException> unreadable = new LinkedHashMap<>();
            List<Snapshots.Chosen> absent = new ArrayList<>();
            List<Check.Target> targets = new ArrayList<>();
            if (invocation.arguments().isEmpty()) {
                unreadable.putAll(snapshots.damaged());
                for (SnapshotHeader header : snapshots.select(
                        filter, invocation.surroundings().clock().instant())) {
                    targets.add(new Check.Target(header, null));
                }
            } else {
                for (String argument : invocation.arguments()) {
                    addTargets(invocation, snapshots, filter, argument, targets, absent);
                }
            }
            try (RunDisplay display = invocation.display(repository, "check")) {
                invocation.stopOnSignals();
                unreadable.forEach((id, reason) -> display.failed(id, String.valueOf(reason.getMessage())));
                absent.forEach(chosen -> display.failed(chosen.header().id(), chosen.path(), "file does not exist"));
                long damaged = unreadable.size() + absent.size();
                CheckOptions how =
                        new CheckOptions(options.flag("fast"), !options.flag("no-verify"), invocation.showsEveryPath());
                boolean everything = invocation.arguments().isEmpty() && filter.isEmpty() && unreadable.isEmpty();
                CheckResult result = check(repository, targets, everything, how, display);
                damaged += result.snapshotsDamaged();
                if (damaged > 0) {
                    throw new Failure(
                            ExitCode.DATA,
                            "check failed for " + (damaged == 1 ? "1 snapshot" : damaged + " snapshots"),
                            "what is not named above is whole and can be restored");
                }
                if (!result.clean() || !repository.damagedStates().isEmpty()) {
                    throw new Failure(ExitCode.DATA, "check found damage in the store outside the snapshots");
                }
            }
        }
        return ExitCode.SUCCESS;
    }

    private static void addTargets(
            Invocation invocation,
            Snapshots snapshots,
            SnapshotFilter filter,
            String argument,
            List<Check.Target> targets,
            List<Snapshots.Chosen> absent)
            throws Failure, KlosetException {
        List<Snapshots.Chosen> matches = snapshots.matches(argument);
        if (matches.isEmpty()) {
            snapshots.resolve(argument); // says what is wrong
        }
        List<SnapshotHeader> passed = Snapshots.select(
                matches.stream().map(Snapshots.Chosen::header).toList(),
                filter,
                invocation.surroundings().clock().instant());
        for (Snapshots.Chosen match : matches) {
            if (!passed.contains(match.header())) {
                continue;
            }
            if (match.hasPath() && isAbsent(snapshots, match)) {
                absent.add(match);
            } else {
                targets.add(new Check.Target(match.header(), match.hasPath() ? match.path() : null));
            }
        }
        if (passed.isEmpty()) {
            throw new Failure(ExitCode.FAILURE, "no snapshot " + argument + " matches the filters");
        }
    }

    /** Whether the snapshot surely has no such path; where its tree is damaged the check itself will tell. */
    private static boolean isAbsent(Snapshots snapshots, Snapshots.Chosen chosen) throws KlosetException {
        try {
            return snapshots.tree(chosen.header()).resolve(chosen.path()).isEmpty();
        } catch (KlosetException.Missing | KlosetException.Corrupt e) {
            return false;
        }
    }

    /** Checks one snapshot just made and returns the number of errors. */
    static long check(Repository repository, Mac snapshot, RunDisplay display) throws KlosetException {
        CheckResult result = check(
                repository,
                List.of(new Check.Target(repository.header(snapshot), null)),
                false,
                new CheckOptions(false, true, true),
                display);
        return result.errors() + result.storeErrors();
    }

    private static CheckResult check(
            Repository repository,
            List<Check.Target> targets,
            boolean everything,
            CheckOptions options,
            RunDisplay display)
            throws KlosetException {
        return Check.run(repository, targets, everything, options, new Listener(repository, display));
    }

    /** Feeds a display from a check. */
    private static final class Listener implements CheckListener {
        private final Repository repository;
        private final RunDisplay display;
        private final long fetchedBefore;
        private long lastNanos = System.nanoTime();

        Listener(Repository repository, RunDisplay display) {
            this.repository = repository;
            this.display = display;
            this.fetchedBefore = repository.bytesFetched();
            display.phase("checking");
        }

        @Override
        public void planned(long bytes) {
            display.planned(bytes);
        }

        @Override
        public void verified(long bytes) {
            display.processed(bytes);
        }

        @Override
        public void whole(SnapshotHeader snapshot, BytePath path) {
            display.ok(snapshot.id(), path);
        }

        @Override
        public void damaged(SnapshotHeader snapshot, BytePath path, String message) {
            display.failed(snapshot.id(), path, message);
        }

        @Override
        public void damaged(SnapshotHeader snapshot, String message) {
            display.failed(snapshot.id(), message);
        }

        @Override
        public void damagedStore(String message) {
            display.failed(Mac.ZERO, message);
        }

        @Override
        public void finished(SnapshotHeader snapshot, long errors) {
            Duration duration;
            synchronized (this) {
                long now = System.nanoTime();
                duration = Duration.ofNanos(now - lastNanos);
                lastNanos = now;
            }
            display.completed(
                    snapshot.id(),
                    new Completion(
                            "check", errors, duration, repository.bytesFetched() - fetchedBefore, 0, fields -> {}));
        }

        @Override
        public void warning(String message) {
            display.warning(message);
        }
    }
}
