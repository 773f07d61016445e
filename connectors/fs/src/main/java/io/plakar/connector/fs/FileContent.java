package io.plakar.connector.fs;

import io.plakar.connector.ConnectorException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;

/** A file read from its start to its end, as a channel or as a stream. Owns the file. Used by one thread. */
final class FileContent implements ReadableByteChannel {
    private final InputFile file;
    private long position;
    private boolean open = true;

    FileContent(InputFile file) {
        this.file = file;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (!open) {
            throw new ClosedChannelException();
        }
        int count = file.read(into, position);
        if (count > 0) {
            position += count;
        }
        return count;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        open = false;
        file.close();
    }

    /** The rest as a stream; closing it closes this. */
    InputStream stream() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                return length == 0 ? 0 : FileContent.this.read(ByteBuffer.wrap(into, offset, length));
            }

            @Override
            public int available() throws ConnectorException {
                return Math.clamp(file.size() - position, 0, Integer.MAX_VALUE);
            }

            @Override
            public void close() {
                FileContent.this.close();
            }
        };
    }
}
