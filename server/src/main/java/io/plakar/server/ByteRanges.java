package io.plakar.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a {@code Range} header asks for (RFC 9110 §14). */
public final class ByteRanges {
    /** More would be an attack: a page of a few ranges is all that players and viewers ask for. */
    private static final int MOST = 32;

    /** Bytes of a content of known size; not empty. */
    public record ByteRange(long first, long length) {
        public long last() {
            return first + length - 1;
        }

        /** As the value of {@code Content-Range}. */
        public String of(long size) {
            return "bytes " + first + "-" + last() + "/" + size;
        }
    }

    private ByteRanges() {}

    /**
     * The ranges that overlap the content. Empty for a header that is to be ignored: none of bytes, or too much.
     *
     * @throws Unsatisfiable when none overlaps
     */
    public static Optional<List<ByteRange>> parse(String header, long size) throws Unsatisfiable {
        if (!header.startsWith("bytes=")) {
            throw new Unsatisfiable("invalid range");
        }
        List<ByteRange> ranges = new ArrayList<>();
        boolean some = false;
        long sum = 0;
        for (String part : header.substring("bytes=".length()).split(",", -1)) {
            String text = part.strip();
            if (text.isEmpty()) {
                continue;
            }
            some = true;
            ByteRange range = range(text, size);
            if (range != null) {
                ranges.add(range);
                sum += range.length();
            }
            if (ranges.size() > MOST) {
                return Optional.empty();
            }
        }
        if (ranges.isEmpty()) {
            if (!some) {
                return Optional.empty();
            }
            throw new Unsatisfiable("invalid range: failed to overlap");
        }
        // Overlapping ranges that make more than the whole: the whole is enough.
        return sum > size ? Optional.empty() : Optional.of(ranges);
    }

    private static @Nullable ByteRange range(String text, long size) throws Unsatisfiable {
        int dash = text.indexOf('-');
        if (dash < 0) {
            throw new Unsatisfiable("invalid range");
        }
        String from = text.substring(0, dash).strip();
        String to = text.substring(dash + 1).strip();
        if (from.isEmpty()) {
            long length = Math.min(number(to), size);
            return length == 0 ? null : new ByteRange(size - length, length);
        }
        long first = number(from);
        long last = to.isEmpty() ? size - 1 : number(to);
        if (!to.isEmpty() && last < first) {
            throw new Unsatisfiable("invalid range");
        }
        return first >= size ? null : new ByteRange(first, Math.min(last, size - 1) - first + 1);
    }

    private static long number(String text) throws Unsatisfiable {
        if (!text.matches("[0-9]{1,18}")) {
            throw new Unsatisfiable("invalid range");
        }
        return Long.parseLong(text);
    }

    /** No byte of the content is asked for. */
    public static final class Unsatisfiable extends Exception {
        private static final long serialVersionUID = 1;

        Unsatisfiable(String message) {
            super(message, null, false, false);
        }
    }
}
