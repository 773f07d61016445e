package io.plakar.cli.terminal;

import io.plakar.app.RawText;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/**
 * A standard stream as bytes, with one buffer. Safe for use by many threads; each call's bytes stay together. Text is
 * {@link RawText}, so a name which is not UTF-8 comes out as it is.
 */
public final class Output implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 16;

    /** The reader at the other end of the pipe has gone: there is nobody to tell, the run ends quietly. */
    public static final class ClosedByReader extends RuntimeException {
        private static final long serialVersionUID = 1;

        /** What a shell shows for a program killed by SIGPIPE. */
        public static final int STATUS = 141;

        ClosedByReader(IOException cause) {
            super(cause);
        }
    }

    private final OutputStream stream;
    private final boolean flushLines;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;
    private boolean broken;

    /**
     * @param flushLines send every call's bytes at once, for streams somebody is looking at
     */
    public Output(OutputStream stream, boolean flushLines) {
        this.stream = stream;
        this.flushLines = flushLines;
    }

    public void text(String text) {
        bytes(RawText.encode(text));
    }

    public void line(String text) {
        bytes(RawText.encode(text + "\n"));
    }

    public void bytes(byte[] bytes) {
        bytes(bytes, 0, bytes.length);
    }

    public synchronized void bytes(byte[] bytes, int offset, int length) {
        if (length > buffer.length - used) {
            drain();
        }
        if (length > buffer.length) {
            send(bytes, offset, length);
        } else {
            System.arraycopy(bytes, offset, buffer, used, length);
            used += length;
        }
        if (flushLines) {
            flush();
        }
    }

    /** Sends what is buffered. */
    public synchronized void flush() {
        drain();
        try {
            if (!broken) {
                stream.flush();
            }
        } catch (IOException e) {
            fail(e);
        }
    }

    /** An {@code OutputStream} on the same buffer, for writers which need one. Closing it only flushes. */
    public OutputStream stream() {
        return new OutputStream() {
            @Override
            public void write(int b) {
                bytes(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                Output.this.bytes(bytes, offset, length);
            }

            @Override
            public void flush() {
                Output.this.flush();
            }
        };
    }

    @Override
    public void close() {
        flush();
    }

    private void drain() {
        int length = used;
        used = 0;
        if (length > 0) {
            send(buffer, 0, length);
        }
    }

    private void send(byte[] bytes, int offset, int length) {
        if (broken) {
            return;
        }
        try {
            stream.write(bytes, offset, length);
        } catch (IOException e) {
            fail(e);
        }
    }

    private void fail(IOException e) {
        broken = true;
        String message = e.getMessage();
        if (message != null && (message.contains("Broken pipe") || message.contains("pipe is being closed"))) {
            throw new ClosedByReader(e);
        }
        throw new UncheckedIOException(e);
    }
}
