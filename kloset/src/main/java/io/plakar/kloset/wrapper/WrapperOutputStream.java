package io.plakar.kloset.wrapper;

import io.plakar.connector.ObjectWriter;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/**
 * Writes a payload as a wrapped object into a store's {@link ObjectWriter}: header at once, MAC by {@link #finish()}.
 * Buffered; does not commit and does not close the writer.
 */
public final class WrapperOutputStream extends OutputStream {
    private final ObjectWriter to;
    private final MacStream mac;
    private final byte[] buffer = new byte[256 << 10];
    private int used;
    private long written;

    public WrapperOutputStream(ObjectWriter to, WrappedType type, MacAlgorithm algorithm) throws IOException {
        this.to = to;
        this.mac = algorithm.stream();
        write(Wrapper.header(type));
    }

    /** Bytes of the object so far, header included. */
    public long written() {
        return written;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int at = offset;
        int left = length;
        while (left > 0) {
            if (used == buffer.length) {
                flush();
            }
            int n = Math.min(left, buffer.length - used);
            System.arraycopy(bytes, at, buffer, used, n);
            used += n;
            at += n;
            left -= n;
        }
        written += length;
    }

    @Override
    public void flush() throws IOException {
        mac.update(buffer, 0, used);
        to.write(ByteBuffer.wrap(buffer, 0, used));
        used = 0;
    }

    /** Writes the MAC; the object is complete. */
    public void finish() throws IOException {
        flush();
        to.write(ByteBuffer.wrap(mac.finish().bytes()));
        written += Wrapper.TRAILER_BYTES;
    }
}
