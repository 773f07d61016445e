package io.plakar.connector.tar;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * The uncompressed bytes of an archive in order, with their position. Used by one thread at a time; the content of a
 * member may be read by another thread while the first one waits for it.
 */
final class ArchiveBytes implements AutoCloseable {
    private final InputStream in;
    private long position;

    ArchiveBytes(InputStream in) {
        this.in = in;
    }

    long position() {
        return position;
    }

    /** Reads up to {@code length} bytes; -1 at the end. */
    int read(byte[] into, int offset, int length) throws IOException {
        int count = in.read(into, offset, length);
        if (count > 0) {
            position += count;
        }
        return count;
    }

    /** Fills {@code into} as far as the bytes go; returns how many there were. */
    int readUpTo(byte[] into) throws IOException {
        int total = 0;
        while (total < into.length) {
            int count = read(into, total, into.length - total);
            if (count < 0) {
                break;
            }
            total += count;
        }
        return total;
    }

    /** Goes forward to {@code target}, which must not lie behind. */
    void skipTo(long target) throws IOException {
        while (position < target) {
            // One byte is read, not skipped: some streams skip beyond their end without noticing.
            long step = target - position - 1;
            if (step > 0) {
                long skipped = in.skip(step);
                position += Math.max(skipped, 0);
                if (skipped > 0 && position < target - 1) {
                    continue;
                }
            }
            if (in.read() < 0) {
                throw new EOFException("unexpected end of archive");
            }
            position++;
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
