package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.search.SnapshotSearch;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Searches in one or all snapshots; what is found is sent at once, a line each. Safe for many threads. */
final class SearchRoutes {
    /** Each of them holds a place in its index. */
    static final int MOST_SNAPSHOTS = 1000;

    private static final int MOST_MATCHES = 100_000;
    private static final int MOST_IDS = 100;
    private static final int MOST_PROBLEMS = 20;
    private static final int MOST_TYPES = 20;
    private static final long FLUSHED_EVERY = TimeUnit.MILLISECONDS.toNanos(200);

    private final SnapshotCatalog catalog;

    SearchRoutes(SnapshotCatalog catalog) {
        this.catalog = catalog;
    }

    /** Which snapshots, and where in them. */
    private record Scope(List<SnapshotHeader> newestFirst, int leftOut, BytePath top) {}

    void search(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int limit = query.limit(1000, MOST_MATCHES);
        Condition condition = new Condition(query);
        Scope scope = scope(query);
        exchange.type("application/x-ndjson");
        exchange.setHeader("Cache-Control", "no-store");
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        OutputStream out = new BufferedOutputStream(exchange.stream(), 1 << 14);
        if (!exchange.isHead()) {
            run(scope, condition, limit, out);
        }
        out.flush();
    }

    private void run(Scope scope, Condition condition, int limit, OutputStream out)
            throws KlosetException, IOException {
        long started = System.nanoTime();
        Lines lines = new Lines(out);
        List<SnapshotTree> trees = new ArrayList<>();
        // Snapshots between which nothing changed have one index, and are searched as one.
        Map<Mac, List<SnapshotHeader>> groups = new LinkedHashMap<>();
        for (SnapshotHeader header : scope.newestFirst()) {
            Mac index = header.source().index(SnapshotHeader.Index.DIRPACK).orElse(header.id());
            List<SnapshotHeader> group = groups.computeIfAbsent(index, any -> new ArrayList<>(1));
            if (group.isEmpty()) {
                try {
                    trees.add(catalog.repository().tree(header));
                } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                    lines.problem(header, e);
                    groups.remove(index);
                    continue;
                }
            }
            group.add(header);
        }
        lines.groups = List.copyOf(groups.values());
        boolean more;
        try {
            more = SnapshotSearch.run(trees, scope.top(), condition, limit, lines);
        } catch (UncheckedIOException e) {
            // The client went away.
            throw e.getCause();
        }
        lines.end(scope, !more && lines.problemCount == 0, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
    }

    private Scope scope(Query query) throws ApiError, KlosetException {
        BytePath top = SnapshotPath.clean(query.bytes("path"));
        Instant since = query.time("snapshots_since");
        Instant until = query.time("snapshots_until");
        Set<String> sources = new HashSet<>(query.texts("source"));
        sources.remove("");
        Set<Mac> chosen = new LinkedHashSet<>();
        boolean hasTop = false;
        for (byte[] text : query.all("snapshot")) {
            if (text.length > 0) {
                SnapshotPath path = SnapshotPath.parse(text, catalog, "snapshot");
                chosen.add(path.header().id());
                if (SnapshotPath.hasPath(text)) {
                    if (hasTop && !path.path().equals(top)) {
                        throw ApiError.parameter(
                                "snapshot", ApiError.INVALID_ARGUMENT, "the paths must be the same in all snapshots");
                    }
                    top = path.path();
                    hasTop = true;
                }
            }
        }
        List<SnapshotHeader> headers = new ArrayList<>();
        int leftOut = 0;
        for (SnapshotRow row : catalog.refreshedRows().reversed()) {
            SnapshotHeader header = row.header();
            boolean wanted = (chosen.isEmpty() || chosen.contains(header.id()))
                    && (sources.isEmpty() || sources.contains(row.source().id()))
                    && (since == null || !header.timestamp().isBefore(since))
                    && (until == null || !header.timestamp().isAfter(until));
            if (wanted && headers.size() < MOST_SNAPSHOTS) {
                headers.add(header);
            } else if (wanted) {
                leftOut++;
            }
        }
        return new Scope(headers, leftOut, top);
    }

    /** What an entry must be like. */
    private static final class Condition implements SnapshotSearch.Condition {
        private final NameQuery name;
        private final Set<String> types;
        private final List<String> contentTypes = new ArrayList<>();
        private final long minSize;
        private final long maxSize;
        private final @Nullable Instant since;
        private final @Nullable Instant until;

        Condition(Query query) throws ApiError {
            name = NameQuery.of(query.bytes("q"), query.text("mode"));
            types = query.words("type", NodeJson.ASKED_TYPES);
            for (String type : query.texts("content_type")) {
                if (!type.isEmpty()) {
                    contentTypes.add(type.toLowerCase(Locale.ROOT));
                }
            }
            if (contentTypes.size() > MOST_TYPES) {
                throw ApiError.parameter("content_type", ApiError.INVALID_ARGUMENT, "more than " + MOST_TYPES);
            }
            minSize = query.size("min_size", -1);
            maxSize = query.size("max_size", Long.MAX_VALUE);
            since = query.time("since");
            until = query.time("until");
        }

        @Override
        public boolean accepts(Entry entry) {
            return NodeJson.isAsked(types, entry)
                    && hasSize(entry)
                    && (since == null || !entry.info().modTime().isBefore(since))
                    && (until == null || !entry.info().modTime().isAfter(until))
                    && (contentTypes.isEmpty() || hasContentType(entry.contentType()))
                    && name.accepts(entry);
        }

        private boolean hasSize(Entry entry) {
            if (minSize < 0 && maxSize == Long.MAX_VALUE) {
                return true;
            }
            long size = entry.info().size();
            return entry.isRegular() && size >= minSize && size <= maxSize;
        }

        private boolean hasContentType(String type) {
            for (String asked : contentTypes) {
                if (type.startsWith(asked)
                        && (type.length() == asked.length() || "/; ".indexOf(type.charAt(asked.length())) >= 0)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Writes the lines. */
    private static final class Lines implements SnapshotSearch.Sink {
        private final OutputStream out;
        private final Set<String> problems = new LinkedHashSet<>();
        private long problemCount;
        private long matches;
        private long bytes;
        private long flushed = System.nanoTime();

        /** The snapshots behind each tree, newest first. */
        private List<List<SnapshotHeader>> groups = List.of();

        Lines(OutputStream out) {
            this.out = out;
        }

        @Override
        public void found(Entry entry, Mac mac, BitSet trees) {
            matches++;
            bytes += entry.isRegular() ? entry.info().size() : 0;
            line(json -> {
                json.writeStringProperty("type", "match");
                json.writeName("entry");
                NodeJson.write(json, entry, mac);
                json.writeObjectPropertyStart("snapshots");
                snapshots(json, trees);
                json.writeEndObject();
            });
        }

        private void snapshots(JsonGenerator json, BitSet trees) {
            List<SnapshotHeader> having = new ArrayList<>();
            for (int i = trees.nextSetBit(0); i >= 0; i = trees.nextSetBit(i + 1)) {
                having.addAll(groups.get(i));
            }
            having.sort((one, two) -> two.timestamp().compareTo(one.timestamp()));
            json.writeNumberProperty("count", having.size());
            json.writeStringProperty("newest", having.getFirst().id().toHex());
            json.writeStringProperty("oldest", having.getLast().id().toHex());
            json.writeArrayPropertyStart("ids");
            for (SnapshotHeader header : having.subList(0, Math.min(MOST_IDS, having.size()))) {
                json.writeString(header.id().toHex());
            }
            json.writeEndArray();
        }

        @Override
        public void problem(SnapshotTree tree, KlosetException failure) {
            problem(tree.header(), failure);
        }

        void problem(SnapshotHeader header, KlosetException failure) {
            problemCount++;
            if (problems.size() < MOST_PROBLEMS) {
                problems.add("snapshot " + header.id().toShortHex() + ": " + failure.getMessage());
            }
        }

        void end(Scope scope, boolean complete, long milliseconds) {
            line(json -> {
                json.writeStringProperty("type", "end");
                json.writeNumberProperty("matches", matches);
                json.writeNumberProperty("bytes", bytes);
                json.writeNumberProperty("snapshots", scope.newestFirst().size());
                json.writeNumberProperty("snapshots_left_out", scope.leftOut());
                json.writeBooleanProperty("complete", complete);
                SnapshotJson.texts(json, "problems", List.copyOf(problems));
                json.writeNumberProperty("milliseconds", milliseconds);
            });
        }

        private void line(java.util.function.Consumer<JsonGenerator> members) {
            try {
                JsonGenerator json = JsonBody.generator(out);
                json.writeStartObject();
                members.accept(json);
                json.writeEndObject();
                json.flush();
                out.write('\n');
                long now = System.nanoTime();
                if (now - flushed > FLUSHED_EVERY) {
                    out.flush();
                    flushed = now;
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
