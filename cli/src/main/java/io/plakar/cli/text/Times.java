package io.plakar.cli.text;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Times as listings and {@code info} show them, and as options take them. */
public final class Times {
    private static final DateTimeFormatter LISTING =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
    private static final DateTimeFormatter OFFSET = DateTimeFormatter.ofPattern("xx", Locale.ROOT);
    private static final DateTimeFormatter ZONE_NAME = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH);

    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;
    private static final long DAY = 24 * HOUR;
    private static final long WEEK = 7 * DAY;
    private static final long MONTH = 30 * DAY;
    private static final long YEAR = 365 * DAY;
    /** No number a user means has more digits. */
    private static final int MOST_DIGITS = 18;

    private Times() {}

    /** {@code 2006-01-02T15:04:05Z}: UTC, whole seconds. */
    public static String listing(Instant time) {
        return LISTING.format(time);
    }

    /** {@code 2006-01-02 15:04:05.123 +0000 UTC}: in {@code zone}, the fraction as long as it has to be. */
    public static String detailed(Instant time, ZoneId zone) {
        ZonedDateTime local = time.atZone(zone);
        StringBuilder out = new StringBuilder(SECONDS.format(local));
        int nanos = local.getNano();
        if (nanos != 0) {
            out.append('.').append(String.format(Locale.ROOT, "%09d", nanos));
            while (out.charAt(out.length() - 1) == '0') {
                out.setLength(out.length() - 1);
            }
        }
        String offset = OFFSET.format(local);
        return out.append(' ')
                .append(offset)
                .append(' ')
                .append(zoneName(local, zone, offset))
                .toString();
    }

    private static String zoneName(ZonedDateTime local, ZoneId zone, String offset) {
        if (zone.normalized().equals(ZoneOffset.UTC)) {
            return "UTC";
        }
        // a zone without a name of its own is called by its offset
        return zone instanceof ZoneOffset ? offset : ZONE_NAME.format(local);
    }

    /** {@link #parse(String, Instant, ZoneId)} with days and hours in UTC. */
    public static Optional<Instant> parse(String text, Instant now) {
        return parse(text, now, ZoneOffset.UTC);
    }

    /**
     * The time an option asks for: RFC 3339; {@code YYYY-MM-DD} or {@code YYYY/MM/DD}; {@code YYYY-MM-DD HH:MM[:SS]};
     * {@code now}, {@code today}, {@code yesterday}, {@code last monday}; or a time span such as {@code 2 days},
     * {@code 1h30m}, {@code half an hour}, counted back from {@code now}. Empty means not given.
     *
     * @param zone where days begin and clocks without an offset tick
     * @throws IllegalArgumentException if it is none of these; the message names it
     */
    public static Optional<Instant> parse(String text, Instant now, ZoneId zone) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            Instant time = point(text, zone);
            if (time == null) {
                time = word(text.toLowerCase(Locale.ROOT), now, zone);
            }
            if (time == null) {
                Duration back = span(text.toLowerCase(Locale.ROOT));
                time = back == null ? null : now.minus(back);
            }
            if (time != null) {
                return Optional.of(time);
            }
        } catch (DateTimeException | ArithmeticException e) {
            throw invalid(text, e);
        }
        throw invalid(text, null);
    }

    private static IllegalArgumentException invalid(String text, @Nullable Throwable cause) {
        return new IllegalArgumentException("invalid time format: " + GoQuote.quote(text), cause);
    }

    /** A date, or a date and a clock; null if {@code text} does not look like one. */
    private static @Nullable Instant point(String text, ZoneId zone) {
        if (fits(text, "0000-00-00") || fits(text, "0000/00/00")) {
            return date(text).atStartOfDay(zone).toInstant();
        }
        if (fits(text, "0000-00-00 00:00") || fits(text, "0000-00-00 00:00:00")) {
            int second = text.length() > 16 ? number(text, 17, 19) : 0;
            return date(text)
                    .atTime(number(text, 11, 13), number(text, 14, 16), second)
                    .atZone(zone)
                    .toInstant();
        }
        return text.length() > 19 && fits(text.substring(0, 19), "0000-00-00T00:00:00") ? rfc3339(text) : null;
    }

    private static @Nullable Instant rfc3339(String text) {
        int at = 19;
        int nanos = 0;
        if (text.charAt(at) == '.') {
            int end = at + 1;
            while (end < text.length() && isDigit(text.charAt(end))) {
                end++;
            }
            if (end == at + 1) {
                return null;
            }
            String digits = text.substring(at + 1, Math.min(end, at + 10));
            nanos = Integer.parseInt(digits + "0".repeat(9 - digits.length()));
            at = end;
        }
        LocalDateTime clock =
                date(text).atTime(number(text, 11, 13), number(text, 14, 16), number(text, 17, 19), nanos);
        String offset = text.substring(at);
        if (offset.equals("Z")) {
            return clock.toInstant(ZoneOffset.UTC);
        }
        if (!fits(offset, "+00:00") && !fits(offset, "-00:00")) {
            return null;
        }
        int seconds = (number(offset, 1, 3) * 60 + number(offset, 4, 6)) * 60;
        return OffsetDateTime.of(clock, ZoneOffset.ofTotalSeconds(offset.charAt(0) == '-' ? -seconds : seconds))
                .toInstant();
    }

    private static LocalDate date(String text) {
        return LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
    }

    /** Whether {@code text} has a digit where {@code shape} has a 0, and otherwise the same characters. */
    private static boolean fits(String text, String shape) {
        if (text.length() != shape.length()) {
            return false;
        }
        for (int i = 0; i < shape.length(); i++) {
            char want = shape.charAt(i);
            if (want == '0' ? !isDigit(text.charAt(i)) : text.charAt(i) != want) {
                return false;
            }
        }
        return true;
    }

    private static int number(String text, int from, int to) {
        return Integer.parseInt(text, from, to, 10);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static @Nullable Instant word(String text, Instant now, ZoneId zone) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        LocalDate day = switch (text) {
            case "today" -> today;
            case "yesterday" -> today.minusDays(1);
            default -> {
                for (DayOfWeek weekday : DayOfWeek.values()) {
                    if (text.equals("last " + weekday.name().toLowerCase(Locale.ROOT))) {
                        yield today.with(TemporalAdjusters.previous(weekday));
                    }
                }
                yield null;
            }
        };
        if (day != null) {
            return day.atStartOfDay(zone).toInstant();
        }
        return text.equals("now") ? now : null;
    }

    /** The span {@code text}, in lower case, stands for; null if none. */
    private static @Nullable Duration span(String text) {
        if (text.isBlank() || !text.strip().equals(text)) {
            return null;
        }
        Duration phrase = phrase(text);
        if (phrase != null) {
            return phrase;
        }
        BigDecimal seconds = BigDecimal.ZERO;
        boolean any = false;
        // in the compact forms 1h30m, 2m30s and 1h30m5s an m is a minute, as everywhere after an h
        boolean minutes = isClockSpan(text);
        int at = 0;
        while (at < text.length()) {
            if (!isDigit(text.charAt(at))) {
                at++;
                continue;
            }
            int number = at;
            boolean point = false;
            while (at < text.length() && (isDigit(text.charAt(at)) || isPoint(text, at) && !point)) {
                point |= text.charAt(at) == '.';
                at++;
            }
            if (at - number > MOST_DIGITS) {
                return null;
            }
            BigDecimal count = new BigDecimal(text.substring(number, at));
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            int unit = at;
            while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
                at++;
            }
            long size = unit(text.substring(unit, at), minutes);
            if (size == 0) {
                return null;
            }
            seconds = seconds.add(count.multiply(BigDecimal.valueOf(size)));
            minutes = size == HOUR;
            any = true;
        }
        if (!any) {
            return null;
        }
        long whole = seconds.setScale(0, RoundingMode.FLOOR).longValueExact();
        long nanos =
                seconds.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue();
        return Duration.ofSeconds(whole, nanos);
    }

    private static boolean isPoint(String text, int at) {
        return text.charAt(at) == '.' && at + 1 < text.length() && isDigit(text.charAt(at + 1));
    }

    /** Whether {@code text} is whole numbers with {@code h}, {@code m} and {@code s} in this order, two at least. */
    private static boolean isClockSpan(String text) {
        String order = "hms";
        int next = 0;
        int parts = 0;
        int at = 0;
        while (at < text.length()) {
            int number = at;
            while (at < text.length() && isDigit(text.charAt(at))) {
                at++;
            }
            if (number == at || at == text.length()) {
                return false;
            }
            int unit = order.indexOf(text.charAt(at), next);
            if (unit < 0 || parts > 0 && unit != next) {
                return false;
            }
            next = unit + 1;
            parts++;
            at++;
        }
        return parts > 1;
    }

    /** Seconds of a unit; 0 if there is no such unit. */
    private static long unit(String word, boolean mIsMinute) {
        return switch (word) {
            case "s", "sec", "second", "seconds" -> 1;
            case "mi", "min", "minute", "minutes" -> MINUTE;
            case "h", "hr", "hour", "hours" -> HOUR;
            case "d", "day", "days" -> DAY;
            case "w", "week", "weeks" -> WEEK;
            case "m" -> mIsMinute ? MINUTE : MONTH;
            case "mo", "month", "months" -> MONTH;
            case "y", "year", "years" -> YEAR;
            default -> 0;
        };
    }

    private static @Nullable Duration phrase(String text) {
        long seconds = switch (text) {
            case "half an hour" -> HOUR / 2;
            case "an hour and a half" -> HOUR + HOUR / 2;
            case "half a day" -> DAY / 2;
            case "a second" -> 1;
            case "a minute" -> MINUTE;
            case "an hour", "a hour" -> HOUR;
            case "a day" -> DAY;
            case "a week" -> WEEK;
            case "a month" -> MONTH;
            case "a year" -> YEAR;
            default -> 0;
        };
        return seconds == 0 ? null : Duration.of(seconds, ChronoUnit.SECONDS);
    }
}
