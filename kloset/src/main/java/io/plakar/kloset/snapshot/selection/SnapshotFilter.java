package io.plakar.kloset.snapshot.selection;

import io.plakar.connector.BytePath;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What snapshots must be like to be chosen: all criteria given must hold; then, if asked for, only the newest is left;
 * then retention decides. Immutable; built by {@link Builder}.
 *
 * @param before keeps snapshots not later than this
 * @param since keeps snapshots not earlier than this
 * @param name must be equal, as must the next five; empty asks nothing
 * @param tags all must be there; one that begins with {@code !} must not
 * @param dataClasses any must be there; likewise {@code origins} and {@code types}
 * @param roots all must be among the sources' directories
 */
public record SnapshotFilter(
        @Nullable Instant before,
        @Nullable Instant since,
        String name,
        String category,
        String environment,
        String perimeter,
        String job,
        String dataset,
        List<String> tags,
        List<String> dataClasses,
        List<String> origins,
        List<String> types,
        List<BytePath> roots,
        boolean latest,
        Retention retention) {
    /** Chooses every snapshot. */
    public static final SnapshotFilter ALL = new Builder().build();

    public SnapshotFilter {
        tags = List.copyOf(tags);
        dataClasses = List.copyOf(dataClasses);
        origins = List.copyOf(origins);
        types = List.copyOf(types);
        roots = List.copyOf(roots);
    }

    /** Whether nothing at all was asked for. */
    public boolean isEmpty() {
        return equals(ALL);
    }

    /** Whether {@code snapshot} meets every criterion but {@link #latest} and {@link #retention}. */
    public boolean accepts(Candidate snapshot) {
        return (before == null || !snapshot.timestamp().isAfter(before))
                && (since == null || !snapshot.timestamp().isBefore(since))
                && isAsked(name, snapshot.name())
                && isAsked(category, snapshot.category())
                && isAsked(environment, snapshot.environment())
                && isAsked(perimeter, snapshot.perimeter())
                && isAsked(job, snapshot.job())
                && isAsked(dataset, snapshot.dataset())
                && hasTags(snapshot.tags())
                && hasAny(dataClasses, snapshot.dataClasses())
                && hasAny(origins, snapshot.origins())
                && hasAny(types, snapshot.types())
                && snapshot.roots().containsAll(roots);
    }

    private static boolean isAsked(String asked, String value) {
        return asked.isEmpty() || asked.equals(value);
    }

    private static boolean hasAny(List<String> asked, List<String> values) {
        if (asked.isEmpty()) {
            return true;
        }
        for (String value : asked) {
            if (values.contains(value)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasTags(List<String> values) {
        for (String tag : tags) {
            boolean unwanted = tag.startsWith("!");
            if (values.contains(unwanted ? tag.substring(1) : tag) == unwanted) {
                return false;
            }
        }
        return true;
    }

    /** A decision for each snapshot which passes the filters, newest first. */
    public List<Decision> decide(List<Candidate> snapshots, Instant now) {
        List<Candidate> passed = new ArrayList<>();
        for (Candidate snapshot : snapshots) {
            if (accepts(snapshot)) {
                passed.add(snapshot);
            }
        }
        passed.sort(Candidate.NEWEST_FIRST);
        if (latest && passed.size() > 1) {
            passed = passed.subList(0, 1);
        }
        return retention.decide(passed, now);
    }

    /** The snapshots chosen: those which pass the filters and are kept, newest first. */
    public List<Candidate> select(List<Candidate> snapshots, Instant now) {
        List<Candidate> chosen = new ArrayList<>();
        for (Decision decision : decide(snapshots, now)) {
            if (decision.keep()) {
                chosen.add(decision.snapshot());
            }
        }
        return chosen;
    }

    /** A builder which holds what this filter asks, to be overridden field by field. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.before = before;
        builder.since = since;
        builder.name = name;
        builder.category = category;
        builder.environment = environment;
        builder.perimeter = perimeter;
        builder.job = job;
        builder.dataset = dataset;
        builder.tags = tags;
        builder.dataClasses = dataClasses;
        builder.origins = origins;
        builder.types = types;
        builder.roots = roots;
        builder.latest = latest;
        builder.rules.putAll(retention.rules());
        builder.groupBy = retention.groupBy();
        return builder;
    }

    /** Collects criteria; for one thread. Lists given replace those set before. */
    public static final class Builder {
        private @Nullable Instant before;
        private @Nullable Instant since;
        private String name = "";
        private String category = "";
        private String environment = "";
        private String perimeter = "";
        private String job = "";
        private String dataset = "";
        private List<String> tags = List.of();
        private List<String> dataClasses = List.of();
        private List<String> origins = List.of();
        private List<String> types = List.of();
        private List<BytePath> roots = List.of();
        private boolean latest;
        private final Map<Period, Retention.Rule> rules = new EnumMap<>(Period.class);
        private @Nullable GroupBy groupBy;

        public Builder before(@Nullable Instant value) {
            before = value;
            return this;
        }

        public Builder since(@Nullable Instant value) {
            since = value;
            return this;
        }

        public Builder name(String value) {
            name = value;
            return this;
        }

        public Builder category(String value) {
            category = value;
            return this;
        }

        public Builder environment(String value) {
            environment = value;
            return this;
        }

        public Builder perimeter(String value) {
            perimeter = value;
            return this;
        }

        public Builder job(String value) {
            job = value;
            return this;
        }

        public Builder dataset(String value) {
            dataset = value;
            return this;
        }

        /** Each value may be a comma separated list, as may those of the next methods. */
        public Builder tags(List<String> values) {
            tags = split(values);
            return this;
        }

        public Builder dataClasses(List<String> values) {
            dataClasses = split(values);
            return this;
        }

        public Builder origins(List<String> values) {
            origins = split(values);
            return this;
        }

        public Builder types(List<String> values) {
            types = split(values);
            return this;
        }

        /** Paths as they were typed; each value may be a comma separated list. */
        public Builder roots(List<byte[]> values) {
            List<BytePath> paths = new ArrayList<>();
            for (byte[] value : values) {
                int start = 0;
                for (int i = 0; i <= value.length; i++) {
                    if (i < value.length && value[i] != ',') {
                        continue;
                    }
                    int from = start;
                    int to = i;
                    while (from < to && value[from] == ' ') {
                        from++;
                    }
                    while (to > from && value[to - 1] == ' ') {
                        to--;
                    }
                    if (from < to) {
                        paths.add(BytePath.clean(Arrays.copyOfRange(value, from, to)));
                    }
                    start = i + 1;
                }
            }
            roots = paths;
            return this;
        }

        public Builder latest(boolean value) {
            latest = value;
            return this;
        }

        /** Keeps what lies in the last {@code buckets} buckets of this kind; 0 for all buckets. */
        public Builder keep(Period period, int buckets) {
            rules.put(period, new Retention.Rule(buckets, rule(period).cap()));
            return this;
        }

        /** Keeps the newest {@code snapshots} of each bucket of this kind; 0 for all. */
        public Builder cap(Period period, int snapshots) {
            rules.put(period, new Retention.Rule(rule(period).keep(), snapshots));
            return this;
        }

        private Retention.Rule rule(Period period) {
            return rules.getOrDefault(period, new Retention.Rule(0, 0));
        }

        public Builder groupBy(@Nullable GroupBy value) {
            groupBy = value;
            return this;
        }

        private static List<String> split(List<String> values) {
            List<String> parts = new ArrayList<>();
            for (String value : values) {
                for (String part : value.split(",", -1)) {
                    if (!part.isBlank()) {
                        parts.add(part.strip());
                    }
                }
            }
            return parts;
        }

        public SnapshotFilter build() {
            return new SnapshotFilter(
                    before,
                    since,
                    name,
                    category,
                    environment,
                    perimeter,
                    job,
                    dataset,
                    tags,
                    dataClasses,
                    origins,
                    types,
                    roots,
                    latest,
                    new Retention(rules, groupBy));
        }
    }
}
