package io.plakar.connector.http;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The one place where a failed call is tried again: when its failure says that this may help, after the time the server
 * asked for, else after a growing pause with jitter. Safe for many threads.
 */
final class RetryingCalls implements Calls {
    /** Passes time; tests do not. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private static final int TRIES = 6;
    private static final long FIRST_PAUSE_MILLIS = 250;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    /** A server which asks for more than this is not waited for. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Calls calls;
    private final Pause pause;

    RetryingCalls(Calls calls, Pause pause) {
        this.calls = calls;
        this.pause = pause;
    }

    @FunctionalInterface
    private interface Deed<T> {
        T run() throws ConnectorException;
    }

    @Override
    public <T> T call(Call call, Reader<T> reader) throws ConnectorException {
        return retry(call.what(), () -> calls.call(call, reader));
    }

    @Override
    public InputStream open(Call call) throws ConnectorException {
        return retry(call.what(), () -> calls.open(call));
    }

    private <T> T retry(String what, Deed<T> deed) throws ConnectorException {
        for (int tried = 1; ; tried++) {
            try {
                return deed.run();
            } catch (ConnectorException e) {
                Duration advice = e.retryAfter().orElse(null);
                if (advice == null || tried == TRIES || advice.compareTo(PATIENCE) > 0) {
                    throw e;
                }
                sleep(what, advice.isPositive() ? advice : backOff(tried));
            }
        }
    }

    private static Duration backOff(int tried) {
        long longest = Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << tried);
        return Duration.ofMillis(longest / 2 + ThreadLocalRandom.current().nextLong(longest / 2 + 1));
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
