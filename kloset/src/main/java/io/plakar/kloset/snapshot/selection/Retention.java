package io.plakar.kloset.snapshot.selection;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which snapshots to keep by their age: a rule per kind of calendar bucket; what any rule keeps is kept. Immutable.
 *
 * @param rules in the order of {@link Period}; rules that say nothing are left out
 * @param groupBy if given, the rules apply to each group alone, and what any group keeps is kept
 */
public record Retention(Map<Period, Rule> rules, @Nullable GroupBy groupBy) {
    /** Keeps everything. */
    public static final Retention ALL = new Retention(Map.of(), null);

    /**
     * How much to keep of one kind of bucket.
     *
     * @param keep number of buckets from the current one back; 0 for every bucket
     * @param cap number of newest snapshots kept in each bucket; 0 for all
     */
    public record Rule(int keep, int cap) {
        public Rule {
            if (keep < 0 || cap < 0) {
                throw new IllegalArgumentException("a retention rule counts from 0: " + keep + ", " + cap);
            }
        }
    }

    public Retention {
        EnumMap<Period, Rule> ordered = new EnumMap<>(Period.class);
        for (Map.Entry<Period, Rule> rule : rules.entrySet()) {
            if (rule.getValue().keep > 0 || rule.getValue().cap > 0) {
                ordered.put(rule.getKey(), rule.getValue());
            }
        }
        rules = Collections.unmodifiableMap(ordered);
    }

    /** One decision for each snapshot, in the order given, which must be newest first. */
    public List<Decision> decide(List<Candidate> newestFirst, Instant now) {
        List<Decision> decisions = new ArrayList<>(newestFirst.size());
        if (rules.isEmpty()) {
            for (Candidate snapshot : newestFirst) {
                decisions.add(new Decision(snapshot, true, null));
            }
            return decisions;
        }
        Map<Object, Tally> groups = new LinkedHashMap<>();
        for (Candidate snapshot : newestFirst) {
            Decision decision = null;
            for (Object group : groupBy == null ? List.of("") : groupBy.groups(snapshot)) {
                Decision next =
                        groups.computeIfAbsent(group, g -> new Tally(now)).decide(snapshot);
                if (decision == null || isStronger(next, decision)) {
                    decision = next;
                }
            }
            decisions.add(decision == null ? new Decision(snapshot, false, null) : decision);
        }
        return decisions;
    }

    /** Keeping outweighs not keeping; a bucket that was full outweighs none. */
    private static boolean isStronger(Decision next, Decision decision) {
        return next.keep() && !decision.keep() || !decision.keep() && decision.match() == null && next.match() != null;
    }

    /** Counts the snapshots of one group per bucket, as they come by from the newest on. */
    private final class Tally {
        private final Instant now;
        private final EnumMap<Period, Map<Long, Integer>> counts = new EnumMap<>(Period.class);

        private Tally(Instant now) {
            this.now = now;
        }

        Decision decide(Candidate snapshot) {
            Decision decision = new Decision(snapshot, false, null);
            for (Map.Entry<Period, Rule> entry : rules.entrySet()) {
                Period period = entry.getKey();
                Rule rule = entry.getValue();
                Instant time = snapshot.timestamp();
                if (!period.covers(time)) {
                    continue;
                }
                long bucket = period.bucket(time);
                long age = period.currentBucket(now) - bucket;
                if (rule.keep > 0 && (age < 0 || age >= rule.keep)) {
                    continue;
                }
                int rank = counts.computeIfAbsent(period, p -> new HashMap<>()).merge(bucket, 1, Integer::sum);
                boolean keep = rule.cap == 0 || rank <= rule.cap;
                Decision next = new Decision(
                        snapshot, keep, new Decision.Match(period, period.bucketName(time), rank, rule.cap));
                if (isStronger(next, decision)) {
                    decision = next;
                }
            }
            return decision;
        }
    }
}
