package io.plakar.cli;

import io.plakar.app.Failure;
import io.plakar.app.RawText;
import io.plakar.cli.text.Times;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.selection.GroupBy;
import io.plakar.kloset.snapshot.selection.Period;
import io.plakar.kloset.snapshot.selection.SnapshotFilter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The options that choose snapshots (cli §7.1), as flags and as the filter they make. */
public final class FilterOptions {
    /** By the header; without {@code -group-by} and periods. */
    private static final List<Flag> HEADER = List.of(
            Flag.string("before", "filter by date"),
            Flag.string("category", "filter by category"),
            Flag.list("data-class", "filter by data class (repeat or comma-separated)."),
            Flag.string("dataset", "filter by dataset"),
            Flag.string("environment", "filter by environment"),
            Flag.string("job", "filter by job"),
            Flag.bool("latest", "consider only the latest matching item"),
            Flag.bool("local", "take dates without a time zone as local time"),
            Flag.string("name", "filter by name"),
            Flag.list("origin", "filter by backup origin (repeat or comma-separated)."),
            Flag.string("perimeter", "filter by perimeter"),
            Flag.list("root", "filter by root (repeat)."),
            Flag.string("since", "filter by date"),
            Flag.list(
                    "tag",
                    "filter by tag (repeat or comma-separated). All specified tags must be present; !tag must not."),
            Flag.list("type", "filter by backup type (repeat or comma-separated). Type is fs, s3, ..."));

    private static final Flag GROUP_BY = Flag.string(
            "group-by",
            "group results by key: name, category, environment, perimeter, job, dataset, data-class, tag, origin,"
                    + " type, root.");

    private FilterOptions() {}

    /** All of them. */
    public static List<Flag> all() {
        List<Flag> flags = new ArrayList<>(HEADER);
        flags.add(GROUP_BY);
        for (Period period : Period.values()) {
            String shown = shown(period);
            flags.add(Flag.integer(period.word() + "s", "keep snapshots for the last N " + shown + "s"));
            flags.add(Flag.integer(
                    "per-" + period.word(),
                    "cap the number of kept snapshots per " + shown + (shown.equals(period.word()) ? "" : " bucket")));
        }
        return flags;
    }

    /** Those that look at the header only, as {@code rm} takes them. */
    public static List<Flag> header() {
        List<Flag> flags = new ArrayList<>(HEADER);
        flags.add(GROUP_BY);
        return flags;
    }

    private static String shown(Period period) {
        String word = period.word();
        return word.endsWith("day") && !word.equals("day")
                ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1)
                : word;
    }

    /**
     * The filter the options make.
     *
     * @throws Failure when a value cannot be used
     */
    public static SnapshotFilter filter(Options options, Instant now, ZoneId zone, Notices notices) throws Failure {
        SnapshotFilter.Builder filter = new SnapshotFilter.Builder()
                .before(time(options, "before", now, zone, notices))
                .since(time(options, "since", now, zone, notices))
                .name(options.value("name", ""))
                .category(options.value("category", ""))
                .environment(options.value("environment", ""))
                .perimeter(options.value("perimeter", ""))
                .job(options.value("job", ""))
                .dataset(options.value("dataset", ""))
                .tags(options.all("tag"))
                .dataClasses(options.all("data-class"))
                .origins(options.all("origin"))
                .types(options.all("type"))
                .roots(options.all("root").stream().map(RawText::encode).toList())
                .latest(options.flag("latest"));
        for (Period period : Period.values()) {
            int keep = count(options, period.word() + "s");
            if (keep > 0) {
                filter.keep(period, keep);
            }
            int cap = count(options, "per-" + period.word());
            if (cap > 0) {
                filter.cap(period, cap);
            }
        }
        String group = options.value("group-by");
        if (group != null) {
            try {
                filter.groupBy(GroupBy.of(group));
            } catch (KlosetException.Invalid e) {
                throw Options.invalid("group-by", group, String.valueOf(e.getMessage()));
            }
        }
        return filter.build();
    }

    private static int count(Options options, String name) throws Failure {
        int value = options.integer(name, 0);
        if (value < 0) {
            throw Options.invalid(name, String.valueOf(value), "negative value");
        }
        return value;
    }

    /** The time an option gives, or null. */
    public static @Nullable Instant time(Options options, String name, Instant now, ZoneId zone, Notices notices)
            throws Failure {
        String value = options.value(name);
        if (value == null || value.isEmpty()) {
            return null;
        }
        ZoneId dates = options.flag("local") ? zone : ZoneOffset.UTC;
        try {
            if (value.matches("\\d+m") && Integer.parseInt(value.substring(0, value.length() - 1)) > 12) {
                notices.warn("-" + name + " " + value + " means " + value.replace("m", "") + " months; write "
                        + value.replace("m", "mi") + " for minutes");
            }
            return Times.parse(value, now, dates).orElse(null);
        } catch (IllegalArgumentException e) {
            throw Options.invalid(name, value, String.valueOf(e.getMessage()));
        }
    }
}
