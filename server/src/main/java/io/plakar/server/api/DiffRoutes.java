package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.diff.TreeDiff;
import io.plakar.kloset.diff.UnifiedDiff;
import io.plakar.kloset.snapshot.DirectoryMerge;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Entry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** The differences of two directories, and of two texts. Safe for many threads. */
final class DiffRoutes {
    /** Larger files are not compared line by line. */
    static final int LARGEST_TEXT = 4 << 20;

    private static final Set<String> KINDS = Set.of("added", "removed", "changed", "metadata");

    private final SnapshotCatalog catalog;
    private final UiSettings settings;

    DiffRoutes(SnapshotCatalog catalog, UiSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    /** One of the two, found in its snapshot. */
    private record Side(SnapshotHeader header, SnapshotFiles files, Entry top) {
        DirectoryMerge.Side forMerge() {
            return new DirectoryMerge.Side(files.tree(), top.path());
        }
    }

    private Side side(SnapshotHeader header, BytePath path) throws ApiError, KlosetException {
        SnapshotFiles files = new SnapshotFiles(catalog, header);
        return new Side(header, files, files.resolve(path));
    }

    void tree(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit(50, SnapshotListRoutes.MOST_ITEMS);
        boolean recursive = query.flag("recursive", true);
        Wanted wanted = new Wanted(
                query.words("kind", KINDS),
                query.words("type", NodeJson.ASKED_TYPES),
                query.text("q").toLowerCase(Locale.ROOT));
        byte[] from = query.bytes("from");
        byte[] to = query.bytes("to");
        SnapshotPath first = SnapshotPath.parse(from, catalog, "from");
        SnapshotPath second = SnapshotPath.parse(to, catalog, "to");
        BytePath firstPath = SnapshotPath.hasPath(from)
                ? first.path()
                : SnapshotPath.hasPath(to)
                        ? second.path()
                        : first.header().source().directory();
        BytePath secondPath = SnapshotPath.hasPath(to)
                ? second.path()
                : SnapshotPath.hasPath(from)
                        ? first.path()
                        : second.header().source().directory();
        Side before = side(first.header(), firstPath);
        Side after = side(second.header(), secondPath);
        if (exchange.isKnown(
                before.header().id() + " " + after.header().id() + settings.version(),
                SnapshotPath.isWhole(from) && SnapshotPath.isWhole(to))) {
            return;
        }
        Rows rows = recursive ? new EachRow(wanted, offset, limit) : new TopRows(wanted, offset, limit, before, after);
        TreeDiff.run(before.forMerge(), after.forMerge(), rows);
        List<Row> page = rows.page();
        exchange.json(json -> {
            json.writeStartObject();
            place(json, "from", before);
            place(json, "to", after);
            rows.totals.write(json, "totals");
            json.writeNumberProperty("total", rows.total());
            json.writeArrayPropertyStart("items");
            for (Row row : page) {
                row.write(json);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
    }

    private static void place(JsonGenerator json, String name, Side side) {
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("snapshot", side.header().id().toHex());
        json.writeStringProperty("path", side.top().path().toString());
        json.writeStringProperty("timestamp", JsonBody.time(side.header().timestamp()));
        json.writeEndObject();
    }

    /** Which rows are asked for. */
    private record Wanted(Set<String> kinds, Set<String> types, String part) {
        boolean accepts(TreeDiff.Difference difference) {
            return (kinds.isEmpty() || kinds.contains(word(difference.kind()))) && acceptsPlace(difference);
        }

        boolean acceptsPlace(TreeDiff.Difference difference) {
            return NodeJson.isAsked(types, difference.present().entry())
                    && (part.isEmpty()
                            || JsonBody.text(difference.below())
                                    .toLowerCase(Locale.ROOT)
                                    .contains(part));
        }
    }

    private static String word(TreeDiff.Kind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /** Counts by kind. */
    private static final class Totals {
        private static final int COLUMNS = 4;
        private final long[][] counts = new long[TreeDiff.Kind.values().length][COLUMNS];

        void add(TreeDiff.Difference difference) {
            long[] row = counts[difference.kind().ordinal()];
            Entry entry = difference.present().entry();
            if (entry.isRegular()) {
                row[0]++;
                row[3] += entry.info().size();
            } else {
                row[entry.isDirectory() ? 1 : 2]++;
            }
        }

        boolean hasAny(Set<String> kinds) {
            for (TreeDiff.Kind kind : TreeDiff.Kind.values()) {
                long[] row = counts[kind.ordinal()];
                if ((kinds.isEmpty() || kinds.contains(word(kind))) && row[0] + row[1] + row[2] > 0) {
                    return true;
                }
            }
            return false;
        }

        void write(JsonGenerator json, String name) {
            json.writeObjectPropertyStart(name);
            for (TreeDiff.Kind kind : TreeDiff.Kind.values()) {
                long[] row = counts[kind.ordinal()];
                json.writeObjectPropertyStart(word(kind));
                json.writeNumberProperty("files", row[0]);
                json.writeNumberProperty("directories", row[1]);
                json.writeNumberProperty("others", row[2]);
                json.writeNumberProperty("bytes", row[3]);
                json.writeEndObject();
            }
            json.writeEndObject();
        }
    }

    /**
     * A line of the answer.
     *
     * @param below what is different deeper down, for directories of a list that is not recursive
     */
    private record Row(
            String kind,
            byte[] path,
            TreeDiff.@Nullable Version before,
            TreeDiff.@Nullable Version after,
            Set<TreeDiff.Aspect> aspects,
            @Nullable Totals below) {

        static Row of(TreeDiff.Difference difference, @Nullable Totals below) {
            return new Row(
                    word(difference.kind()),
                    difference.below(),
                    difference.before(),
                    difference.after(),
                    difference.aspects(),
                    below);
        }

        void write(JsonGenerator json) {
            TreeDiff.Version there = after == null ? before : after;
            json.writeStartObject();
            json.writeStringProperty("kind", kind);
            json.writeStringProperty(
                    "path", JsonBody.text(path.length == 0 ? path : Arrays.copyOfRange(path, 1, path.length)));
            json.writeStringProperty(
                    "type",
                    there == null
                            ? "directory"
                            : NodeJson.type(there.entry().info().mode()));
            DiffRoutes.aspects(json, aspects);
            version(json, "before", before);
            version(json, "after", after);
            if (below != null) {
                below.write(json, "below");
            }
            json.writeEndObject();
        }

        private static void version(JsonGenerator json, String name, TreeDiff.@Nullable Version version) {
            NodeJson.write(
                    json, name, version == null ? null : version.entry(), version == null ? Mac.ZERO : version.mac());
        }
    }

    static void aspects(JsonGenerator json, Set<TreeDiff.Aspect> aspects) {
        json.writeArrayPropertyStart("what");
        for (TreeDiff.Aspect aspect : aspects) {
            json.writeString(aspect.name().toLowerCase(Locale.ROOT));
        }
        json.writeEndArray();
    }

    /** Makes rows of differences. */
    private abstract static class Rows implements TreeDiff.Sink {
        final Totals totals = new Totals();

        abstract long total();

        abstract List<Row> page() throws KlosetException;
    }

    /** Every difference is a row, in the order they come. */
    private static final class EachRow extends Rows {
        private final Wanted wanted;
        private final int offset;
        private final int limit;
        private final List<Row> page = new ArrayList<>();
        private long total;

        EachRow(Wanted wanted, int offset, int limit) {
            this.wanted = wanted;
            this.offset = offset;
            this.limit = limit;
        }

        @Override
        public void accept(TreeDiff.Difference difference) {
            totals.add(difference);
            if (wanted.accepts(difference)) {
                if (total >= offset && page.size() < limit) {
                    page.add(Row.of(difference, null));
                }
                total++;
            }
        }

        @Override
        long total() {
            return total;
        }

        @Override
        List<Row> page() {
            return page;
        }
    }

    /** What is directly in the two directories; what is deeper is counted for the child it lies in. */
    private static final class TopRows extends Rows {
        private static final Comparator<Row> BY_NAME = Comparator.comparing(Row::path, Arrays::compareUnsigned);

        private final Wanted wanted;
        private final Side before;
        private final Side after;
        private final Page<Row> page;
        /** Directories, by the bytes of their path below the top. */
        private final Map<byte[], Totals> deeper = new TreeMap<>(Arrays::compareUnsigned);

        private final Map<byte[], TreeDiff.Difference> own = new TreeMap<>(Arrays::compareUnsigned);

        TopRows(Wanted wanted, int offset, int limit, Side before, Side after) {
            this.wanted = wanted;
            this.before = before;
            this.after = after;
            this.page = new Page<>(BY_NAME, offset, limit);
        }

        @Override
        public void accept(TreeDiff.Difference difference) {
            totals.add(difference);
            byte[] below = difference.below();
            int end = 1;
            while (end < below.length && below[end] != '/') {
                end++;
            }
            if (end < below.length) {
                Totals counts = deeper.computeIfAbsent(Arrays.copyOf(below, end), any -> new Totals());
                if (wanted.acceptsPlace(difference)) {
                    counts.add(difference);
                }
            } else if (below.length > 0 && isDirectory(difference)) {
                own.put(below, difference);
            } else if (wanted.accepts(difference)) {
                page.add(Row.of(difference, null));
            }
        }

        private static boolean isDirectory(TreeDiff.Difference difference) {
            return difference.before() != null && difference.before().entry().isDirectory()
                    || difference.after() != null && difference.after().entry().isDirectory();
        }

        @Override
        long total() {
            return page.seen();
        }

        @Override
        List<Row> page() throws KlosetException {
            for (Map.Entry<byte[], TreeDiff.Difference> directory : own.entrySet()) {
                Totals below = deeper.remove(directory.getKey());
                TreeDiff.Difference difference = directory.getValue();
                boolean shown = wanted.accepts(difference) || below != null && below.hasAny(wanted.kinds());
                if (shown) {
                    page.add(Row.of(difference, below == null ? new Totals() : below));
                }
            }
            for (Map.Entry<byte[], Totals> directory : deeper.entrySet()) {
                if (directory.getValue().hasAny(wanted.kinds())) {
                    page.add(new Row("below", directory.getKey(), null, null, Set.of(), directory.getValue()));
                }
            }
            List<Row> rows = new ArrayList<>();
            for (Row row : page.values()) {
                rows.add(row.kind().equals("below") ? withVersions(row) : row);
            }
            return rows;
        }

        /** Of a directory that did not differ itself, nothing was told yet. */
        private Row withVersions(Row row) throws KlosetException {
            return new Row(
                    row.kind(),
                    row.path(),
                    version(before, row.path()),
                    version(after, row.path()),
                    row.aspects(),
                    row.below());
        }

        private static TreeDiff.@Nullable Version version(Side side, byte[] below) throws KlosetException {
            BytePath path = side.top().path().child(Arrays.copyOfRange(below, 1, below.length));
            Optional<Entry> entry = side.files().tree().lookup(path);
            return entry.isEmpty()
                    ? null
                    : new TreeDiff.Version(entry.get(), side.files().mac(path));
        }
    }

    /** Two texts, line by line; a side that is not given is an empty file. */
    void file(Exchange exchange) throws ApiError, KlosetException, IOException {
        byte[] from = exchange.query().bytes("from");
        byte[] to = exchange.query().bytes("to");
        if (from.length == 0 && to.length == 0) {
            throw ApiError.parameter("from", "missing_argument", "missing field");
        }
        Side before = file(from, "from");
        Side after = file(to, "to");
        String about = (before == null ? "" : before.header().id())
                + " "
                + (after == null ? "" : after.header().id())
                + settings.version();
        boolean forEver = (before == null || SnapshotPath.isWhole(from)) && (after == null || SnapshotPath.isWhole(to));
        if (exchange.isKnown(about, forEver)) {
            return;
        }
        boolean large = isLarge(before) || isLarge(after);
        byte[] left = large ? new byte[0] : content(before);
        byte[] right = large ? new byte[0] : content(after);
        boolean identical = large
                ? before != null
                        && after != null
                        && !TreeDiff.aspects(
                                        before.files().tree(),
                                        before.top(),
                                        after.files().tree(),
                                        after.top())
                                .contains(TreeDiff.Aspect.CONTENT)
                : Arrays.equals(left, right);
        boolean binary = UnifiedDiff.isBinary(left) || UnifiedDiff.isBinary(right);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        long[] lines = new long[2];
        if (!large && !binary && !identical) {
            UnifiedDiff.write(left, right, (kind, line) -> {
                text.writeBytes(line);
                lines[0] += kind == UnifiedDiff.Sink.Kind.ADDED ? 1 : 0;
                lines[1] += kind == UnifiedDiff.Sink.Kind.REMOVED ? 1 : 0;
            });
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            node(json, "from", before);
            node(json, "to", after);
            json.writeBooleanProperty("identical", identical);
            json.writeBooleanProperty("binary", binary);
            json.writeBooleanProperty("too_large", large);
            json.writeNumberProperty("limit", LARGEST_TEXT);
            if (large || binary) {
                json.writeNullProperty("text");
            } else {
                json.writeStringProperty("text", JsonBody.text(text.toByteArray()));
            }
            json.writeNumberProperty("added_lines", lines[0]);
            json.writeNumberProperty("removed_lines", lines[1]);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private @Nullable Side file(byte[] written, String parameter) throws ApiError, KlosetException {
        if (written.length == 0) {
            return null;
        }
        SnapshotPath path = SnapshotPath.parse(written, catalog, parameter);
        Side side = side(path.header(), path.path());
        if (!side.top().isRegular()) {
            throw ApiError.parameter(parameter, ApiError.INVALID_ARGUMENT, "not a regular file");
        }
        return side;
    }

    private static boolean isLarge(@Nullable Side side) {
        return side != null && side.top().info().size() > LARGEST_TEXT;
    }

    private byte[] content(@Nullable Side side) throws KlosetException, IOException {
        if (side == null || !side.top().hasObject()) {
            return new byte[0];
        }
        try (InputStream in =
                catalog.contents().open(catalog.contents().object(side.top().object()))) {
            return in.readNBytes(LARGEST_TEXT + 1);
        }
    }

    private static void node(JsonGenerator json, String name, @Nullable Side side) throws KlosetException {
        NodeJson.write(
                json,
                name,
                side == null ? null : side.top(),
                side == null ? Mac.ZERO : side.files().mac(side.top().path()));
    }
}
