package io.plakar.kloset.snapshot.selection;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;

/**
 * What selecting needs to know of a snapshot's header. Immutable; absent texts are empty.
 *
 * @param origins of all its sources, as are {@code types} and {@code roots} (their directories)
 */
public record Candidate(
        Mac id,
        Instant timestamp,
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
        List<BytePath> roots) {
    /** By time, the newest first; snapshots of one instant by id. */
    public static final Comparator<Candidate> NEWEST_FIRST =
            Comparator.comparing(Candidate::timestamp).reversed().thenComparing(Candidate::id);

    public Candidate {
        tags = List.copyOf(tags);
        dataClasses = List.copyOf(dataClasses);
        origins = List.copyOf(origins);
        types = List.copyOf(types);
        roots = List.copyOf(roots);
    }
}
