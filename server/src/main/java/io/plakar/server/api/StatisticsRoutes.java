package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.search.SnapshotSearch;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.Summary;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;

/** Numbers by source and by day, and the largest files. Safe for many threads. */
final class StatisticsRoutes {
    private static final int MOST_DAYS = 3660;
    private static final int STANDARD_DAYS = 366;
    private static final int MOST_SIZES = 100;

    private final SnapshotCatalog catalog;
    private final UiSettings settings;
    private final RepositoryRoutes repository;

    StatisticsRoutes(SnapshotCatalog catalog, UiSettings settings, RepositoryRoutes repository) {
        this.catalog = catalog;
        this.settings = settings;
        this.repository = repository;
    }

    /** Sums over the snapshots of one source, fed oldest first. */
    private static final class OfSource {
        private final SnapshotRow first;
        private final Deque<SnapshotRow> last = new ArrayDeque<>();
        private long snapshots;
        private long added;
        private boolean known = true;

        OfSource(SnapshotRow first) {
            this.first = first;
        }

        void add(SnapshotRow row) {
            snapshots++;
            known &= row.added() >= 0;
            added += Math.max(0, row.added());
            last.addLast(row);
            if (last.size() > MOST_SIZES) {
                last.removeFirst();
            }
        }

        void write(JsonGenerator json) {
            SnapshotRow newest = last.getLast();
            json.writeStartObject();
            first.source().write(json, "source");
            json.writeNumberProperty("snapshots", snapshots);
            json.writeStringProperty("first", JsonBody.time(first.header().timestamp()));
            json.writeStringProperty("last", JsonBody.time(newest.header().timestamp()));
            json.writeStringProperty("last_snapshot", newest.header().id().toHex());
            json.writeNumberProperty("last_errors", newest.errors());
            json.writeNumberProperty("files", newest.total(Summary.Field.FILES));
            json.writeNumberProperty("size", newest.total(Summary.Field.SIZE));
            SnapshotRow.unknownIsNull(json, "added", known ? added : SnapshotRow.UNKNOWN);
            json.writeArrayPropertyStart("sizes");
            for (SnapshotRow row : last) {
                json.writeStartObject();
                json.writeStringProperty("timestamp", JsonBody.time(row.header().timestamp()));
                json.writeNumberProperty("size", row.total(Summary.Field.SIZE));
                json.writeNumberProperty("files", row.total(Summary.Field.FILES));
                json.writeNumberProperty("errors", row.errors());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    /** Sums over one day. */
    private static final class OfDay {
        private long snapshots;
        private long errors;
        private long added;
        private boolean known = true;

        void add(SnapshotRow row) {
            snapshots++;
            errors += row.errors();
            known &= row.added() >= 0;
            added += Math.max(0, row.added());
        }

        void write(JsonGenerator json, LocalDate date) {
            json.writeStartObject();
            json.writeStringProperty("date", date.toString());
            json.writeNumberProperty("snapshots", snapshots);
            json.writeNumberProperty("errors", errors);
            SnapshotRow.unknownIsNull(json, "added", known ? added : SnapshotRow.UNKNOWN);
            json.writeEndObject();
        }
    }

    void statistics(Exchange exchange) throws ApiError, KlosetException, IOException {
        int days = exchange.query().integer("days", STANDARD_DAYS);
        if (days < 1 || days > MOST_DAYS) {
            throw ApiError.parameter("days", "bad_number", "number out of range");
        }
        Instant earliest = settings.clock().instant().minus(days, ChronoUnit.DAYS);
        Map<SourceKey, OfSource> sources = new LinkedHashMap<>();
        Map<LocalDate, OfDay> byDay = new TreeMap<>();
        long logical = 0;
        List<SnapshotRow> rows = catalog.refreshedRows();
        for (SnapshotRow row : rows) {
            sources.computeIfAbsent(row.source(), any -> new OfSource(row)).add(row);
            Instant time = row.header().timestamp();
            if (!time.isBefore(earliest)) {
                byDay.computeIfAbsent(LocalDate.ofInstant(time, ZoneOffset.UTC), any -> new OfDay())
                        .add(row);
            }
            logical += row.total(Summary.Field.SIZE);
        }
        Repository store = catalog.repository();
        long storage = repository.storageSize(store.store());
        long total = logical;
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            json.writeObjectPropertyStart("store");
            json.writeNumberProperty("snapshots", rows.size());
            json.writeNumberProperty("storage_size", storage);
            json.writeNumberProperty("logical_size", total);
            json.writeNumberProperty("packfiles", store.index().packfiles().size());
            json.writeNumberProperty("states", store.index().states().size());
            JsonBody.number(json, "efficiency", RepositoryRoutes.efficiency(storage, total));
            json.writeEndObject();
            json.writeArrayPropertyStart("sources");
            sources.values().forEach(source -> source.write(json));
            json.writeEndArray();
            json.writeArrayPropertyStart("days");
            byDay.forEach((date, day) -> day.write(json, date));
            json.writeEndArray();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private record Sized(Entry entry, Mac mac) {}

    /** The largest files at and below a path of one snapshot; one walk over its listings. */
    void largest(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int limit = query.limit(50, SnapshotListRoutes.MOST_ITEMS);
        byte[] text = query.bytes("snapshot");
        SnapshotHeader header;
        BytePath top = BytePath.ROOT;
        if (text.length > 0) {
            SnapshotPath path = SnapshotPath.parse(text, catalog, "snapshot");
            header = path.header();
            top = path.path();
        } else {
            List<SnapshotRow> rows = catalog.refreshedRows();
            if (rows.isEmpty()) {
                throw ApiError.noSuchSnapshot();
            }
            header = rows.getLast().header();
        }
        if (exchange.isKnown(header.id() + settings.version(), SnapshotPath.isWhole(text))) {
            return;
        }
        SnapshotTree tree = catalog.tree(header);
        Page<Sized> page = new Page<>(
                Comparator.<Sized>comparingLong(sized -> sized.entry().info().size())
                        .reversed(),
                0,
                limit);
        SnapshotSearch.run(List.of(tree), top, Entry::isRegular, Long.MAX_VALUE, new SnapshotSearch.Sink() {
            @Override
            public void found(Entry entry, Mac mac, BitSet snapshots) {
                page.add(new Sized(entry, mac));
            }

            @Override
            public void problem(SnapshotTree damaged, KlosetException failure) {
                settings.log().accept("snapshot " + header.id().toShortHex() + ": " + failure.getMessage());
            }
        });
        BytePath place = top;
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("snapshot", header.id().toHex());
            json.writeStringProperty("path", place.toString());
            json.writeArrayPropertyStart("items");
            for (Sized sized : page.values()) {
                NodeJson.write(json, sized.entry(), sized.mac());
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }
}
