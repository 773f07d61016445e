package io.plakar.connector.rclone;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * What rclone says on its standard error, line by line. It is looked at from time to time rather than waited for, so that
 * {@link #readOn} can be sure of what was said before. Safe for many threads.
 */
final class RcloneLog {
    private static final int POLL_MILLIS = 20;
    private static final int LONGEST_LINE = 1 << 16;

    private final Process process;
    private final InputStream in;
    private final Consumer<String> reader;
    private final ReentrantLock lock = new ReentrantLock();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    /** @param reader told of each line, by one thread at a time */
    RcloneLog(Process process, Consumer<String> reader) {
        this.process = process;
        this.in = process.getErrorStream();
        this.reader = reader;
    }

    /** Follows the log until the process has ended and all is read. */
    void follow() {
        boolean ended = false;
        while (!ended) {
            try {
                ended = process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                // The end of the process is the end of this.
            }
            readOn();
        }
        lock.lock();
        try {
            endLine();
        } finally {
            lock.unlock();
        }
    }

    /** Reads all that rclone has said up to now; its reader has been told when this returns. */
    void readOn() {
        lock.lock();
        try {
            int available;
            while ((available = in.available()) > 0) {
                for (byte b : in.readNBytes(available)) {
                    if (b == '\n' || line.size() == LONGEST_LINE) {
                        endLine();
                    }
                    if (b != '\n') {
                        line.write(b);
                    }
                }
            }
        } catch (IOException e) {
            // The pipe is closed: there is nothing more.
        } finally {
            lock.unlock();
        }
    }

    private void endLine() {
        if (line.size() > 0) {
            reader.accept(line.toString(StandardCharsets.UTF_8));
            line.reset();
        }
    }
}
