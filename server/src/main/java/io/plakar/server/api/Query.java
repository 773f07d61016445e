package io.plakar.server.api;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The parameters of a request as bytes: a path in them need not be UTF-8. Immutable. */
final class Query {
    private static final int MOST_PARAMETERS = 1000;

    private final Map<String, List<byte[]>> values = new LinkedHashMap<>();

    /** @param raw the text behind the {@code ?}; null for none. Pairs that are not well-formed are left out. */
    Query(@Nullable String raw) {
        if (raw == null) {
            return;
        }
        int count = 0;
        for (String pair : raw.split("&", -1)) {
            if (pair.isEmpty() || pair.indexOf(';') >= 0 || ++count > MOST_PARAMETERS) {
                continue;
            }
            int equals = pair.indexOf('=');
            byte[] name = decode(equals < 0 ? pair : pair.substring(0, equals), true);
            byte[] value = decode(equals < 0 ? "" : pair.substring(equals + 1), true);
            if (name != null && value != null) {
                values.computeIfAbsent(new String(name, StandardCharsets.UTF_8), key -> new ArrayList<>(1))
                        .add(value);
            }
        }
    }

    /**
     * The bytes a percent-encoded text stands for; null when an escape is broken.
     *
     * @param form whether {@code +} is a blank
     */
    static byte @Nullable [] decode(String text, boolean form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
        byte[] raw = text.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < raw.length; i++) {
            if (raw[i] == '%') {
                int high = i + 2 < raw.length ? Character.digit(raw[i + 1], 16) : -1;
                int low = i + 2 < raw.length ? Character.digit(raw[i + 2], 16) : -1;
                if (high < 0 || low < 0) {
                    return null;
                }
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(form && raw[i] == '+' ? ' ' : raw[i]);
            }
        }
        return out.toByteArray();
    }

    /** The first value as bytes; empty for none. */
    byte[] bytes(String name) {
        List<byte[]> found = values.get(name);
        return found == null ? new byte[0] : found.getFirst();
    }

    /** Every value as bytes. */
    List<byte[]> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /** The first value; empty for none. */
    String text(String name) {
        return new String(bytes(name), StandardCharsets.UTF_8);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    List<String> texts(String name) {
        return values.getOrDefault(name, List.of()).stream()
                .map(value -> new String(value, StandardCharsets.UTF_8))
                .toList();
    }

    /** How many are to be skipped. */
    int offset() throws ApiError {
        return atLeast("offset", 0, 0);
    }

    /** How many are wanted at most. */
    int limit() throws ApiError {
        return atLeast("limit", 50, 1);
    }

    /** As {@link #limit()}, and not more than {@code most}. */
    int limit(int standard, int most) throws ApiError {
        int limit = atLeast("limit", standard, 1);
        if (limit > most) {
            throw ApiError.parameter("limit", "bad_number", "number out of range, at most " + most);
        }
        return limit;
    }

    /** {@code true} or {@code false}; null for none. */
    @Nullable
    Boolean flag(String name) throws ApiError {
        return switch (text(name)) {
            case "" -> null;
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            default -> throw ApiError.parameter(name, ApiError.INVALID_ARGUMENT, "true or false");
        };
    }

    boolean flag(String name, boolean standard) throws ApiError {
        Boolean flag = flag(name);
        return flag == null ? standard : flag;
    }

    /** A count of bytes; {@code standard} for none. */
    long size(String name, long standard) throws ApiError {
        String text = text(name);
        if (text.isEmpty()) {
            return standard;
        }
        if (!text.matches("[0-9]{1,18}")) {
            throw ApiError.parameter(name, "bad_number", "not a count of bytes");
        }
        return Long.parseLong(text);
    }

    /** A time of RFC 3339; null for none. */
    @Nullable
    Instant time(String name) throws ApiError {
        String text = text(name);
        if (text.isEmpty()) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException e) {
            throw ApiError.parameter(name, ApiError.INVALID_ARGUMENT, "not a time of RFC 3339");
        }
    }

    /** Words separated by commas, each one of {@code known}; empty for none. */
    Set<String> words(String name, Set<String> known) throws ApiError {
        Set<String> words = new LinkedHashSet<>();
        for (String text : texts(name)) {
            for (String part : text.split(",", -1)) {
                String word = part.strip();
                if (!word.isEmpty() && !known.contains(word)) {
                    throw ApiError.parameter(
                            name, ApiError.INVALID_ARGUMENT, "there are " + String.join(", ", new TreeSet<>(known)));
                }
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    private int atLeast(String name, int standard, int least) throws ApiError {
        int value = integer(name, standard);
        if (value < least) {
            throw ApiError.parameter(name, "bad_number", "number out of range");
        }
        return value;
    }

    int integer(String name, int standard) throws ApiError {
        String text = text(name);
        if (text.isEmpty()) {
            return standard;
        }
        if (!text.matches("[+-]?[0-9]+")) {
            throw ApiError.parameter(
                    name, "bad_number", "strconv.ParseInt: parsing " + quote(text) + ": invalid syntax");
        }
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw ApiError.parameter(
                    name, "bad_number", "strconv.ParseInt: parsing " + quote(text) + ": value out of range");
        }
    }

    private static String quote(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /** One key to sort by. */
    record SortKey(String name, boolean descending) {}

    /** The keys of {@code sort}, each known and there once; {@code standard} when there are none. */
    List<SortKey> sort(List<String> known, String standard) throws ApiError {
        String text = text("sort");
        List<SortKey> keys = new ArrayList<>();
        for (String part : (text.isEmpty() ? standard : text).split(",", -1)) {
            String word = part.strip();
            String name = word.startsWith("-") ? word.substring(1) : word;
            if (!known.contains(name)) {
                throw ApiError.parameter("sort", ApiError.INVALID_ARGUMENT, "invalid sort key: " + word);
            }
            if (keys.stream().anyMatch(key -> key.name().equals(name))) {
                throw ApiError.parameter("sort", ApiError.INVALID_ARGUMENT, "duplicate sort key: " + word);
            }
            keys.add(new SortKey(name, word.startsWith("-")));
        }
        return keys;
    }
}
