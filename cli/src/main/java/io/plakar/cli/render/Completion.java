package io.plakar.cli.render;

import io.plakar.cli.text.Durations;
import io.plakar.cli.text.Sizes;
import java.time.Duration;

/**
 * How a run ended, for its last line.
 *
 * @param workflow {@code backup}, {@code check}, {@code restore}
 * @param fetched bytes read from the store
 * @param stored bytes written to the store, or to the destination of a restore
 * @param summary further fields of the JSON object
 */
public record Completion(
        String workflow, long errors, Duration duration, long fetched, long stored, JsonLines.Body summary) {

    /** {@code without errors}, {@code with 1 error}, {@code with N errors}. */
    String how() {
        return errors == 0 ? "without errors" : errors == 1 ? "with 1 error" : "with " + errors + " errors";
    }

    /** The line for people, coloured with {@code paint}. */
    String line(String shortId, Paint paint) {
        return shortId + ": " + workflow + " completed "
                + (errors == 0 ? paint.good(how()) : paint.bad(how()))
                + " in " + Durations.format(duration)
                + " (in: " + Sizes.format(fetched) + ", out: " + Sizes.format(stored) + ")";
    }
}
