package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.ValueCursor;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.Summary;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The list of snapshots with all that it can be filtered and sorted by, in one answer. Safe for many threads. */
final class SnapshotListRoutes {
    static final int MOST_ITEMS = 1000;
    private static final int MOST_FACETS = 100;

    private static final Map<String, Comparator<SnapshotRow>> ORDERS = orders();

    private final SnapshotCatalog catalog;
    private final UiSettings settings;

    SnapshotListRoutes(SnapshotCatalog catalog, UiSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    private static Map<String, Comparator<SnapshotRow>> orders() {
        Map<String, Comparator<SnapshotRow>> orders = new HashMap<>();
        orders.put("timestamp", Comparator.comparing(row -> row.header().timestamp()));
        orders.put("duration", Comparator.comparing(row -> row.header().duration()));
        orders.put("id", Comparator.comparing(row -> row.header().id()));
        orders.put("name", Comparator.comparing(row -> row.header().name()));
        orders.put("category", Comparator.comparing(row -> row.header().category()));
        orders.put("environment", Comparator.comparing(row -> row.header().environment()));
        orders.put("perimeter", Comparator.comparing(row -> row.header().perimeter()));
        orders.put("job", Comparator.comparing(row -> row.header().job()));
        orders.put("dataset", Comparator.comparing(row -> row.header().dataset()));
        orders.put("host", Comparator.comparing(SnapshotRow::host));
        orders.put("user", Comparator.comparing(SnapshotRow::user));
        orders.put("type", Comparator.comparing(row -> row.source().type()));
        orders.put("origin", Comparator.comparing(row -> row.source().origin()));
        orders.put("directory", Comparator.comparing(row -> row.source().directoryText()));
        orders.put("files", Comparator.comparingLong(row -> row.total(Summary.Field.FILES)));
        orders.put("directories", Comparator.comparingLong(row -> row.total(Summary.Field.DIRECTORIES)));
        orders.put("size", Comparator.comparingLong(row -> row.total(Summary.Field.SIZE)));
        orders.put("errors", Comparator.comparingLong(SnapshotRow::errors));
        orders.put("added", Comparator.comparingLong(SnapshotRow::added));
        return Map.copyOf(orders);
    }

    void list(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit(50, MOST_ITEMS);
        List<Query.SortKey> keys = query.sort(List.copyOf(ORDERS.keySet()), "-timestamp");
        boolean facets = query.flag("facets", false);
        Filter filter = new Filter(query);
        List<SnapshotRow> all = catalog.refreshedRows();
        Page<SnapshotRow> page = new Page<>(order(keys), offset, limit);
        for (SnapshotRow row : all) {
            if (filter.accepts(row)) {
                page.add(row);
            }
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeNumberProperty("total", page.seen());
            json.writeArrayPropertyStart("items");
            for (SnapshotRow row : page.values()) {
                row.write(json);
            }
            json.writeEndArray();
            if (facets) {
                facets(json, all);
            }
            json.writeEndObject();
        });
    }

    private static Comparator<SnapshotRow> order(List<Query.SortKey> keys) {
        Comparator<SnapshotRow> order = (left, right) -> 0;
        for (Query.SortKey key : keys) {
            Comparator<SnapshotRow> next = ORDERS.get(key.name());
            if (next != null) {
                order = order.thenComparing(key.descending() ? next.reversed() : next);
            }
        }
        return order.thenComparing(row -> row.header().id());
    }

    /** What a row must be like. */
    private static final class Filter {
        private final List<String> words;
        private final Set<String> sources;
        private final List<String> tags;
        private final Map<String, Function<SnapshotRow, String>> equal = new HashMap<>();
        private final Query query;
        private final @Nullable Instant since;
        private final @Nullable Instant until;
        private final @Nullable Boolean errors;

        Filter(Query query) throws ApiError {
            this.query = query;
            this.words = new ArrayList<>();
            for (String word : query.text("q").toLowerCase(Locale.ROOT).split("\\s+", -1)) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
            this.sources = new HashSet<>(query.texts("source"));
            sources.remove("");
            this.tags =
                    query.texts("tag").stream().filter(tag -> !tag.isEmpty()).toList();
            this.since = query.time("since");
            this.until = query.time("until");
            this.errors = query.flag("errors");
            ask("type", row -> row.source().type());
            ask("origin", row -> row.source().origin());
            ask("directory", row -> row.source().directoryText());
            ask("name", row -> row.header().name());
            ask("host", SnapshotRow::host);
            ask("job", row -> row.header().job());
            ask("category", row -> row.header().category());
            ask("environment", row -> row.header().environment());
            ask("perimeter", row -> row.header().perimeter());
            ask("dataset", row -> row.header().dataset());
        }

        private void ask(String parameter, Function<SnapshotRow, String> value) {
            if (!query.text(parameter).isEmpty()) {
                equal.put(parameter, value);
            }
        }

        boolean accepts(SnapshotRow row) {
            SnapshotHeader header = row.header();
            if (!sources.isEmpty() && !sources.contains(row.source().id())
                    || since != null && header.timestamp().isBefore(since)
                    || until != null && header.timestamp().isAfter(until)
                    || errors != null && errors != row.errors() > 0) {
                return false;
            }
            for (Map.Entry<String, Function<SnapshotRow, String>> asked : equal.entrySet()) {
                if (!query.text(asked.getKey()).equals(asked.getValue().apply(row))) {
                    return false;
                }
            }
            for (String tag : tags) {
                boolean unwanted = tag.startsWith("!");
                if (header.tags().contains(unwanted ? tag.substring(1) : tag) == unwanted) {
                    return false;
                }
            }
            return words.isEmpty() || hasWords(row);
        }

        private boolean hasWords(SnapshotRow row) {
            SnapshotHeader header = row.header();
            String text = String.join(
                            "\n",
                            header.id().toHex(),
                            header.name(),
                            header.job(),
                            header.category(),
                            header.environment(),
                            header.perimeter(),
                            header.dataset(),
                            String.join("\n", header.tags()),
                            row.host(),
                            row.user(),
                            row.source().type(),
                            row.source().origin(),
                            row.source().directoryText())
                    .toLowerCase(Locale.ROOT);
            for (String word : words) {
                if (!text.contains(word)) {
                    return false;
                }
            }
            return true;
        }
    }

    private static void facets(JsonGenerator json, List<SnapshotRow> rows) {
        Map<SourceKey, Long> sources = new HashMap<>();
        Map<String, Long> tags = new HashMap<>();
        Map<String, Long> names = new HashMap<>();
        Map<String, Long> hosts = new HashMap<>();
        Map<String, Long> jobs = new HashMap<>();
        for (SnapshotRow row : rows) {
            sources.merge(row.source(), 1L, Long::sum);
            names.merge(row.header().name(), 1L, Long::sum);
            hosts.merge(row.host(), 1L, Long::sum);
            jobs.merge(row.header().job(), 1L, Long::sum);
            row.header().tags().forEach(tag -> tags.merge(tag, 1L, Long::sum));
        }
        jobs.remove("");
        json.writeObjectPropertyStart("facets");
        json.writeArrayPropertyStart("sources");
        for (Map.Entry<SourceKey, Long> source : most(sources, SourceKey::directoryText)) {
            json.writeStartObject();
            source.getKey().write(json, "source");
            json.writeNumberProperty("count", source.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
        counts(json, "tags", tags);
        counts(json, "names", names);
        counts(json, "hosts", hosts);
        counts(json, "jobs", jobs);
        json.writeEndObject();
    }

    private static void counts(JsonGenerator json, String name, Map<String, Long> counts) {
        json.writeArrayPropertyStart(name);
        for (Map.Entry<String, Long> count : most(counts, text -> text)) {
            json.writeStartObject();
            json.writeStringProperty("value", count.getKey());
            json.writeNumberProperty("count", count.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static <K> List<Map.Entry<K, Long>> most(Map<K, Long> counts, Function<K, String> text) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.<K, Long>comparingByValue()
                        .reversed()
                        .thenComparing(entry -> text.apply(entry.getKey())))
                .limit(MOST_FACETS)
                .toList();
    }

    void snapshot(Exchange exchange, String prefix) throws ApiError, KlosetException, IOException {
        SnapshotHeader header = catalog.byPrefix(prefix, "id");
        SnapshotRow row = catalog.row(header);
        // The snapshot before it may be removed, and what was added recounted.
        SnapshotHeader previous = row.previous();
        String about = header.id() + " " + (previous == null ? "" : previous.id()) + " " + row.added();
        if (exchange.isKnown(about + settings.version(), false)) {
            return;
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            json.writeName("snapshot");
            row.write(json);
            json.writeName("header");
            SnapshotJson.header(json, header);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** What could not be backed up, of a whole snapshot or below a path. */
    void errors(Exchange exchange, String prefix) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit(50, MOST_ITEMS);
        BytePath below = SnapshotPath.clean(query.bytes("path"));
        String part = query.text("q").toLowerCase(Locale.ROOT);
        SnapshotHeader header = catalog.byPrefix(prefix, "id");
        if (exchange.isKnown(header.id() + settings.version(), isWhole(prefix))) {
            return;
        }
        List<ErrorEntry> page = new ArrayList<>();
        long total = 0;
        ValueCursor<ErrorEntry> errors = catalog.tree(header).errors();
        while (errors.next()) {
            ErrorEntry error = errors.value();
            boolean wanted = error.path().startsWith(below)
                    && (part.isEmpty()
                            || (error.path() + "\n" + error.message())
                                    .toLowerCase(Locale.ROOT)
                                    .contains(part));
            if (wanted) {
                if (total >= offset && page.size() < limit) {
                    page.add(error);
                }
                total++;
            }
        }
        exchange.list(total, json -> {
            for (ErrorEntry error : page) {
                json.writeStartObject();
                json.writeStringProperty("path", error.path().toString());
                json.writeStringProperty("error", error.message());
                json.writeEndObject();
            }
        });
    }

    /** Whether an id is not just the beginning of one, which may be another one's tomorrow. */
    static boolean isWhole(String id) {
        return id.length() == 2 * io.plakar.connector.Mac.BYTES;
    }
}
