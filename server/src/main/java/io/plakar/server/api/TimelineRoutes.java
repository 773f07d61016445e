package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.diff.TreeDiff;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** What became of a path from one snapshot of a source to the next. Safe for many threads. */
final class TimelineRoutes {
    private enum State {
        FIRST,
        SAME,
        CHANGED,
        METADATA,
        DELETED,
        ABSENT
    }

    /** The path in one snapshot: ids that tell whether anything changed, without reading it. */
    private record Version(SnapshotTree tree, BytePath path, Mac entry, Mac listing, Mac summary) {
        boolean isSame(Version other) {
            return entry.equals(other.entry) && listing.equals(other.listing) && summary.equals(other.summary);
        }
    }

    private record Item(SnapshotRow row, State state, Set<String> what) {}

    private final SnapshotCatalog catalog;
    private final UiSettings settings;

    TimelineRoutes(SnapshotCatalog catalog, UiSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    void timeline(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit(50, SnapshotListRoutes.MOST_ITEMS);
        boolean distinctOnly = query.flag("distinct", false);
        String order = query.text("order");
        if (!Set.of("", "asc", "desc").contains(order)) {
            throw ApiError.parameter("order", ApiError.INVALID_ARGUMENT, "there are asc, desc");
        }
        BytePath path = SnapshotPath.clean(query.bytes("path"));
        List<SnapshotRow> rows = catalog.refreshedRows();
        SourceKey source = source(query, rows);
        List<Item> items = new ArrayList<>();
        int distinct = 0;
        Version before = null;
        for (SnapshotRow row : rows) {
            if (!row.source().equals(source)) {
                continue;
            }
            Optional<Version> found;
            try {
                found = find(row, path);
            } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                settings.log().accept("snapshot " + row.header().id().toShortHex() + ": " + e.getMessage());
                continue;
            }
            Item item = item(row, before, found.orElse(null));
            before = found.orElse(null);
            distinct += item.state() == State.FIRST || item.state() == State.CHANGED || item.state() == State.METADATA
                    ? 1
                    : 0;
            if (!distinctOnly || item.state() != State.SAME && item.state() != State.ABSENT) {
                items.add(item);
            }
        }
        List<Item> ordered = order.equals("asc") ? items : items.reversed();
        List<Item> page = ordered.subList(
                Math.min(offset, ordered.size()), (int) Math.min(ordered.size(), (long) offset + limit));
        int versions = distinct;
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("path", path.toString());
            source.write(json, "source");
            json.writeNumberProperty("total", items.size());
            json.writeNumberProperty("distinct", versions);
            json.writeArrayPropertyStart("items");
            for (Item item : page) {
                write(json, item, path);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private SourceKey source(Query query, List<SnapshotRow> rows) throws ApiError, KlosetException {
        String id = query.text("source");
        String snapshot = query.text("snapshot");
        if (!id.isEmpty()) {
            for (SnapshotRow row : rows) {
                if (row.source().id().equals(id)) {
                    return row.source();
                }
            }
            throw ApiError.parameter("source", ApiError.INVALID_ARGUMENT, "no snapshot has source: " + id);
        }
        if (!snapshot.isEmpty()) {
            return SourceKey.of(catalog.byPrefix(snapshot, "snapshot"));
        }
        if (rows.isEmpty()) {
            throw ApiError.noSuchSnapshot();
        }
        return rows.getLast().source();
    }

    private Optional<Version> find(SnapshotRow row, BytePath path) throws KlosetException {
        SnapshotTree tree = catalog.tree(row.header());
        Optional<Mac> entry = tree.vfs().lookup(path.bytes());
        if (entry.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Version(
                tree,
                path,
                entry.get(),
                tree.directoryPack(path).orElse(Mac.ZERO),
                tree.summaryId(path).orElse(Mac.ZERO)));
    }

    private static Item item(SnapshotRow row, @Nullable Version before, @Nullable Version now) throws KlosetException {
        if (now == null) {
            return new Item(row, before == null ? State.ABSENT : State.DELETED, Set.of());
        }
        if (before == null) {
            return new Item(row, State.FIRST, Set.of());
        }
        if (now.isSame(before)) {
            return new Item(row, State.SAME, Set.of());
        }
        return changed(row, before, now);
    }

    private static Item changed(SnapshotRow row, Version before, Version now) throws KlosetException {
        Set<TreeDiff.Aspect> aspects = EnumSet.noneOf(TreeDiff.Aspect.class);
        if (!before.entry().equals(now.entry())) {
            Optional<Entry> left = before.tree().lookup(before.path());
            Optional<Entry> right = now.tree().lookup(now.path());
            if (left.isPresent() && right.isPresent()) {
                aspects.addAll(TreeDiff.aspects(before.tree(), left.get(), now.tree(), right.get()));
            }
        }
        Set<String> what = new TreeSet<>();
        for (TreeDiff.Aspect aspect : aspects) {
            what.add(aspect.name().toLowerCase(Locale.ROOT));
        }
        boolean inside = false;
        if (!before.listing().equals(now.listing())) {
            what.add("children");
            inside = true;
        }
        if (!before.summary().equals(now.summary())) {
            what.add("below");
            inside = true;
        }
        if (what.isEmpty()) {
            return new Item(row, State.SAME, what);
        }
        boolean essential = inside || TreeDiff.kind(aspects) == TreeDiff.Kind.CHANGED;
        return new Item(row, essential ? State.CHANGED : State.METADATA, what);
    }

    private void write(JsonGenerator json, Item item, BytePath path) throws KlosetException {
        json.writeStartObject();
        json.writeName("snapshot");
        item.row().write(json);
        json.writeStringProperty("state", item.state().name().toLowerCase(Locale.ROOT));
        json.writeArrayPropertyStart("what");
        item.what().forEach(json::writeString);
        json.writeEndArray();
        SnapshotTree tree = catalog.tree(item.row().header());
        Optional<Entry> entry =
                item.state() == State.DELETED || item.state() == State.ABSENT ? Optional.empty() : tree.lookup(path);
        Mac mac = entry.isEmpty() ? Mac.ZERO : tree.vfs().lookup(path.bytes()).orElse(Mac.ZERO);
        NodeJson.write(json, "entry", entry.orElse(null), mac);
        json.writeEndObject();
    }
}
