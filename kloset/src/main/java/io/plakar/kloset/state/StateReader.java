package io.plakar.kloset.state;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Streams the decoded bytes of one state (format-storage §10.1) into a {@link StateVisitor}. One use, one thread;
 * memory does not depend on the size of the state.
 */
public final class StateReader {
    /** The wrapper version whose streams begin with the parent; every lower one has none. */
    public static final int VERSION_WITH_PARENT = 0x00010100;

    private static final int BUFFER = 1 << 16;

    private final Mac state;
    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int position;
    private int limit;

    private StateReader(Mac state, InputStream in) {
        this.state = state;
        this.in = in;
    }

    /**
     * Reads the stream to its end and leaves it open.
     *
     * @param state the id of the state, for messages
     * @param wrapperVersion the version in the wrapper the stream came from
     * @throws KlosetException.Corrupt when the stream is truncated, malformed or goes on after its end. An
     *     {@link IOException} of the stream that carries another KlosetException is rethrown as that one, a
     *     {@link ConnectorException} becomes {@link KlosetException.Unreachable}.
     */
    public static StateTrailer read(Mac state, int wrapperVersion, InputStream plain, StateVisitor visitor)
            throws KlosetException {
        return new StateReader(state, plain).read(wrapperVersion, visitor);
    }

    private StateTrailer read(int wrapperVersion, StateVisitor visitor) throws KlosetException {
        Mac parent = Mac.ZERO;
        if (wrapperVersion == VERSION_WITH_PARENT) {
            parent = Mac.of(buffer, take(Mac.BYTES));
        }
        visitor.parent(parent);
        for (; ; ) {
            int code = buffer[take(1)] & 0xff;
            if (code == StateFormat.END) {
                return trailer(parent);
            }
            entry(code, (int) StateFormat.INT.get(buffer, take(4)), visitor);
        }
    }

    private void entry(int code, int length, StateVisitor visitor) throws KlosetException {
        switch (code) {
            case StateFormat.LOCATION -> {
                int at = take(code, length, StateFormat.LOCATION_LENGTH);
                visitor.location(
                        buffer[at] & 0xff,
                        (int) StateFormat.INT.get(buffer, at + 1),
                        Mac.of(buffer, at + 5),
                        Mac.of(buffer, at + 37),
                        (long) StateFormat.LONG.get(buffer, at + 69),
                        (int) StateFormat.INT.get(buffer, at + 77),
                        (int) StateFormat.INT.get(buffer, at + 81));
            }
            case StateFormat.COLOURED -> {
                int at = take(code, length, StateFormat.COLOURED_LENGTH);
                visitor.coloured(
                        buffer[at] & 0xff, Mac.of(buffer, at + 1), (long) StateFormat.LONG.get(buffer, at + 33));
            }
            case StateFormat.PACKFILE -> {
                int at = take(code, length, StateFormat.PACKFILE_LENGTH);
                visitor.packfile(
                        Mac.of(buffer, at), Mac.of(buffer, at + 32), (long) StateFormat.LONG.get(buffer, at + 64));
            }
            case StateFormat.CONFIGURATION -> configuration(length, visitor);
            case StateFormat.DELETE -> {
                int at = take(code, length, StateFormat.DELETE_LENGTH);
                int type = buffer[at + 1] & 0xff;
                switch (buffer[at] & 0xff) {
                    case StateFormat.LOCATION ->
                        visitor.deleteLocation(type, Mac.of(buffer, at + 2), Mac.of(buffer, at + 34));
                    case StateFormat.COLOURED -> visitor.deleteColour(type, Mac.of(buffer, at + 2));
                    case StateFormat.PACKFILE -> visitor.deletePackfile(Mac.of(buffer, at + 34));
                    default -> {
                        // A target of a later version: like an unknown code, it cannot concern what we know.
                    }
                }
            }
            default -> skip(code, length);
        }
    }

    private void configuration(int length, StateVisitor visitor) throws KlosetException {
        if (length < 11 || length > StateFormat.CONFIGURATION_MAX) {
            throw corrupt("a configuration entry has " + Integer.toUnsignedString(length) + " bytes", null);
        }
        byte[] key = copy(buffer[take(1)] & 0xff);
        int low = buffer[take(1)] & 0xff;
        byte[] value = copy(low | (buffer[take(1)] & 0xff) << 8);
        if (1 + key.length + 2 + value.length + 8 != length) {
            throw corrupt("the lengths in a configuration entry do not add up", null);
        }
        visitor.configuration(key, value, (long) StateFormat.LONG.get(buffer, take(8)));
    }

    private StateTrailer trailer(Mac parent) throws KlosetException {
        int at = take(StateFormat.TRAILER_LENGTH);
        StateTrailer trailer = new StateTrailer(
                parent,
                (int) StateFormat.INT.get(buffer, at),
                (long) StateFormat.LONG.get(buffer, at + 4),
                new UUID((long) StateFormat.LONG_BIG.get(buffer, at + 12), (long)
                        StateFormat.LONG_BIG.get(buffer, at + 20)));
        if (position < limit || fill(0) > 0) {
            throw corrupt("bytes follow the end of the stream", null);
        }
        return trailer;
    }

    private int take(int code, int length, int expected) throws KlosetException {
        if (length != expected) {
            throw corrupt(
                    "an entry with code " + code + " has " + Integer.toUnsignedString(length) + " bytes instead of "
                            + expected,
                    null);
        }
        return take(expected);
    }

    /** Makes {@code count} bytes contiguous in the buffer, consumes them and returns where they start. */
    private int take(int count) throws KlosetException {
        if (limit - position < count) {
            System.arraycopy(buffer, position, buffer, 0, limit - position);
            limit -= position;
            position = 0;
            while (limit < count) {
                if (fill(limit) <= 0) {
                    throw corrupt("it ends too early", new EOFException());
                }
            }
        }
        int at = position;
        position += count;
        return at;
    }

    private byte[] copy(int count) throws KlosetException {
        byte[] out = new byte[count];
        int done = 0;
        while (done < count) {
            int step = Math.min(count - done, BUFFER);
            int at = take(step);
            System.arraycopy(buffer, at, out, done, step);
            done += step;
        }
        return out;
    }

    private void skip(int code, int length) throws KlosetException {
        if (length < 0 || length > StateFormat.UNKNOWN_MAX) {
            throw corrupt(
                    "an entry with the unknown code " + code + " claims " + Integer.toUnsignedString(length) + " bytes",
                    null);
        }
        for (int left = length; left > 0; ) {
            int step = Math.min(left, BUFFER);
            take(step);
            left -= step;
        }
    }

    /** Reads more bytes behind {@code from}, which becomes the start of the free part; at most 0 at the end. */
    private int fill(int from) throws KlosetException {
        try {
            int read = in.read(buffer, from, BUFFER - from);
            if (from == 0) {
                position = 0;
                limit = 0;
            }
            limit += Math.max(read, 0);
            return read;
        } catch (ConnectorException e) {
            throw new KlosetException.Unreachable("state " + state + " cannot be read: " + e.getMessage(), e);
        } catch (IOException e) {
            if (e.getCause() instanceof KlosetException.Corrupt cause) {
                throw corrupt(String.valueOf(cause.getMessage()), cause);
            }
            if (e.getCause() instanceof KlosetException cause) {
                throw cause;
            }
            if (e.getCause() instanceof ConnectorException cause) {
                throw new KlosetException.Unreachable("state " + state + " cannot be read: " + e.getMessage(), cause);
            }
            throw corrupt(String.valueOf(e.getMessage()), e);
        }
    }

    private KlosetException.Corrupt corrupt(String what, @Nullable Throwable cause) {
        return new KlosetException.Corrupt("state " + state + " is damaged: " + what, cause);
    }
}
