package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.Summary;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;

/** What is asked about the store as a whole and about its snapshots (http-api §1.7.1 to §1.7.5). Safe for many threads. */
final class RepositoryRoutes {
    private static final int DAYS = 30;

    /** How snapshots can be sorted: every field of the header, as the field is called there. */
    private static final List<String> SORT_KEYS = List.of(
            "Version",
            "Identifier",
            "Timestamp",
            "Duration",
            "Identity",
            "Name",
            "Category",
            "Environment",
            "Perimeter",
            "Job",
            "Replicas",
            "Dataset",
            "DataClasses",
            "Classifications",
            "Tags",
            "Context",
            "Sources");

    private final SnapshotCatalog catalog;
    private final UiSettings settings;
    private final Account account;

    RepositoryRoutes(SnapshotCatalog catalog, UiSettings settings, Account account) {
        this.catalog = catalog;
        this.settings = settings;
        this.account = account;
    }

    void info(Exchange exchange) throws IOException {
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty(
                    "repository_id",
                    catalog.repository().configuration().repositoryId().toString());
            json.writeBooleanProperty("authenticated", account.token().isPresent());
            json.writeStringProperty("version", settings.version());
            json.writeBooleanProperty("browsable", true);
            json.writeBooleanProperty("demo_mode", settings.demo());
            json.writeEndObject();
        });
    }

    void repositoryInfo(Exchange exchange) throws KlosetException, IOException {
        Repository repository = catalog.repository();
        List<SnapshotHeader> headers = catalog.known();
        long storage = storageSize(repository.store());
        long logical = 0;
        for (SnapshotHeader header : headers) {
            for (SnapshotHeader.Source source : header.sources()) {
                logical += source.summary().total(Summary.Field.SIZE);
            }
        }
        double efficiency = efficiency(storage, logical);
        long[] perDay = perDay(
                headers,
                settings.clock().instant(),
                repository.configuration().timestamp().minus(Duration.ofDays(DAYS)));
        long total = logical;
        exchange.json(json -> {
            json.writeStartObject();
            json.writeObjectPropertyStart("item");
            json.writeStringProperty("location", location(repository.store()));
            json.writeObjectPropertyStart("snapshots");
            json.writeNumberProperty("total", headers.size());
            json.writeNumberProperty("storage_size", storage);
            json.writeNumberProperty("logical_size", total);
            JsonBody.number(json, "efficiency", efficiency);
            json.writeName("snapshots_per_day");
            json.writeArray(perDay, 0, perDay.length);
            json.writeEndObject();
            SnapshotJson.configuration(json, "configuration", repository.configuration());
            json.writeStringProperty("os", settings.operatingSystem());
            json.writeStringProperty("arch", settings.architecture());
            json.writeBooleanProperty("browsable", true);
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /** Bytes in the store; -1 unknown. */
    long storageSize(StoreConnector store) {
        try {
            return store.size();
        } catch (ConnectorException e) {
            settings.log().accept("the size of the store is not known: " + e.getMessage());
            return -1;
        }
    }

    static String location(StoreConnector store) {
        StringBuilder text = new StringBuilder(store.type()).append("://");
        if (!store.flags().contains(io.plakar.connector.ConnectorFlag.LOCALFS)) {
            text.append(store.origin());
        }
        if (!store.root().equals("/")) {
            text.append(store.root());
        }
        return text.toString();
    }

    /** How much smaller the store is than what it holds, in percent; -1 when that is not known or makes no sense. */
    static double efficiency(long storage, long logical) {
        if (storage < 0 || logical == 0) {
            return -1;
        }
        double used = (double) storage / logical * 100;
        if (used <= 100) {
            return 100 - used;
        }
        return used - 100 > 100 ? -1 : -(used - 100);
    }

    private static long[] perDay(List<SnapshotHeader> headers, Instant now, Instant earliest) {
        long[] days = new long[DAYS];
        for (SnapshotHeader header : headers) {
            long age = Duration.between(header.timestamp(), now).toHours() / 24;
            if (age >= 0 && age < DAYS && !header.timestamp().isBefore(earliest)) {
                days[DAYS - 1 - (int) age]++;
            }
        }
        return days;
    }

    void snapshots(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit();
        List<Query.SortKey> keys = query.sort(SORT_KEYS, "Timestamp");
        String importer = query.text("importer");
        Instant since = since(query.text("since"));
        Page<SnapshotHeader> page = new Page<>(order(keys), offset, limit);
        for (SnapshotHeader header : catalog.refreshed()) {
            boolean wanted = importer.isEmpty() || header.source().type().equalsIgnoreCase(importer);
            if (wanted && !header.timestamp().isBefore(since)) {
                page.add(header);
            }
        }
        exchange.list(page.seen(), json -> {
            for (SnapshotHeader header : page.values()) {
                SnapshotJson.header(json, header);
            }
        });
    }

    private static Instant since(String text) throws ApiError {
        if (text.isEmpty()) {
            return Instant.MIN;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw new ApiError(
                    400, ApiError.INVALID_ARGUMENT, "Invalid 'since' parameter format. Expected RFC3339 format.");
        }
    }

    private static Comparator<SnapshotHeader> order(List<Query.SortKey> keys) {
        Comparator<SnapshotHeader> order = (left, right) -> 0;
        for (Query.SortKey key : keys) {
            Comparator<SnapshotHeader> next = order(key.name());
            order = order.thenComparing(key.descending() ? next.reversed() : next);
        }
        return order;
    }

    private static Comparator<SnapshotHeader> order(String key) {
        return switch (key) {
            case "Version" -> Comparator.comparingInt(SnapshotHeader::version);
            case "Identifier" -> Comparator.comparing(SnapshotHeader::id);
            case "Duration" -> Comparator.comparing(SnapshotHeader::duration);
            case "Identity" -> Comparator.comparing(header -> header.identity().identifier(), Arrays::compareUnsigned);
            case "Name" -> Comparator.comparing(SnapshotHeader::name);
            case "Category" -> Comparator.comparing(SnapshotHeader::category);
            case "Environment" -> Comparator.comparing(SnapshotHeader::environment);
            case "Perimeter" -> Comparator.comparing(SnapshotHeader::perimeter);
            case "Job" -> Comparator.comparing(SnapshotHeader::job);
            case "Replicas" -> Comparator.comparingInt(SnapshotHeader::replicas);
            case "Dataset" -> Comparator.comparing(SnapshotHeader::dataset);
            case "DataClasses" -> Comparator.comparing(SnapshotHeader::dataClasses, RepositoryRoutes::compareTexts);
            case "Classifications" ->
                Comparator.comparing(header -> header.classifications().toString());
            case "Tags" -> Comparator.comparing(SnapshotHeader::tags, RepositoryRoutes::compareTexts);
            case "Context" -> Comparator.comparing(header -> header.context().toString());
            case "Sources" ->
                Comparator.comparing((SnapshotHeader header) -> header.source().type())
                        .thenComparing(header -> header.source().origin())
                        .thenComparing(header -> header.source().directoryBytes(), Arrays::compareUnsigned);
            default -> Comparator.comparing(SnapshotHeader::timestamp);
        };
    }

    private static int compareTexts(List<String> left, List<String> right) {
        return Arrays.compare(left.toArray(String[]::new), right.toArray(String[]::new));
    }

    /** One header; the id must be whole. */
    void snapshot(Exchange exchange, String id) throws ApiError, KlosetException, IOException {
        SnapshotHeader header = catalog.byId(id(id));
        if (exchange.isKnown(settings.version(), true)) {
            return;
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeName("item");
            SnapshotJson.header(json, header);
            json.writeEndObject();
        });
    }

    private static Mac id(String hex) throws ApiError {
        for (int i = 0; i < hex.length(); i++) {
            if (Character.digit(hex.charAt(i), 16) < 0 || hex.charAt(i) > 'f') {
                int c = hex.codePointAt(i);
                throw ApiError.parameter(
                        "snapshot",
                        ApiError.INVALID_ARGUMENT,
                        String.format(
                                Locale.ROOT,
                                "encoding/hex: invalid byte: U+%04X '%s'",
                                c,
                                Character.isISOControl(c) ? "?" : Character.toString(c)));
            }
        }
        if (hex.length() != 2 * Mac.BYTES) {
            throw ApiError.parameter("snapshot", ApiError.INVALID_ARGUMENT, "invalid ID");
        }
        return Mac.fromHex(hex);
    }

    void importerTypes(Exchange exchange) throws KlosetException, IOException {
        TreeSet<String> types = new TreeSet<>();
        for (SnapshotHeader header : catalog.refreshed()) {
            types.add(header.source().type().toLowerCase(Locale.ROOT));
        }
        exchange.list(types.size(), json -> {
            for (String type : types) {
                json.writeStartObject();
                json.writeStringProperty("name", type);
                json.writeEndObject();
            }
        });
    }

    private record Version(SnapshotHeader header, Entry entry) {}

    /** The same path in every snapshot that has it. */
    void locatePathname(Exchange exchange) throws ApiError, KlosetException, IOException {
        Query query = exchange.query();
        int offset = query.offset();
        int limit = query.limit();
        List<Query.SortKey> keys = query.sort(SORT_KEYS, "Timestamp");
        Query.SortKey first = keys.getFirst();
        boolean descending = first.name().equals("Timestamp") && first.descending();
        BytePath path = SnapshotPath.clean(query.bytes("resource"));
        List<SnapshotHeader> headers = new ArrayList<>(catalog.refreshed());
        if (descending) {
            headers = headers.reversed();
        }
        List<Version> found = new ArrayList<>();
        int total = 0;
        for (SnapshotHeader header : headers) {
            SnapshotHeader.Source source = header.source();
            if (!matches(query, "importerType", source.type())
                    || !matches(query, "importerOrigin", source.origin())
                    || !matches(query, "importerDirectory", JsonBody.text(source.directoryBytes()))) {
                continue;
            }
            Optional<Entry> entry = resolve(header, path);
            if (entry.isPresent()) {
                if (total >= offset && found.size() < limit) {
                    found.add(new Version(header, entry.get()));
                }
                total++;
            }
        }
        exchange.list(total, json -> {
            for (Version version : found) {
                json.writeStartObject();
                json.writeName("snapshot");
                SnapshotJson.header(json, version.header());
                json.writeName("vfs_entry");
                new SnapshotFiles(catalog, version.header())
                        .describeAlone(version.entry())
                        .write(json);
                json.writeEndObject();
            }
        });
    }

    /** A damaged snapshot does not hide the others. */
    private Optional<Entry> resolve(SnapshotHeader header, BytePath path) throws KlosetException {
        try {
            SnapshotTree tree = catalog.tree(header);
            return tree.resolve(path);
        } catch (KlosetException.Missing | KlosetException.Corrupt | KlosetException.Invalid e) {
            settings.log().accept("snapshot " + header.id().toShortHex() + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    private static boolean matches(Query query, String parameter, String value) {
        String wanted = query.text(parameter);
        return wanted.isEmpty() || wanted.equalsIgnoreCase(value);
    }
}
