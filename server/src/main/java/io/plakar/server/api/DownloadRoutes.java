package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * Archives of chosen files, in two steps: a list is left here for an id, and whoever has the id may download (http-api
 * §1.7.12). Lists live an hour, in memory. Safe for many threads.
 */
final class DownloadRoutes {
    private static final Duration LIFE = Duration.ofHours(1);
    private static final int MOST_LINKS = 1000;
    private static final int LARGEST_BODY = 4 << 20;
    private static final ObjectMapper READER = JsonMapper.builder().build();
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd-HH-mm-ss", Locale.ROOT);

    private record Link(Mac snapshot, String name, List<BytePath> items, boolean rebase, Instant end) {}

    private final SnapshotCatalog catalog;
    private final UiSettings settings;
    private final Map<UUID, Link> links = new LinkedHashMap<>();

    DownloadRoutes(SnapshotCatalog catalog, UiSettings settings) {
        this.catalog = catalog;
        this.settings = settings;
    }

    void create(Exchange exchange, SnapshotPath path) throws ApiError, IOException {
        byte[] body = exchange.body(LARGEST_BODY + 1);
        if (body.length > LARGEST_BODY) {
            throw ApiError.parameter("BODY", ApiError.INVALID_ARGUMENT, "too large");
        }
        JsonNode request = parse(body);
        List<BytePath> items = new ArrayList<>();
        for (JsonNode item : request.path("items")) {
            items.add(SnapshotPath.clean(item.path("pathname").asString("").getBytes(StandardCharsets.UTF_8)));
        }
        UUID id = UUID.randomUUID();
        Link link = new Link(
                path.header().id(),
                request.path("name").asString(""),
                List.copyOf(items),
                request.path("rebase").asBoolean(false),
                settings.clock().instant().plus(LIFE));
        synchronized (links) {
            forgetOld();
            links.put(id, link);
        }
        exchange.json(json -> {
            json.writeStartObject();
            json.writeStringProperty("id", id.toString());
            json.writeEndObject();
        });
    }

    private void forgetOld() {
        Instant now = settings.clock().instant();
        links.values().removeIf(link -> link.end().isBefore(now));
        while (links.size() >= MOST_LINKS) {
            links.remove(links.keySet().iterator().next());
        }
    }

    static JsonNode parse(byte[] body) throws ApiError {
        String fault;
        try {
            JsonNode node = READER.readTree(body);
            if (node.isObject()) {
                return node;
            }
            fault = node.isMissingNode() ? "EOF" : "not an object";
        } catch (UnexpectedEndOfInputException e) {
            fault = body.length == 0 ? "EOF" : "unexpected EOF";
        } catch (JacksonException e) {
            fault = "invalid JSON: " + e.getOriginalMessage();
        }
        throw ApiError.parameter("BODY", ApiError.INVALID_ARGUMENT, fault);
    }

    void send(Exchange exchange) throws ApiError, KlosetException, IOException, InterruptedException {
        Link link = find(exchange.lastPart());
        String format = exchange.query().text("format");
        ArchiveStream.Format kind = ArchiveStream.Format.named(format);
        if (kind == null) {
            throw new ApiError(400, "unknown-archive-format", "Unknown Archive Format");
        }
        SnapshotHeader header = catalog.byId(link.snapshot());
        String name = exchange.query().text("name");
        if (name.isEmpty()) {
            name = link.name();
        }
        String file = name(name, header, kind);
        exchange.type(kind.mediaType());
        exchange.setHeader("X-Content-Type-Options", "nosniff");
        exchange.setHeader("Content-Disposition", ContentRoutes.attachment(file.getBytes(StandardCharsets.UTF_8)));
        ArchiveStream archive =
                new ArchiveStream(new SnapshotFiles(catalog, header), catalog.contents(), link.items(), link.rebase());
        archive.checkItems();
        if (exchange.isHead()) {
            return;
        }
        Exchange.HeldBack out = exchange.heldBack();
        archive.write(kind, out);
        out.finish();
    }

    private Link find(String id) throws ApiError {
        Link link = null;
        UUID uuid = uuid(id);
        if (uuid != null) {
            synchronized (links) {
                forgetOld();
                link = links.get(uuid);
            }
        }
        if (link == null) {
            throw new ApiError(404, "signed-link-not-found", "Signed Link Not Found");
        }
        return link;
    }

    private static @Nullable UUID uuid(String text) {
        try {
            return text.length() == 36 ? UUID.fromString(text) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private String name(String wanted, SnapshotHeader header, ArchiveStream.Format kind) {
        if (wanted.isEmpty()) {
            ZonedDateTime now = settings.clock().instant().atZone(settings.zone());
            return "snapshot-" + header.id().toShortHex() + "-" + STAMP.format(now) + kind.extension();
        }
        String base = wanted.substring(wanted.lastIndexOf('/') + 1);
        return base.indexOf('.') >= 0 ? base : base + kind.extension();
    }
}
