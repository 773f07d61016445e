package io.plakar.server.api;

import io.plakar.app.ExitCode;
import io.plakar.app.Failure;
import io.plakar.app.configuration.Secrets;
import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.ExportOptions;
import io.plakar.connector.FileInfo;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.check.Check;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Entry;
import io.plakar.server.job.BackupWork;
import io.plakar.server.job.CheckWork;
import io.plakar.server.job.Job;
import io.plakar.server.job.JobKind;
import io.plakar.server.job.JobQueue;
import io.plakar.server.job.JobState;
import io.plakar.server.job.LogLine;
import io.plakar.server.job.RestoreRequest;
import io.plakar.server.job.RestoreWork;
import io.plakar.server.job.Work;
import io.plakar.server.job.WorkContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.core.JsonGenerator;

/** Restores, backups and checks: planned, started, looked at and cancelled. Safe for many threads. */
final class JobRoutes {
    private static final int MOST_ROWS = 1000;
    private static final int MOST_PLACES = 100;

    private static final Set<String> RESTORE_MEMBERS =
            Set.of("snapshot", "items", "to", "layout", "overwrite", "options", "limit");
    private static final Set<String> EXPORT_MEMBERS =
            Set.of("owner", "numeric_owner", "permissions", "xattrs", "sparse");
    private static final Set<String> BACKUP_MEMBERS = Set.of(
            "places",
            "name",
            "category",
            "environment",
            "perimeter",
            "job",
            "dataset",
            "tags",
            "ignore",
            "use_previous",
            "xattrs");
    private static final Set<String> CHECK_MEMBERS = Set.of("snapshots", "fast");

    private final SnapshotCatalog catalog;
    private final WorkContext context;
    private final JobQueue queue;

    JobRoutes(SnapshotCatalog catalog, WorkContext context, JobQueue queue) {
        this.catalog = catalog;
        this.context = context;
        this.queue = queue;
    }

    private String store() {
        return Secrets.message(RepositoryRoutes.location(catalog.repository().store()));
    }

    private String command(String... words) {
        return "plakar at " + quoted(store())
                + Arrays.stream(words)
                        .map(word -> " " + quoted(Secrets.word(word)))
                        .collect(Collectors.joining());
    }

    /** As a shell takes it. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9@%+=:,./_-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    private static <E extends Enum<E>> E word(
            RequestBody body, String member, Class<E> type, String standard, String... others) throws ApiError {
        String word = body.text(member, standard);
        if (!Stream.concat(Stream.of(standard), Arrays.stream(others)).toList().contains(word)) {
            throw ApiError.parameter(
                    member, ApiError.INVALID_ARGUMENT, "there are " + standard + ", " + String.join(", ", others));
        }
        return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    private RestoreRequest restoreRequest(RequestBody body) throws ApiError, KlosetException {
        SnapshotHeader header = catalog.byPrefix(body.text("snapshot"), "snapshot");
        List<BytePath> items = body.paths("items");
        if (items.isEmpty()) {
            items = List.of(header.source().directory());
        }
        boolean many = items.size() > 1;
        RestoreRequest.Layout layout = word(
                body, "layout", RestoreRequest.Layout.class, many ? "names" : "content", "content", "names", "paths");
        if (many && layout == RestoreRequest.Layout.CONTENT) {
            throw ApiError.parameter("layout", ApiError.INVALID_ARGUMENT, "content is for one item only");
        }
        checkItems(header, items, layout);
        RequestBody options = body.object("options", EXPORT_MEMBERS);
        ExportOptions standard = ExportOptions.DEFAULT;
        return new RestoreRequest(
                header,
                items,
                body.text("to"),
                layout,
                word(
                        body,
                        "overwrite",
                        RestoreOptions.Overwrite.class,
                        "protect-newer",
                        "always",
                        "never",
                        "if-newer",
                        "if-changed"),
                new ExportOptions(
                        options.flag("owner", standard.owner()),
                        options.flag("numeric_owner", standard.numericOwner()),
                        options.flag("permissions", standard.permissions()),
                        options.flag("xattrs", standard.xattrs()),
                        options.flag("sparse", standard.sparse())));
    }

    /** Each must be there, and no two may land in one place. */
    private void checkItems(SnapshotHeader header, List<BytePath> items, RestoreRequest.Layout layout)
            throws ApiError, KlosetException {
        SnapshotFiles files = new SnapshotFiles(catalog, header);
        Set<BytePath> targets = new HashSet<>();
        for (BytePath item : items) {
            Entry entry = files.resolve(item);
            BytePath target = layout == RestoreRequest.Layout.NAMES ? BytePath.ROOT.child(entry.name()) : item;
            if (!targets.add(target)) {
                throw ApiError.parameter("items", ApiError.INVALID_ARGUMENT, "two items would land at " + target);
            }
        }
    }

    /** What a restore would do, path by path, and in sums. */
    void plan(Exchange exchange) throws ApiError, KlosetException, IOException {
        RequestBody body = RequestBody.read(exchange, RESTORE_MEMBERS);
        RestoreRequest request = restoreRequest(body);
        Rows rows = new Rows(body.number("limit", 200, MOST_ROWS));
        try {
            new RestoreWork(catalog.repository(), context, request).plan(rows);
        } catch (Failure e) {
            throw refused("to", e);
        } catch (ConnectorException e) {
            throw refused("to", e);
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            json.writeStringProperty("snapshot", request.snapshot().id().toHex());
            json.writeStringProperty("to", Secrets.message(request.place()));
            json.writeStringProperty("layout", request.layout().name().toLowerCase(Locale.ROOT));
            rows.write(json);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** What the place or the configuration is to blame for is no failure of the server. */
    private static ApiError refused(String parameter, Exception cause) {
        String remedy = ExitCode.remedy(cause);
        return ApiError.parameter(
                parameter,
                ApiError.INVALID_ARGUMENT,
                Secrets.message(cause.getMessage() + (remedy.isEmpty() ? "" : "; " + remedy)));
    }

    /** Counts what would be done, and keeps the beginning. */
    private static final class Rows implements RestoreWork.Plan {
        private record Row(String path, FileInfo info, RestoreWork.Outcome outcome, String message) {}

        private final int limit;
        private final List<Row> conflicts = new ArrayList<>();
        private final List<Row> created = new ArrayList<>();
        private final long[] outcomes = new long[RestoreWork.Outcome.values().length];
        private long files;
        private long directories;
        private long others;
        private long bytes;

        Rows(int limit) {
            this.limit = limit;
        }

        @Override
        public synchronized void would(BytePath path, FileInfo info, RestoreWork.Outcome outcome, String message) {
            outcomes[outcome.ordinal()]++;
            boolean written = outcome == RestoreWork.Outcome.CREATED || outcome == RestoreWork.Outcome.REPLACED;
            if (written && info.isRegular()) {
                files++;
                bytes += info.size();
            } else if (written && !info.isDirectory()) {
                others++;
            }
            directories += info.isDirectory() ? 1 : 0;
            boolean conflict = outcome != RestoreWork.Outcome.CREATED
                    && !(info.isDirectory() && outcome == RestoreWork.Outcome.KEPT);
            List<Row> rows = conflict ? conflicts : created;
            if (rows.size() < limit && (conflict || outcome == RestoreWork.Outcome.CREATED)) {
                rows.add(new Row(path.toString(), info, outcome, message));
            }
        }

        synchronized void write(JsonGenerator json) {
            json.writeNumberProperty("files", files);
            json.writeNumberProperty("directories", directories);
            json.writeNumberProperty("others", others);
            json.writeNumberProperty("bytes", bytes);
            for (RestoreWork.Outcome outcome : RestoreWork.Outcome.values()) {
                json.writeNumberProperty(outcome.name().toLowerCase(Locale.ROOT), outcomes[outcome.ordinal()]);
            }
            rows(json, "conflicts", conflicts);
            rows(json, "items", created);
        }

        private static void rows(JsonGenerator json, String name, List<Row> rows) {
            json.writeArrayPropertyStart(name);
            for (Row row : rows) {
                json.writeStartObject();
                json.writeStringProperty("path", row.path());
                boolean unknown = row.outcome() == RestoreWork.Outcome.FAILED;
                json.writeStringProperty(
                        "type", unknown ? "other" : NodeJson.type(row.info().mode()));
                json.writeNumberProperty("size", row.info().size());
                json.writeStringProperty("outcome", row.outcome().name().toLowerCase(Locale.ROOT));
                JobJson.text(json, "message", row.message().isEmpty() ? null : row.message());
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    void restore(Exchange exchange) throws ApiError, KlosetException, IOException {
        RestoreRequest request = restoreRequest(RequestBody.read(exchange, RESTORE_MEMBERS));
        String id = request.snapshot().id().toShortHex();
        String what = request.items().size() == 1
                ? request.items().getFirst().toString()
                : request.items().size() + " items";
        String overwrite = request.overwrite().name().toLowerCase(Locale.ROOT).replace('_', '-');
        List<String> words = new ArrayList<>(List.of("restore", "-to", request.place()));
        if (request.overwrite() != RestoreOptions.Overwrite.PROTECT_NEWER) {
            words.addAll(List.of("-overwrite", overwrite));
        }
        words.add(id + ":" + request.items().getFirst());
        start(
                exchange,
                JobKind.RESTORE,
                "Restore " + what + " of " + id + " to " + request.place(),
                command(words.toArray(String[]::new)),
                new RestoreWork(catalog.repository(), context, request));
    }

    void backup(Exchange exchange) throws ApiError, KlosetException, IOException {
        RequestBody body = RequestBody.read(exchange, BACKUP_MEMBERS);
        List<String> places = body.texts("places");
        if (places.isEmpty() || places.size() > MOST_PLACES) {
            throw ApiError.parameter("places", "missing_argument", "from 1 to " + MOST_PLACES + " places");
        }
        List<String> tags = body.texts("tags");
        List<byte[]> ignore = body.texts("ignore").stream()
                .map(pattern -> pattern.getBytes(StandardCharsets.UTF_8))
                .toList();
        List<String> words = new ArrayList<>(List.of("backup"));
        String name = body.text("name", "default");
        if (!name.equals("default")) {
            words.addAll(List.of("-name", name));
        }
        for (String member : List.of("category", "environment", "perimeter", "job", "dataset")) {
            String text = body.text(member, "");
            if (!text.isEmpty()) {
                words.addAll(List.of("-" + member, text));
            }
        }
        if (!tags.isEmpty()) {
            words.addAll(List.of("-tag", String.join(",", tags)));
        }
        for (String pattern : body.texts("ignore")) {
            words.addAll(List.of("-ignore", pattern));
        }
        words.addAll(places);
        ExcludeRules excludes;
        try {
            excludes = ignore.isEmpty() ? ExcludeRules.NONE : ExcludeRules.of(ignore);
        } catch (KlosetException.Invalid e) {
            throw ApiError.parameter("ignore", ApiError.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
        }
        BackupOptions options = new BackupOptions(
                name,
                body.text("category", ""),
                body.text("environment", ""),
                body.text("perimeter", ""),
                body.text("job", ""),
                body.text("dataset", ""),
                tags,
                null,
                body.flag("use_previous", true),
                body.flag("xattrs", true),
                excludes,
                facts(command(words.toArray(String[]::new))));
        Work backup = new BackupWork(catalog.repository(), context, places, options);
        start(
                exchange,
                JobKind.BACKUP,
                "Back up " + String.join(", ", places),
                command(words.toArray(String[]::new)),
                job -> {
                    // Who was there before is known then, and the new one is told.
                    catalog.known();
                    try {
                        return backup.run(job);
                    } finally {
                        catalog.reload();
                    }
                });
    }

    /** The facts of this run, with the command that would have done the same. */
    private List<SnapshotHeader.Pair> facts(String command) {
        return context.facts().stream()
                .map(fact -> fact.key().equals("CommandLine") ? new SnapshotHeader.Pair(fact.key(), command) : fact)
                .toList();
    }

    void check(Exchange exchange) throws ApiError, KlosetException, IOException {
        RequestBody body = RequestBody.read(exchange, CHECK_MEMBERS);
        List<String> named = body.texts("snapshots");
        boolean fast = body.flag("fast", false);
        List<Check.Target> targets = new ArrayList<>();
        for (String text : named) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            SnapshotPath path = SnapshotPath.parse(bytes, catalog, "snapshots");
            boolean part = SnapshotPath.hasPath(bytes) && !path.path().isRoot();
            if (part) {
                new SnapshotFiles(catalog, path.header()).resolve(path.path());
            }
            targets.add(new Check.Target(path.header(), part ? path.path() : null));
        }
        List<String> words = new ArrayList<>(List.of("check"));
        if (fast) {
            words.add("-fast");
        }
        words.addAll(named);
        start(
                exchange,
                JobKind.CHECK,
                named.isEmpty() ? "Check everything" : "Check " + String.join(", ", named),
                command(words.toArray(String[]::new)),
                new CheckWork(catalog.repository(), targets, fast));
    }

    private void start(Exchange exchange, JobKind kind, String title, String command, Work work)
            throws ApiError, IOException {
        Job job;
        try {
            job = queue.submit(kind, Secrets.message(title), command, work);
        } catch (JobQueue.Full e) {
            throw new ApiError(503, "too-many-jobs", String.valueOf(e.getMessage()));
        }
        exchange.status(202);
        exchange.setHeader("Location", "/api/v2/jobs/" + job.id());
        item(exchange, job);
    }

    private static void item(Exchange exchange, Job job) throws IOException {
        exchange.json(json -> {
            json.writeStartObject();
            json.writeName("item");
            JobJson.job(json, job);
            json.writeEndObject();
        });
    }

    private static Set<String> words(Enum<?>[] values) {
        return Arrays.stream(values)
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    void list(Exchange exchange) throws ApiError, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit(50, SnapshotListRoutes.MOST_ITEMS);
        Set<String> states = query.words("state", words(JobState.values()));
        Set<String> kinds = query.words("kind", words(JobKind.values()));
        List<Job> found = queue.jobs().stream()
                .filter(job -> isAsked(states, job.status().state()) && isAsked(kinds, job.kind()))
                .toList();
        exchange.list(found.size(), json -> {
            found.stream().skip(offset).limit(limit).forEach(job -> JobJson.job(json, job));
        });
    }

    private static boolean isAsked(Set<String> asked, Enum<?> value) {
        return asked.isEmpty() || asked.contains(value.name().toLowerCase(Locale.ROOT));
    }

    private Job job(Exchange exchange) throws ApiError {
        return queue.find(exchange.part(4)).orElseThrow(() -> new ApiError(404, ApiError.NOT_FOUND, "job not found"));
    }

    void show(Exchange exchange) throws ApiError, IOException {
        item(exchange, job(exchange));
    }

    void cancel(Exchange exchange) throws ApiError, IOException {
        Job job = job(exchange);
        queue.cancel(job);
        item(exchange, job);
    }

    void log(Exchange exchange) throws ApiError, IOException {
        Job job = job(exchange);
        long from = exchange.query().size("from", 0);
        List<LogLine> lines = job.lines(from, exchange.query().limit(50, SnapshotListRoutes.MOST_ITEMS));
        long total = job.status().logLines();
        exchange.json(json -> {
            json.writeStartObject();
            json.writeNumberProperty("total", total);
            json.writeNumberProperty(
                    "next",
                    lines.isEmpty() ? Math.max(from, total) : lines.getLast().number() + 1);
            json.writeArrayPropertyStart("items");
            lines.forEach(line -> JobJson.logLine(json, line));
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
