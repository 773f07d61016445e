package io.plakar.cli.render;

import io.plakar.cli.text.Sizes;
import java.time.Duration;
import java.util.Locale;

/**
 * The text of the progress line, and the arithmetic behind it: a moving average of the rate, and from it the time left
 * by bytes. For one thread.
 */
final class ProgressText {
    private static final double WEIGHT_OF_NEWEST = 0.2;
    private static final long SAMPLE_NANOS = 200_000_000L;
    /** Before this the rate says nothing yet. */
    private static final long QUIET_NANOS = 2_000_000_000L;

    private final long start;
    private long sampledAt;
    private long sampledBytes;
    private double rate;
    private boolean hasRate;

    ProgressText(long startNanos) {
        this.start = startNanos;
        this.sampledAt = startNanos;
    }

    /** What is shown. */
    record State(String shortId, String phase, long done, long planned, long errors, String path) {}

    /**
     * The line for the moment {@code now}, at most {@code width} columns of ASCII and names.
     *
     * @param now nanoseconds on the clock of the start
     */
    String at(long now, State state, int width) {
        sample(now, state.done());
        StringBuilder line = new StringBuilder(width);
        line.append(elapsed(now - start)).append(' ').append(state.shortId()).append(' ');
        if (!state.phase().isEmpty()) {
            line.append(state.phase()).append(' ');
        }
        line.append(Sizes.format(state.done()));
        if (state.planned() > 0 && state.planned() >= state.done()) {
            line.append(" of ")
                    .append(Sizes.format(state.planned()))
                    .append(' ')
                    .append(state.done() * 100.0 / state.planned() >= 100 ? 100 : state.done() * 100 / state.planned())
                    .append('%');
        }
        if (hasRate && rate >= 1) {
            line.append(' ').append(Sizes.format((long) rate)).append("/s");
            long left = state.planned() - state.done();
            if (left > 0 && now - start >= QUIET_NANOS) {
                line.append(" ETA ").append(left(Duration.ofSeconds((long) Math.ceil(left / rate))));
            }
        }
        if (state.errors() > 0) {
            line.append(" errors=").append(state.errors());
        }
        if (!state.path().isEmpty()) {
            int room = width - line.length() - 1;
            if (room >= 8) {
                line.append(' ').append(shorten(state.path(), room));
            }
        }
        return line.length() > width ? line.substring(0, width) : line.toString();
    }

    private void sample(long now, long done) {
        long passed = now - sampledAt;
        if (passed < SAMPLE_NANOS) {
            return;
        }
        double current = (done - sampledBytes) * 1e9 / passed;
        rate = hasRate ? WEIGHT_OF_NEWEST * current + (1 - WEIGHT_OF_NEWEST) * rate : current;
        hasRate = true;
        sampledAt = now;
        sampledBytes = done;
    }

    private static String elapsed(long nanos) {
        long seconds = nanos / 1_000_000_000L;
        return seconds >= 3600
                ? String.format(Locale.ROOT, "[%02d:%02d:%02d]", seconds / 3600, seconds / 60 % 60, seconds % 60)
                : String.format(Locale.ROOT, "[%02d:%02d]", seconds / 60, seconds % 60);
    }

    private static String left(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds >= 3600) {
            return String.format(Locale.ROOT, "%dh%02dm", seconds / 3600, seconds / 60 % 60);
        }
        return seconds >= 60 ? String.format(Locale.ROOT, "%dm%02ds", seconds / 60, seconds % 60) : seconds + "s";
    }

    /** Leaves out whole components at the front until {@code path} fits; a name too long by itself loses its front. */
    static String shorten(String path, int room) {
        if (path.length() <= room) {
            return path;
        }
        int from = path.length() - (room - 3);
        int slash = path.indexOf('/', from);
        return "..." + (slash >= 0 ? path.substring(slash) : path.substring(from));
    }
}
