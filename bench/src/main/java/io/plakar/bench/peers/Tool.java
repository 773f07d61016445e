package io.plakar.bench.peers;

import java.util.List;
import java.util.Map;

/** A backup program: which words make it do a step. Immutable. */
sealed interface Tool permits Plakar, Restic, Rustic, Borg, Kopia {
    /** Good enough for every program's rule, and the same for all. */
    String PASSPHRASE = "correct horse battery staple 42!";

    String name();

    List<String> version();

    Map<String, String> environment(Place place);

    /**
     * The command for {@code step}, started in {@link Place#restored()}.
     *
     * @param newest the last backup step that was run; only for programs in which the user names the snapshots
     */
    List<String> command(Step step, Place place, Step newest);

    /** What must be run after a step for the ones to come, unmeasured; mostly nothing. */
    default List<List<String>> afterwards(Step step, Place place) {
        return List.of();
    }
}
