package io.plakar.server.store;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A part of an object that was asked for.
 *
 * @param start offset of the first byte
 * @param length bytes, at least 1
 */
record RequestedRange(long start, long length) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})");
    private static final long LARGEST = 0xffff_ffffL;

    /** As a Plakar means it: the end is not part of the range, and nothing else than a closed range exists. */
    static RequestedRange ofPlakar(String header) throws Refusal {
        Matcher found = RANGE.matcher(header);
        if (found.matches()) {
            long start = Long.parseLong(found.group(1));
            long length = Long.parseLong(found.group(2)) - start;
            if (length > 0 && length <= LARGEST) {
                return new RequestedRange(start, length);
            }
        }
        throw new Refusal(400, "invalid range");
    }

    /** As RFC 9110 means it; null for what a server may ignore: several ranges, open ones, and no ranges at all. */
    static @Nullable RequestedRange ofHttp(String header) {
        Matcher found = RANGE.matcher(header);
        if (!found.matches()) {
            return null;
        }
        long start = Long.parseLong(found.group(1));
        long last = Long.parseLong(found.group(2));
        return last < start ? null : new RequestedRange(start, last - start + 1);
    }
}
