package io.plakar.server.store;

import java.io.IOException;

/** Ends transfers that would never end: after a minute's grace each needs an average of a KiB in a second. One thread's. */
final class Pace {
    private static final long GRACE_NANOS = 60_000_000_000L;
    private static final long NANOS_PER_BYTE = 1_000_000_000L / 1024;

    private final long start = System.nanoTime();
    private long bytes;

    void moved(long count) throws IOException {
        bytes += count;
        if ((System.nanoTime() - start - GRACE_NANOS) / NANOS_PER_BYTE > bytes) {
            throw new IOException("the other side is too slow");
        }
    }
}
