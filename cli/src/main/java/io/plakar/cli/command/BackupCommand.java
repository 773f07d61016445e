package io.plakar.cli.command;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.app.SystemMessages;
import io.plakar.cli.CommandDescription;
import io.plakar.cli.FilterOptions;
import io.plakar.cli.Flag;
import io.plakar.cli.Invocation;
import io.plakar.cli.Options;
import io.plakar.cli.render.Completion;
import io.plakar.cli.render.RunDisplay;
import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorContext;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Importer;
import io.plakar.connector.Mac;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code backup}: makes a snapshot. */
public final class BackupCommand {
    private BackupCommand() {}

    public static CommandDescription describe() {
        return new CommandDescription(
                List.of("plakar [at REPOSITORY] backup [OPTIONS] [PLACE]..."),
                """
                Makes one snapshot of the places: directories, files, or locations such as tar:FILE and stdin:NAME; the
                current directory when none is given. What did not change since the last snapshot of the same place is
                not read again. A file that cannot be read is reported, recorded in the snapshot, and does not stop the
                run; with -strict the exit status is then 3.

                Patterns follow gitignore and are matched against the path in the snapshot, from / on: *.log matches
                anywhere, docs/*.log only /docs, **/docs/*.log anywhere again.
                """,
                List.of(
                        Flag.string("cache", "vfs: do not read what is unchanged; no: read everything again", "vfs"),
                        Flag.string("category", "backup category"),
                        Flag.bool("check", "check the snapshot after creating it"),
                        Flag.string("dataset", "backup dataset"),
                        Flag.bool("dry-run", "only list what would be in the snapshot"),
                        Flag.string("environment", "backup environment"),
                        Flag.string("force-timestamp", "force a timestamp"),
                        Flag.list(
                                "ignore",
                                "gitignore pattern to exclude files, can be specified multiple times to add several"
                                        + " exclusion patterns"),
                        Flag.list(
                                "ignore-file",
                                "path to a file containing newline-separated gitignore patterns, treated as -ignore;"
                                        + " can be specified multiple times"),
                        Flag.string("job", "backup job"),
                        Flag.string("name", "backup name", "default"),
                        Flag.bool("no-progress", "do not display progress"),
                        Flag.bool("no-xattr", "do not back up extended attributes"),
                        Flag.list("o", "specify extra importer options"),
                        Flag.string("packfiles", "memory or a path to a directory to store temporary files"),
                        Flag.string("perimeter", "backup perimeter"),
                        Flag.bool("strict", "exit with status 3 when something could not be read"),
                        Flag.list("tag", "comma-separated list of tags to apply to the snapshot"),
                        Flag.bool("scan", "the same as -dry-run").concealed(),
                        Flag.string("disk-based", "accepted for old scripts").concealed()),
                List.of(
                        "plakar at ./save backup ~/Documents",
                        "plakar at ./save backup -tag daily,home -ignore '*.tmp' ~/Documents ~/Pictures",
                        "mysqldump shop | plakar at ./save backup stdin:shop.sql"),
                BackupCommand::run);
    }

    private static ExitCode run(Invocation invocation)
            throws Failure, KlosetException, IOException, InterruptedException {
        Options options = invocation.options();
        BackupOptions backup = backupOptions(invocation);
        List<String> places = places(invocation);
        if (options.flag("dry-run") || options.flag("scan")) {
            return scan(invocation, places, backup.excludes());
        }
        EngineContext context = invocation.engineContext(scratch(invocation));
        try (Repository repository = invocation.openStore(context)) {
            List<Importer> importers = open(invocation, places, KeyValues.of(options.all("o")), backup.xattrs());
            try (RunDisplay display = invocation.display(repository, "backup")) {
                invocation.stopOnSignals();
                Listener listener = new Listener(display, importers);
                BackupResult result = run(repository, importers, backup, display, listener);
                long errors = result.errors();
                if (options.flag("check")) {
                    if (CheckCommand.check(repository, result.snapshot(), display) > 0) {
                        throw new Failure(ExitCode.DATA, "check failed for 1 snapshot");
                    }
                }
                if (listener.placeFailed()) {
                    throw new Failure(
                            ExitCode.FAILURE,
                            "a place to be backed up could not be read itself; see above",
                            "the snapshot was made all the same, without it");
                }
                return errors > 0 && options.flag("strict") ? ExitCode.INCOMPLETE : ExitCode.SUCCESS;
            } finally {
                close(importers);
            }
        }
    }

    /** Backs up and shows it, the last line included. */
    private static BackupResult run(
            Repository repository,
            List<Importer> importers,
            BackupOptions options,
            RunDisplay display,
            Listener listener)
            throws KlosetException {
        BackupResult result = Backup.run(repository, importers, options, listener);
        completed(result, display);
        return result;
    }

    /** A listener which feeds {@code display}. */
    static BackupListener listener(RunDisplay display) {
        return new Listener(display, List.of());
    }

    /** Shows the last line of a backup. */
    static void completed(BackupResult result, RunDisplay display) {
        display.completed(
                result.snapshot(),
                new Completion(
                        "backup",
                        result.errors(),
                        result.duration(),
                        result.bytesFetched(),
                        result.bytesStored(),
                        fields -> fields.number("files_new", result.filesNew())
                                .number("files_changed", result.filesChanged())
                                .number("files_unmodified", result.filesUnchanged())
                                .number("directories", result.directories())
                                .number("others", result.others())
                                .number("bytes_processed", result.contentBytes())
                                .number("content_read", result.contentRead())
                                .number("files_read", result.filesRead())
                                .number("chunks_new", result.chunksNew())
                                .number("bytes_added", result.bytesStored())));
    }

    private static ExitCode scan(Invocation invocation, List<String> places, ExcludeRules excludes)
            throws Failure, KlosetException, IOException {
        Options options = invocation.options();
        List<Importer> importers = open(invocation, places, KeyValues.of(options.all("o")), false);
        try (RunDisplay display = invocation.listing("backup")) {
            invocation.stopOnSignals();
            Backup.scan(importers, excludes, new Listener(display, importers));
            if (display.errors() > 0) {
                throw new Failure(ExitCode.FAILURE, "failed to scan some files");
            }
        } finally {
            close(importers);
        }
        return ExitCode.SUCCESS;
    }

    private static List<String> places(Invocation invocation) {
        return invocation.arguments().isEmpty()
                ? List.of("fs:" + invocation.surroundings().workingDirectory())
                : invocation.arguments();
    }

    /** The sources; all are closed when one cannot be had. */
    static List<Importer> open(Invocation invocation, List<String> places, Map<String, String> extra, boolean xattrs)
            throws Failure, IOException {
        ConnectorContext context = invocation.connectorContext(xattrs);
        List<Importer> importers = new ArrayList<>();
        boolean complete = false;
        try {
            for (String place : places) {
                importers.add(invocation.connectors().importer(place, extra, invocation.names(), context));
            }
            complete = true;
            return importers;
        } finally {
            if (!complete) {
                close(importers);
            }
        }
    }

    static void close(List<Importer> importers) throws IOException {
        for (Importer importer : importers) {
            importer.close();
        }
    }

    private static BackupOptions backupOptions(Invocation invocation) throws Failure, KlosetException {
        Options options = invocation.options();
        String cache = options.value("cache", "vfs");
        if (!cache.equals("vfs") && !cache.equals("no")) {
            throw Options.invalid("cache", cache, "there are vfs and no");
        }
        return new BackupOptions(
                options.value("name", "default"),
                options.value("category", ""),
                options.value("environment", ""),
                options.value("perimeter", ""),
                options.value("job", ""),
                options.value("dataset", ""),
                tags(invocation),
                timestamp(invocation),
                cache.equals("vfs"),
                !options.flag("no-xattr"),
                excludes(invocation),
                RunContext.of(invocation.surroundings(), invocation.words(), invocation.concurrency()));
    }

    /** Defaults for snapshots made by another command. */
    static BackupOptions plainOptions(Invocation invocation) throws Failure {
        return new BackupOptions(
                "default",
                "",
                "",
                "",
                "",
                "",
                List.of(),
                null,
                false,
                true,
                ExcludeRules.NONE,
                RunContext.of(invocation.surroundings(), invocation.words(), invocation.concurrency()));
    }

    private static List<String> tags(Invocation invocation) throws Failure {
        List<String> given = invocation.options().all("tag");
        if (given.size() > 1) {
            throw Options.invalid("tag", given.get(1), "tags should be specified only once, as a comma-separated list");
        }
        if (!given.isEmpty()) {
            return given.getFirst().isEmpty()
                    ? List.of()
                    : Arrays.asList(given.getFirst().split(",", -1));
        }
        String variable = invocation.surroundings().variables().get("PLAKAR_TAGS");
        return variable == null
                ? List.of()
                : Arrays.stream(variable.split(",", -1))
                        .map(String::strip)
                        .filter(tag -> !tag.isEmpty())
                        .toList();
    }

    private static @Nullable Instant timestamp(Invocation invocation) throws Failure {
        Instant now = invocation.surroundings().clock().instant();
        Instant forced =
                FilterOptions.time(invocation.options(), "force-timestamp", now, ZoneOffset.UTC, invocation.notices());
        if (forced != null && forced.isAfter(now)) {
            throw new Failure(ExitCode.FAILURE, "forced timestamp cannot be in the future");
        }
        return forced;
    }

    private static ExcludeRules excludes(Invocation invocation) throws Failure, KlosetException {
        List<byte[]> rules = new ArrayList<>();
        for (String name : invocation.options().all("ignore-file")) {
            try {
                rules.addAll(ExcludeRules.lines(Files.readAllBytes(
                        invocation.surroundings().workingDirectory().resolve(name))));
            } catch (IOException e) {
                throw new Failure(
                        ExitCode.FAILURE,
                        "unable to open excludes file: open " + name + ": " + SystemMessages.of(e),
                        "",
                        e);
            }
        }
        for (String pattern : invocation.options().all("ignore")) {
            rules.add(RawText.encode(pattern));
        }
        return rules.isEmpty() ? ExcludeRules.NONE : ExcludeRules.of(rules);
    }

    private static @Nullable Path scratch(Invocation invocation) throws Failure {
        String place = invocation.options().value("packfiles");
        if (place == null || place.isEmpty() || place.equals("memory")) {
            return null;
        }
        Path directory = invocation.surroundings().workingDirectory().resolve(place);
        if (!Files.isDirectory(directory)) {
            throw new Failure(
                    ExitCode.FAILURE,
                    "-packfiles " + place + ": no such directory",
                    "make it first, or leave the option out");
        }
        return directory;
    }

    /** Feeds a display from a backup. */
    private static final class Listener implements BackupListener {
        private final RunDisplay display;
        private final Set<BytePath> places = new HashSet<>();
        private volatile Mac snapshot = Mac.ZERO;
        private volatile boolean placeFailed;

        Listener(RunDisplay display, List<Importer> importers) {
            this.display = display;
            importers.forEach(importer -> places.add(importer.root()));
        }

        /** Whether the failures include one of the places themselves: then next to nothing was saved of it. */
        boolean placeFailed() {
            return placeFailed;
        }

        @Override
        public void started(Mac id) {
            snapshot = id;
            display.snapshot(id);
        }

        @Override
        public void phase(Phase phase) {
            display.phase(
                    switch (phase) {
                        case SCANNING -> "processing";
                        case BUILDING -> "building";
                        case COMMITTING -> "committing";
                        case CHECKING -> "checking";
                    });
        }

        @Override
        public void found(BytePath path, FileInfo info, long size) {
            display.planned(Math.max(0, size));
            display.current(path);
        }

        @Override
        public void processed(long bytes) {
            display.processed(bytes);
        }

        @Override
        public void done(BytePath path, FileInfo info, Outcome outcome) {
            display.ok(snapshot, path, info, outcome.name().toLowerCase(Locale.ROOT));
        }

        @Override
        public void failed(BytePath path, String message) {
            if (places.contains(path)) {
                placeFailed = true;
            }
            display.failed(snapshot, path, message);
        }

        @Override
        public void warning(String message) {
            display.warning(message);
        }
    }
}
