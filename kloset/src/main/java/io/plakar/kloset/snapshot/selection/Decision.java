package io.plakar.kloset.snapshot.selection;

import org.jspecify.annotations.Nullable;

/**
 * Whether a snapshot that passed the filters is kept, and why. Immutable.
 *
 * @param match the bucket that decided; null if there is no retention rule, or none covers the snapshot
 */
public record Decision(
        Candidate snapshot, boolean keep, @Nullable Match match) {
    /**
     * The place a snapshot has in a bucket.
     *
     * @param rank 1 for the newest of the bucket
     * @param cap how many of the bucket are kept; 0 for all
     */
    public record Match(Period rule, String bucket, int rank, int cap) {}

    /** In the words of a prune plan: {@code match=day:2026-11-23 rank=1 cap=1}, {@code reason=matched filters}. */
    public String reason() {
        if (match != null) {
            return "match=" + match.rule.word() + ":" + match.bucket + " rank=" + match.rank + " cap=" + match.cap;
        }
        return keep ? "reason=matched filters" : "reason=outside retention windows";
    }
}
