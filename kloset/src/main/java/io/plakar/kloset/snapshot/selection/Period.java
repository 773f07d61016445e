package io.plakar.kloset.snapshot.selection;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A kind of calendar bucket, in UTC. A weekday's buckets are that day of each ISO week. */
public enum Period {
    MINUTE,
    HOUR,
    DAY,
    WEEK,
    MONTH,
    YEAR,
    MONDAY(DayOfWeek.MONDAY),
    TUESDAY(DayOfWeek.TUESDAY),
    WEDNESDAY(DayOfWeek.WEDNESDAY),
    THURSDAY(DayOfWeek.THURSDAY),
    FRIDAY(DayOfWeek.FRIDAY),
    SATURDAY(DayOfWeek.SATURDAY),
    SUNDAY(DayOfWeek.SUNDAY);

    private static final long SECONDS_PER_MINUTE = 60;
    private static final long SECONDS_PER_HOUR = 3600;

    private final @Nullable DayOfWeek weekday;

    Period() {
        this(null);
    }

    Period(@Nullable DayOfWeek weekday) {
        this.weekday = weekday;
    }

    /** The word used for it in options, policies and reasons: {@code minute}, {@code monday}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether {@code time} lies in any bucket of this kind: not every day is a Monday. */
    boolean covers(Instant time) {
        return weekday == null || date(time).getDayOfWeek() == weekday;
    }

    /** Running number of the bucket which holds {@code time}; the bucket before it has the number before. */
    long bucket(Instant time) {
        return switch (this) {
            case MINUTE -> Math.floorDiv(time.getEpochSecond(), SECONDS_PER_MINUTE);
            case HOUR -> Math.floorDiv(time.getEpochSecond(), SECONDS_PER_HOUR);
            case DAY -> date(time).toEpochDay();
            case MONTH -> date(time).getYear() * 12L + date(time).getMonthValue();
            case YEAR -> date(time).getYear();
            // weeks begin on Monday, and day 0 was a Thursday
            default -> Math.floorDiv(date(time).toEpochDay() + 3, 7L);
        };
    }

    /** Number of the newest bucket that has begun at {@code now}. */
    long currentBucket(Instant now) {
        boolean yetToCome = weekday != null && date(now).getDayOfWeek().compareTo(weekday) < 0;
        return yetToCome ? bucket(now) - 1 : bucket(now);
    }

    /** Name of the bucket which holds {@code time}: {@code 2026-11-23}, {@code 2026-W48-monday}. */
    String bucketName(Instant time) {
        LocalDateTime t = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        String month = String.format(Locale.ROOT, "%04d-%02d", t.getYear(), t.getMonthValue());
        String day = String.format(Locale.ROOT, "%s-%02d", month, t.getDayOfMonth());
        String week = String.format(
                Locale.ROOT, "%04d-W%02d", t.get(IsoFields.WEEK_BASED_YEAR), t.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
        return switch (this) {
            case MINUTE -> String.format(Locale.ROOT, "%s-%02d:%02d", day, t.getHour(), t.getMinute());
            case HOUR -> String.format(Locale.ROOT, "%s-%02d", day, t.getHour());
            case DAY -> day;
            case WEEK -> week;
            case MONTH -> month;
            case YEAR -> String.format(Locale.ROOT, "%04d", t.getYear());
            default -> week + "-" + word();
        };
    }

    private static LocalDate date(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC);
    }
}
