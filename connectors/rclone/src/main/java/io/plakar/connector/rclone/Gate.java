package io.plakar.connector.rclone;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closed while a service asks to wait: what is about to call it waits here. Safe for many threads; lives as long as its
 * remote.
 */
final class Gate {
    /** Waiting a little longer than asked costs nothing; a moment less counts as a call too early. */
    private static final Duration MARGIN = Duration.ofMillis(50);

    /** In {@link System#nanoTime}; the start value lies in the past. */
    private final AtomicLong closedUntil = new AtomicLong(System.nanoTime());

    /** Lets nobody through for {@code wait} from now, and somewhat longer. */
    void close(Duration wait) {
        long until = System.nanoTime() + wait.plus(MARGIN).toNanos();
        closedUntil.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
    }

    /** How long it is closed still; zero or less when it is open. */
    Duration left() {
        return Duration.ofNanos(closedUntil.get() - System.nanoTime());
    }

    /** Waits until it is open. */
    void pass() throws InterruptedException {
        for (long left = left().toNanos(); left > 0; left = left().toNanos()) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }
}
