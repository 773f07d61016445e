package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The one place where a failed call is tried again: when its failure says that this may help, after the time the service
 * asked for, else after a growing pause with jitter, two minutes in all at most. While a service asks to wait, no other
 * call begins. rclone itself has tried some calls up to ten times by then. Safe for many threads.
 */
final class RetryingCalls implements RcCalls {
    /** Passes time; tests do not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private static final int TRIES = 10;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    /** A service which asks for more than this is not waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final RcCalls calls;
    private final Gate gate;
    private final Pause pause;
    private final Renewal renewal;

    /** Makes good what a call was refused for, if that can be: {@code true} when the call may be made again. */
    @FunctionalInterface
    interface Renewal {
        boolean renew(ConnectorException refusal, long began);
    }

    /** @param gate passed by every call; others may close it too */
    RetryingCalls(RcCalls calls, Gate gate, Pause pause, Renewal renewal) {
        this.calls = calls;
        this.gate = gate;
        this.renewal = renewal;
        this.pause = pause;
    }

    /** Something that may be done again after a failure. */
    @FunctionalInterface
    interface Deed<T> {
        T run() throws ConnectorException;
    }

    @Override
    public <T> T call(String what, String command, Duration limit, Parameters parameters, Answer<T> answer)
            throws ConnectorException {
        return retry(what, () -> calls.call(what, command, limit, parameters, answer));
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
        long began = System.nanoTime();
        try {
            return retry(what, gate, pause, deed);
        } catch (ConnectorException e) {
            if (!renewal.renew(e, began)) {
                throw e;
            }
            return retry(what, gate, pause, deed);
        }
    }

    /** Does {@code deed} until it succeeds, or fails for good. */
    static <T> T retry(String what, Gate gate, Pause pause, Deed<T> deed) throws ConnectorException {
        for (int tried = 1; ; tried++) {
            pauseUntilOpen(what, gate, pause);
            try {
                return deed.run();
            } catch (ConnectorException e) {
                Duration advice = e.retryAfter().orElse(null);
                if (advice == null || tried == TRIES || advice.compareTo(PATIENCE) > 0) {
                    throw e;
                }
                if (advice.isPositive()) {
                    gate.close(advice);
                } else {
                    sleep(what, pause, backOff(tried));
                }
            }
        }
    }

    /** Waits before something that has failed so often is done again. */
    static void backOff(String what, int tried) throws ConnectorException {
        sleep(what, Thread::sleep, backOff(tried));
    }

    private static Duration backOff(int tried) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << tried);
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
    }

    private static void pauseUntilOpen(String what, Gate gate, Pause pause) throws ConnectorException {
        for (Duration left = gate.left(); left.isPositive(); left = gate.left()) {
            if (left.compareTo(PATIENCE) > 0) {
                throw new ConnectorException(
                        Reason.UNREACHABLE,
                        what + ": the service asks to wait " + left.toMinutes() + " minutes; try again then");
            }
            sleep(what, pause, left);
        }
    }

    private static void sleep(String what, Pause pause, Duration time) throws ConnectorException {
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
