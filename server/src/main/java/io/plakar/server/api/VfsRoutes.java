package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.ValueCursor;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.ErrorEntry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import tools.jackson.core.JsonGenerator;

/** The files of a snapshot: entries, listings, chunks, errors and searches (http-api §1.7.7 to §1.7.11). Safe for many threads. */
final class VfsRoutes {
    private static final int MOST_MIME_TYPES = 20;

    private static final List<String> CHILD_KEYS =
            List.of("Name", "Size", "Mode", "ModTime", "Dev", "Ino", "Uid", "Gid", "Nlink", "Username", "Groupname");

    private final SnapshotCatalog catalog;
    private final UiSettings settings;

    VfsRoutes(SnapshotCatalog catalog, UiSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    private record Child(Entry entry, io.plakar.connector.Mac mac) {}

    /** Whether the client has the answer already: what is in a snapshot never changes. */
    private boolean isKnown(Exchange exchange, SnapshotPath path) {
        return exchange.isKnown(path.header().id() + settings.version(), path.whole());
    }

    void entry(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, IOException {
        SnapshotFiles files = new SnapshotFiles(catalog, path.header());
        EntryJson entry = files.describe(files.resolve(path.path()));
        if (isKnown(exchange, path)) {
            return;
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeName("item");
            entry.write(json);
            json.writeEndObject();
        });
    }

    /**
     * A page of a directory. Below the root the way up is its first item, and counts as one: so pages of any size reach
     * the last child.
     */
    void children(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, NotADirectory, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit();
        List<Query.SortKey> keys = query.sort(CHILD_KEYS, "Name");
        SnapshotFiles files = new SnapshotFiles(catalog, path.header());
        Entry directory = directory(files, path.path());
        if (isKnown(exchange, path)) {
            return;
        }
        BytePath place = directory.path();
        boolean hasUp = !directory.isRoot();
        boolean showsUp = hasUp && offset == 0;
        int skip = hasUp && offset > 0 ? offset - 1 : offset;
        int most = showsUp ? limit - 1 : limit;
        long children = files.summary(place).directory().count(Summary.Field.CHILDREN);
        boolean asListed =
                keys.getFirst().name().equals("Name") && !keys.getFirst().descending();
        exchange.list(children + (hasUp ? 1 : 0), json -> {
            if (showsUp) {
                Entry parent = files.tree()
                        .lookup(directory.parent())
                        .orElseGet(() -> Entry.missingDirectory(directory.parent()));
                new EntryJson(parent, files.mac(directory.parent()), null, null).writeUp(json, place.bytes());
            }
            if (asListed) {
                listed(json, files, place, skip, most);
            } else {
                sorted(json, files, place, order(keys), skip, most);
            }
        });
    }

    private static void listed(JsonGenerator json, SnapshotFiles files, BytePath directory, int skip, int most)
            throws KlosetException {
        try (DirectoryCursor cursor = files.tree().children(directory)) {
            for (long i = 0; i < (long) skip + most && cursor.next(); i++) {
                if (i >= skip) {
                    files.describe(cursor.entry(), cursor.mac()).write(json);
                }
            }
        }
    }

    private static void sorted(
            JsonGenerator json, SnapshotFiles files, BytePath directory, Comparator<Entry> order, int skip, int most)
            throws KlosetException {
        Page<Child> page = new Page<>(Comparator.comparing(Child::entry, order), skip, most);
        try (DirectoryCursor cursor = files.tree().children(directory)) {
            while (cursor.next()) {
                page.add(new Child(cursor.entry(), cursor.mac()));
            }
        }
        for (Child child : page.values()) {
            files.describe(child.entry(), child.mac()).write(json);
        }
    }

    private static Comparator<Entry> order(List<Query.SortKey> keys) {
        Comparator<Entry> order = (left, right) -> 0;
        for (Query.SortKey key : keys) {
            Comparator<Entry> next = order(key.name());
            order = order.thenComparing(key.descending() ? next.reversed() : next);
        }
        return order;
    }

    private static Comparator<Entry> order(String key) {
        return switch (key) {
            case "Size" -> Comparator.comparingLong(entry -> entry.info().size());
            case "Mode" ->
                (left, right) ->
                        Integer.compareUnsigned(left.info().mode(), right.info().mode());
            case "ModTime" -> Comparator.comparing(entry -> entry.info().modTime());
            case "Dev" -> Comparator.comparingLong(entry -> entry.info().dev());
            case "Ino" -> Comparator.comparingLong(entry -> entry.info().ino());
            case "Uid" -> Comparator.comparingLong(entry -> entry.info().uid());
            case "Gid" -> Comparator.comparingLong(entry -> entry.info().gid());
            case "Nlink" -> Comparator.comparingInt(entry -> entry.info().nlink());
            case "Username" -> Comparator.comparing(entry -> entry.info().username());
            case "Groupname" -> Comparator.comparing(entry -> entry.info().groupname());
            default -> (left, right) -> Arrays.compareUnsigned(left.name(), right.name());
        };
    }

    private static Entry directory(SnapshotFiles files, BytePath path) throws ApiError, KlosetException, NotADirectory {
        Entry entry = files.resolve(path);
        if (!entry.isDirectory()) {
            throw new NotADirectory();
        }
        return entry;
    }

    void chunks(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, IOException {
        int offset = exchange.query().offset();
        int limit = exchange.query().limit();
        Entry entry = new SnapshotFiles(catalog, path.header()).resolve(path.path());
        if (isKnown(exchange, path)) {
            return;
        }
        FileObject object =
                entry.isRegular() && entry.hasObject() ? catalog.contents().object(entry.object()) : null;
        exchange.list(object == null ? 0 : object.chunkCount(), json -> {
            if (object != null) {
                long end = Math.min(object.chunkCount(), (long) offset + limit);
                for (int i = offset; i < end; i++) {
                    json.writeStartObject();
                    json.writeNumberProperty("version", SnapshotJson.FORMAT_VERSION);
                    json.writeStringProperty("contentMAC", object.chunkMac(i).toHex());
                    json.writeNumberProperty("length", object.chunkLength(i));
                    JsonBody.number(json, "entropy", object.chunkEntropy(i));
                    json.writeNumberProperty("flags", 0);
                    json.writeEndObject();
                }
            }
        });
    }

    /** What could not be backed up at and below a directory. */
    void errors(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, NotADirectory, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit();
        String sort = query.text("sort");
        if (!sort.isEmpty() && !sort.equals("Name") && !sort.equals("-Name")) {
            throw ApiError.parameter("sort", ApiError.INVALID_ARGUMENT, "invalid sort key");
        }
        SnapshotFiles files = new SnapshotFiles(catalog, path.header());
        BytePath directory = directory(files, path.path()).path();
        if (isKnown(exchange, path)) {
            return;
        }
        Comparator<ErrorEntry> byName =
                Comparator.comparing(error -> error.path().bytes(), Arrays::compareUnsigned);
        Page<ErrorEntry> page = new Page<>(sort.startsWith("-") ? byName.reversed() : byName, offset, limit);
        ValueCursor<ErrorEntry> errors = files.tree().errors();
        while (errors.next()) {
            ErrorEntry error = errors.value();
            if (error.path().startsWith(directory)) {
                page.add(error);
            }
        }
        exchange.list(page.seen(), json -> {
            for (ErrorEntry error : page.values()) {
                json.writeStartObject();
                json.writeNumberProperty("version", SnapshotJson.FORMAT_VERSION);
                json.writeStringProperty("name", error.path().toString());
                json.writeStringProperty("error", error.message());
                json.writeEndObject();
            }
        });
    }

    void search(Exchange exchange, SnapshotPath path) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = Math.max(0, query.integer("offset", 0));
        int wanted = query.integer("limit", 50);
        int limit = wanted <= 0 ? 50 : wanted;
        List<String> types = new ArrayList<>(query.texts("mime"));
        types.removeIf(String::isEmpty);
        if (types.size() > MOST_MIME_TYPES) {
            throw ApiError.parameter(
                    "mime", ApiError.INVALID_ARGUMENT, "too many mime types, you can only specify " + MOST_MIME_TYPES);
        }
        SnapshotFiles files = new SnapshotFiles(catalog, path.header());
        Entry top = files.resolve(path.path());
        if (!top.isDirectory()) {
            throw ApiError.parameter("snapshot_path", ApiError.INVALID_ARGUMENT, "not a directory");
        }
        Search search = new Search(
                files,
                top.path(),
                query.text("recursive").equals("true"),
                types,
                new NamePattern(query.bytes("pattern")));
        exchange.json(json -> {
            json.writeStartObject();
            json.writeArrayPropertyStart("items");
            boolean more = search.run(offset, limit, found -> found.write(json));
            json.writeEndArray();
            json.writeBooleanProperty("has_next", more);
            json.writeEndObject();
        });
    }
}
