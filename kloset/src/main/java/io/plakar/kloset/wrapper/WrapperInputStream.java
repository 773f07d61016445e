package io.plakar.kloset.wrapper;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * The payload of a wrapped object, read as a stream. The MAC is verified when the end is reached: whoever uses the
 * payload must read up to the end before trusting it. A damaged object is an {@link IOException} whose cause is the
 * {@link KlosetException}.
 */
public final class WrapperInputStream extends InputStream {
    private final InputStream from;
    private final MacStream mac;
    private final String what;
    private final int version;
    private final byte[] window = new byte[(64 << 10) + Wrapper.TRAILER_BYTES];
    private int position;
    private int filled;
    private boolean ended;

    /** Reads and checks the header. */
    public WrapperInputStream(InputStream from, WrappedType type, MacAlgorithm algorithm, String what)
            throws KlosetException, IOException {
        this.from = from;
        this.what = what;
        byte[] header = from.readNBytes(Wrapper.HEADER_BYTES);
        version = Wrapper.version(header, type, what);
        mac = algorithm.stream();
        mac.update(header, 0, header.length);
    }

    public int version() {
        return version;
    }

    /** Bytes of the window that are surely payload: all but the last 32. */
    private int available(int end) {
        return Math.max(0, end - Wrapper.TRAILER_BYTES - position);
    }

    private boolean fill() throws IOException {
        while (available(filled) == 0) {
            if (ended) {
                return false;
            }
            System.arraycopy(window, position, window, 0, filled - position);
            filled -= position;
            position = 0;
            int n = from.read(window, filled, window.length - filled);
            if (n < 0) {
                ended = true;
                verify();
                return false;
            }
            int before = Math.max(0, filled - Wrapper.TRAILER_BYTES);
            filled += n;
            int after = Math.max(0, filled - Wrapper.TRAILER_BYTES);
            mac.update(window, before, after - before);
        }
        return true;
    }

    private void verify() throws IOException {
        if (filled < Wrapper.TRAILER_BYTES) {
            throw new IOException(new KlosetException.Corrupt(what + " is damaged: it is cut off"));
        }
        byte[] stored = Arrays.copyOfRange(window, filled - Mac.BYTES, filled);
        if (!MessageDigest.isEqual(mac.finish().bytes(), stored)) {
            throw new IOException(new KlosetException.Corrupt(what + " is damaged: its bytes do not match its MAC"));
        }
    }

    @Override
    public int read() throws IOException {
        return fill() ? window[position++] & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, available(filled));
        System.arraycopy(window, position, into, offset, n);
        position += n;
        return n;
    }

    @Override
    public void close() throws IOException {
        from.close();
    }
}
