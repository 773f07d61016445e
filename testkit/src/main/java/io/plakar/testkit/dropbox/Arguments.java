package io.plakar.testkit.dropbox;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The argument of a call, read field by field; what is missing or of the wrong type is a malformed call. Immutable.
 *
 * @param route the call, for messages
 */
record Arguments(String route, JsonNode json) {
    private static final Pattern PATH = Pattern.compile("(/(.|[\\r\\n])*|id:.*)|(rev:[0-9a-f]{9,})|(ns:[0-9]+(/.*)?)");

    private ApiError bad(String field, String why) {
        return ApiError.malformed(route, "request body: " + field + ": " + why);
    }

    /** The field's value; null when it is absent or JSON's null. */
    private @Nullable JsonNode value(String field) {
        JsonNode value = json.get(field);
        return value == null || value.isNull() ? null : value;
    }

    String string(String field) throws ApiError {
        String value = stringOrNull(field);
        if (value == null) {
            throw bad(field, "missing required field '" + field + "'");
        }
        return value;
    }

    @Nullable
    String stringOrNull(String field) throws ApiError {
        JsonNode value = value(field);
        if (value == null) {
            return null;
        }
        if (!value.isString()) {
            throw bad(field, "expected string");
        }
        return value.stringValue();
    }

    boolean flag(String field, boolean otherwise) throws ApiError {
        JsonNode value = value(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw bad(field, "expected boolean");
        }
        return value.booleanValue();
    }

    long number(String field, long otherwise, long min, long max) throws ApiError {
        JsonNode value = value(field);
        if (value == null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw bad(field, "expected integer");
        }
        long number = value.longValue();
        if (number < min || number > max) {
            throw bad(field, number + " is not between " + min + " and " + max);
        }
        return number;
    }

    /** The tag of a union, which may come as a bare string. */
    @Nullable
    String tagOrNull(String field) throws ApiError {
        JsonNode value = value(field);
        if (value == null || value.isString()) {
            return stringOrNull(field);
        }
        return new Arguments(route, value).string(".tag");
    }

    Arguments object(String field) throws ApiError {
        JsonNode value = value(field);
        if (value == null || !value.isObject()) {
            throw bad(field, "expected object");
        }
        return new Arguments(route, value);
    }

    /** The objects in a list; empty when the field is absent. */
    List<Arguments> objects(String field, int max) throws ApiError {
        List<Arguments> objects = new ArrayList<>();
        for (JsonNode element : list(field, max)) {
            if (!element.isObject()) {
                throw bad(field, "expected list of objects");
            }
            objects.add(new Arguments(route, element));
        }
        return objects;
    }

    List<String> strings(String field, int max) throws ApiError {
        List<String> strings = new ArrayList<>();
        for (JsonNode element : list(field, max)) {
            if (!element.isString()) {
                throw bad(field, "expected list of strings");
            }
            strings.add(element.stringValue());
        }
        return strings;
    }

    private Iterable<JsonNode> list(String field, int max) throws ApiError {
        JsonNode value = value(field);
        if (value == null) {
            return List.of();
        }
        if (!value.isArray() || value.size() > max) {
            throw bad(field, "expected list of at most " + max);
        }
        return value;
    }

    /** A time in whole seconds UTC. */
    @Nullable
    Instant timeOrNull(String field) throws ApiError {
        String text = stringOrNull(field);
        if (text == null) {
            return null;
        }
        try {
            Instant time = Instant.parse(text);
            if (time.getNano() == 0 && text.endsWith("Z") && !text.contains(".")) {
                return time;
            }
        } catch (DateTimeParseException e) {
            throw bad(field, "time data '" + text + "' does not match format '%Y-%m-%dT%H:%M:%SZ'");
        }
        throw bad(field, "time data '" + text + "' does not match format '%Y-%m-%dT%H:%M:%SZ'");
    }

    /** A path that names something below the root. */
    String path(String field) throws ApiError {
        String path = pathOrRoot(field);
        if (path.isEmpty()) {
            throw bad(field, "The root folder is unsupported.");
        }
        return path;
    }

    /** A path; {@code ""} is the root. */
    String pathOrRoot(String field) throws ApiError {
        String path = string(field);
        if (path.equals("/")) {
            throw bad(field, "Specify the root folder as an empty string rather than as \"/\".");
        }
        if (!path.isEmpty() && !PATH.matcher(path).matches()) {
            throw bad(field, "'" + path + "' did not match pattern '" + PATH + "'");
        }
        return path;
    }
}
