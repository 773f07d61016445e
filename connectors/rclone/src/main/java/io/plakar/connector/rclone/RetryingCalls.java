package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one place where a failed call is tried again: when its failure says that this may help, after the time the service
 * asked for, else after a growing pause with jitter. While a service asks to wait, no other call begins. rclone itself
 * has tried up to ten times by then. Safe for many threads.
 */
final class RetryingCalls implements RcCalls {
    /** Passes time; tests do not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private static final int TRIES = 6;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    /** A service which asks for more than this is not waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final RcCalls calls;
    private final Pause pause;

    /** Until when nobody may call, in {@link System#nanoTime}; the start value lies in the past. */
    private final AtomicLong closedUntil = new AtomicLong(System.nanoTime());

    RetryingCalls(RcCalls calls, Pause pause) {
        this.calls = calls;
        this.pause = pause;
    }

    @FunctionalInterface
    private interface Deed<T> {
        T run() throws ConnectorException;
    }

    @Override
    public <T> T call(String what, String command, Parameters parameters, Answer<T> answer) throws ConnectorException {
        return retry(what, () -> calls.call(what, command, parameters, answer));
    }

    @Override
    public Content open(String what, String fs, String path, long offset, long length) throws ConnectorException {
        return retry(what, () -> calls.open(what, fs, path, offset, length));
    }

    @Override
    public Content openServed(String what, String path) throws ConnectorException {
        return retry(what, () -> calls.openServed(what, path));
    }

    @Override
    public List<RemoteEntry> listServed(String what, String directory) throws ConnectorException {
        return retry(what, () -> calls.listServed(what, directory));
    }

    private <T> T retry(String what, Deed<T> deed) throws ConnectorException {
        for (int tried = 1; ; tried++) {
            pauseUntilOpen(what);
            try {
                return deed.run();
            } catch (ConnectorException e) {
                Duration advice = e.retryAfter().orElse(null);
                if (advice == null || tried == TRIES || advice.compareTo(PATIENCE) > 0) {
                    throw e;
                }
                if (advice.isPositive()) {
                    long until = System.nanoTime() + advice.toNanos();
                    closedUntil.accumulateAndGet(until, (a, b) -> a - b > 0 ? a : b);
                } else {
                    sleep(what, backOff(tried));
                }
            }
        }
    }

    private static Duration backOff(int tried) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << tried);
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }

    private void pauseUntilOpen(String what) throws ConnectorException {
        long left = closedUntil.get() - System.nanoTime();
        if (left > 0) {
            sleep(what, Duration.ofNanos(left));
        }
    }

    private void sleep(String what, Duration time) throws ConnectorException {
        try {
            pause.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(Reason.FAILED, what + ": cancelled", e);
        }
    }

    @Override
    public void close() {
        calls.close();
    }
}
