package io.plakar.server.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something a job had to tell.
 *
 * @param number counted from 0
 * @param path what it is about, null for the job as a whole
 */
public record LogLine(
        long number, Instant time, Level level, @Nullable String path, String message) {
    /** How bad it is. */
    public enum Level {
        INFO,
        WARNING,
        ERROR
    }
}
