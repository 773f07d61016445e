package io.plakar.kloset.mime;

import org.jspecify.annotations.Nullable;

/**
 * Recognises JSON, JSON lines and the formats made of JSON. One pass over the head without recursion: the stack of open
 * brackets is a string of bits, so a hostile depth costs nothing.
 */
final class Json {
    private static final String[] GEO_TYPES = {
        "\"Feature\"",
        "\"FeatureCollection\"",
        "\"Point\"",
        "\"LineString\"",
        "\"Polygon\"",
        "\"MultiPoint\"",
        "\"MultiLineString\"",
        "\"MultiPolygon\"",
        "\"GeometryCollection\""
    };

    private final Head in;
    private int at;
    /** Bit per open bracket: set for an object. */
    private final long[] objects = new long[ContentType.HEAD_BYTES / Long.SIZE + 1];

    private int depth;
    /** The value ended exactly where the head does, or would have gone on. */
    private boolean cut;

    private boolean geographic;
    private boolean archive;
    private boolean scene;
    /** Where the key of the outermost object, whose value is being read, begins; -1 in none. */
    private int outerKey = -1;

    private Json(Head in, int start) {
        this.in = in;
        this.at = start;
    }

    static @Nullable String detect(Head in, int start, boolean truncated) {
        Json value = new Json(in, start);
        if (!value.readValue()) {
            return null;
        }
        if (value.cut) {
            return truncated ? value.type() : null;
        }
        int next = in.skipSpace(value.at);
        if (next == in.length()) {
            return value.type();
        }
        return lines(in, start, truncated) ? "application/x-ndjson" : null;
    }

    private String type() {
        if (geographic) {
            return "application/geo+json";
        }
        if (archive) {
            return "application/json";
        }
        return scene ? "model/gltf+json" : "application/json";
    }

    /** One value on each line, at least two lines, an object or array among them. */
    private static boolean lines(Head in, int start, boolean truncated) {
        int lines = 0;
        int at = start;
        while (at < in.length()) {
            int end = at;
            while (end < in.length() && in.at(end) != '\n') {
                end++;
            }
            boolean last = end == in.length();
            int from = in.skipSpace(at);
            if (from < end) {
                Json value = new Json(new Head(in.bytes(), in.offset(), end), from);
                if (!value.readValue()) {
                    return false;
                }
                if (value.cut) {
                    return last && truncated && lines > 1;
                }
                if (new Head(in.bytes(), in.offset(), end).skipSpace(value.at) != end) {
                    return false;
                }
                lines++;
            }
            at = end + 1;
        }
        return lines > 1;
    }

    /** Reads one value; false if it is not JSON. If the head ends within it, {@link #cut} is set. */
    private boolean readValue() {
        boolean wantsValue = true;
        while (true) {
            at = in.skipSpace(at);
            int b = in.at(at);
            if (b < 0) {
                cut = true;
                return true;
            }
            if (wantsValue) {
                switch (b) {
                    case '{' -> {
                        push(true);
                        at = in.skipSpace(at + 1);
                        if (in.at(at) == '}') {
                            pop();
                            wantsValue = false;
                        } else if (!readKey()) {
                            return cut;
                        }
                    }
                    case '[' -> {
                        push(false);
                        at = in.skipSpace(at + 1);
                        if (in.at(at) == ']') {
                            pop();
                            wantsValue = false;
                        }
                    }
                    default -> {
                        if (!readScalar(b)) {
                            return cut;
                        }
                        wantsValue = false;
                    }
                }
                if (!wantsValue && depth == 0) {
                    return true;
                }
                continue;
            }
            if (b == ',') {
                at++;
                wantsValue = true;
                if (inObject()) {
                    at = in.skipSpace(at);
                    if (!readKey()) {
                        return cut;
                    }
                }
            } else if (b == (inObject() ? '}' : ']')) {
                pop();
                if (depth == 0) {
                    return true;
                }
            } else {
                return false;
            }
        }
    }

    private void push(boolean object) {
        long bit = 1L << (depth & 63);
        int word = depth >> 6;
        objects[word] = object ? objects[word] | bit : objects[word] & ~bit;
        depth++;
    }

    /** Closes the innermost bracket and steps over it. */
    private void pop() {
        depth--;
        at++;
    }

    private boolean inObject() {
        return (objects[(depth - 1) >> 6] >>> ((depth - 1) & 63) & 1) != 0;
    }

    /** Reads {@code "key" :}; false at an error or, with {@link #cut} set, at the end of the head. */
    private boolean readKey() {
        int start = at;
        if (!readString()) {
            return false;
        }
        at = in.skipSpace(at);
        if (in.at(at) != ':') {
            cut = in.at(at) < 0;
            return false;
        }
        at++;
        if (depth == 1) {
            outerKey = start;
            if (in.is(start, "\"type\"")) {
                int value = in.skipSpace(at);
                for (String type : GEO_TYPES) {
                    geographic |= in.is(value, type);
                }
            }
        } else if (depth == 2 && outerKey >= 0) {
            if (in.is(outerKey, "\"log\"")) {
                archive |= in.is(start, "\"version\"") || in.is(start, "\"creator\"") || in.is(start, "\"entries\"");
            } else if (in.is(outerKey, "\"asset\"") && in.is(start, "\"version\"")) {
                int value = in.skipSpace(at);
                scene |= in.is(value, "\"1.0\"") || in.is(value, "\"2.0\"");
            }
        }
        return true;
    }

    private boolean readScalar(int first) {
        switch (first) {
            case '"' -> {
                return readString();
            }
            case 't' -> {
                return readWord("true");
            }
            case 'f' -> {
                return readWord("false");
            }
            case 'n' -> {
                return readWord("null");
            }
            default -> {
                return readNumber();
            }
        }
    }

    private boolean readWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            int b = in.at(at + i);
            if (b != word.charAt(i)) {
                cut = b < 0;
                return false;
            }
        }
        at += word.length();
        return true;
    }

    private boolean readString() {
        if (in.at(at) != '"') {
            cut = in.at(at) < 0;
            return false;
        }
        for (int i = at + 1; i < in.length(); i++) {
            int b = in.at(i);
            if (b == '"') {
                at = i + 1;
                return true;
            }
            if (b < 0x20) {
                return false;
            }
            if (b == '\\') {
                i++;
                int escaped = in.at(i);
                if (escaped >= 0 && "\"\\/bfnrtu".indexOf(escaped) < 0) {
                    return false;
                }
            }
        }
        cut = true;
        return false;
    }

    private boolean readNumber() {
        int i = at;
        if (in.at(i) == '-') {
            i++;
        }
        int digits = i;
        i = digits(i);
        if (i == digits) {
            cut = in.at(i) < 0;
            return false;
        }
        if (i - digits > 1 && in.at(digits) == '0') {
            return false;
        }
        if (in.at(i) == '.') {
            int from = i + 1;
            i = digits(from);
            if (i == from) {
                cut = in.at(i) < 0;
                return false;
            }
        }
        if (in.at(i) == 'e' || in.at(i) == 'E') {
            int from = i + 1;
            if (in.at(from) == '+' || in.at(from) == '-') {
                from++;
            }
            i = digits(from);
            if (i == from) {
                cut = in.at(i) < 0;
                return false;
            }
        }
        at = i;
        return true;
    }

    private int digits(int from) {
        int i = from;
        while (in.at(i) >= '0' && in.at(i) <= '9') {
            i++;
        }
        return i;
    }
}
