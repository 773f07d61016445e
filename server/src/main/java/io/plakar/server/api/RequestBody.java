package io.plakar.server.api;

import io.plakar.connector.BytePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The JSON object of a request that changes something. It must say that it is JSON: no page of another site can send
 * that without having been asked. A member that is unknown or of another kind is an error, for what it was meant to do
 * would otherwise be done differently. Immutable.
 */
final class RequestBody {
    private static final int LARGEST = 4 << 20;
    private static final int LONGEST_LIST = 10_000;

    private final JsonNode members;

    private RequestBody(JsonNode members) {
        this.members = members;
    }

    /** @param known the members there may be */
    static RequestBody read(Exchange exchange, Set<String> known) throws ApiError, IOException {
        String type = exchange.header("Content-Type");
        if (type == null || !type.toLowerCase(Locale.ROOT).matches("application/json\\s*(;.*)?")) {
            throw new ApiError(415, "unsupported-media-type", "Content-Type must be application/json");
        }
        byte[] bytes = exchange.body(LARGEST + 1);
        if (bytes.length > LARGEST) {
            throw ApiError.parameter("BODY", ApiError.INVALID_ARGUMENT, "too large");
        }
        JsonNode members = DownloadRoutes.parse(bytes);
        return new RequestBody(members).checked(known);
    }

    private RequestBody checked(Set<String> known) throws ApiError {
        for (String name : members.propertyNames()) {
            if (!known.contains(name)) {
                throw ApiError.parameter(name, ApiError.INVALID_ARGUMENT, "there is no such member");
            }
        }
        return this;
    }

    private @Nullable JsonNode member(String name) {
        JsonNode node = members.path(name);
        return node.isMissingNode() || node.isNull() ? null : node;
    }

    private static ApiError wrong(String name, String wanted) {
        return ApiError.parameter(name, ApiError.INVALID_ARGUMENT, "must be " + wanted);
    }

    /** The text of a member; {@code standard} for none. */
    String text(String name, String standard) throws ApiError {
        JsonNode node = member(name);
        if (node == null) {
            return standard;
        }
        if (!node.isString()) {
            throw wrong(name, "a text");
        }
        return node.asString();
    }

    String text(String name) throws ApiError {
        String text = text(name, "");
        if (text.isEmpty()) {
            throw ApiError.parameter(name, "missing_argument", "missing field");
        }
        return text;
    }

    boolean flag(String name, boolean standard) throws ApiError {
        JsonNode node = member(name);
        if (node == null) {
            return standard;
        }
        if (!node.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return node.asBoolean();
    }

    int number(String name, int standard, int most) throws ApiError {
        JsonNode node = member(name);
        if (node == null) {
            return standard;
        }
        if (!node.isInt() || node.asInt() < 0 || node.asInt() > most) {
            throw wrong(name, "a number from 0 to " + most);
        }
        return node.asInt();
    }

    /** Texts, none of them empty. */
    List<String> texts(String name) throws ApiError {
        List<String> texts = new ArrayList<>();
        for (JsonNode node : list(name)) {
            if (!node.isString() || node.asString().isEmpty()) {
                throw wrong(name, "a list of texts");
            }
            texts.add(node.asString());
        }
        return texts;
    }

    private Iterable<JsonNode> list(String name) throws ApiError {
        JsonNode node = member(name);
        if (node == null) {
            return List.of();
        }
        if (!node.isArray() || node.size() > LONGEST_LIST) {
            throw wrong(name, "a list of at most " + LONGEST_LIST);
        }
        return node;
    }

    /** Paths, each written as {@code path} or, when it is not UTF-8, as {@code path_encoded}. */
    List<BytePath> paths(String name) throws ApiError {
        List<BytePath> paths = new ArrayList<>();
        for (JsonNode node : list(name)) {
            String plain = node.path("path").asString("");
            String encoded = node.path("path_encoded").asString("");
            byte[] bytes = encoded.isEmpty() ? plain.getBytes(StandardCharsets.UTF_8) : Query.decode(encoded, false);
            if (bytes == null || bytes.length == 0) {
                throw wrong(name, "a list of objects with path or path_encoded");
            }
            paths.add(SnapshotPath.clean(bytes));
        }
        return paths;
    }

    /** The object in a member; an empty one when there is none. */
    RequestBody object(String name, Set<String> known) throws ApiError {
        JsonNode node = member(name);
        if (node == null) {
            return new RequestBody(tools.jackson.databind.node.JsonNodeFactory.instance.objectNode());
        }
        if (!node.isObject()) {
            throw wrong(name, "an object");
        }
        return new RequestBody(node).checked(known);
    }
}
