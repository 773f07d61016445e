package io.plakar.server;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * By what a client tells whether it has a content already (RFC 9110 §8.8, §13). Immutable.
 *
 * @param tag the entity tag, with its quotes
 * @param modified the epoch when it is not known
 */
public record Validators(String tag, Instant modified) {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH);

    /** A time as headers have it; null when it has no such form. */
    public static @Nullable String date(Instant time) {
        ZonedDateTime utc = time.atZone(ZoneOffset.UTC);
        return utc.getYear() < 1 || utc.getYear() > 9999 ? null : HTTP_DATE.format(utc);
    }

    /** The value of {@code Last-Modified}; null for none. */
    public @Nullable String lastModified() {
        return modified.getEpochSecond() == 0 ? null : date(modified);
    }

    /** Whether the client has it, going by {@code If-None-Match} or else {@code If-Modified-Since}. */
    public boolean isUnchanged(@Nullable String tags, @Nullable String modifiedSince) {
        if (tags != null) {
            for (String known : tags.split(",", -1)) {
                String text = known.strip();
                if (text.equals("*") || text.equals(tag) || text.equals("W/" + tag)) {
                    return true;
                }
            }
            return false;
        }
        Instant since = instant(modifiedSince);
        return since != null && modified.getEpochSecond() != 0 && modified.getEpochSecond() <= since.getEpochSecond();
    }

    /** Whether a range of it is still wanted, going by {@code If-Range}. */
    public boolean rangesHold(@Nullable String condition) {
        if (condition == null || condition.equals(tag)) {
            return true;
        }
        Instant time = instant(condition);
        return time != null && time.getEpochSecond() == modified.getEpochSecond();
    }

    private static @Nullable Instant instant(@Nullable String header) {
        if (header == null) {
            return null;
        }
        try {
            return ZonedDateTime.of(LocalDateTime.parse(header, HTTP_DATE), ZoneOffset.UTC)
                    .toInstant();
        } catch (DateTimeException e) {
            return null;
        }
    }
}
