package io.plakar.kloset.vfs;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The listing of one directory as a stream of frames, one per child in ascending byte order of path (format-snapshot
 * §9). Here are the writer of a frame and the {@link Reader} of a stream.
 */
public final class DirectoryPack {
    /** The content type of the object which holds a directory pack. */
    public static final String CONTENT_TYPE = "application/octet-stream";

    /** The largest frame read; real entries have a few hundred bytes. */
    public static final int LARGEST_FRAME = 16 << 20;

    private static final int HEADER = 5;
    private static final int DIRECTORY = 1;
    private static final int OTHER = 2;

    private DirectoryPack() {}

    /** Appends the frame of a child to {@code out}: {@code count} bytes of its entry blob from {@code offset} on. */
    public static void frame(MsgpackWriter out, boolean directory, byte[] entry, int offset, int count, Mac mac) {
        int length = count + Mac.BYTES;
        byte[] header = {
            (byte) (directory ? DIRECTORY : OTHER),
            (byte) length,
            (byte) (length >>> 8),
            (byte) (length >>> 16),
            (byte) (length >>> 24)
        };
        out.raw(header);
        out.raw(entry, offset, count);
        out.raw(mac.bytes());
    }

    /**
     * Iterates over the frames of a stream, holding one frame at a time; closes the stream. For one thread.
     */
    public static final class Reader implements AutoCloseable {
        private final InputStream in;
        private final EntryCodec codec = new EntryCodec();
        private byte[] frame = new byte[1024];
        private int length;
        private boolean directory;

        public Reader(InputStream in) {
            this.in = in;
        }

        /**
         * Moves to the next frame; false at the end of the stream.
         *
         * @throws KlosetException.Corrupt when the stream ends inside a frame or a frame is impossible
         * @throws KlosetException whatever the stream behind failed with
         */
        public boolean next() throws KlosetException {
            try {
                int got = fill(0, HEADER);
                if (got == 0) {
                    return false;
                }
                if (got < HEADER) {
                    throw new KlosetException.Corrupt("a directory listing ends inside a frame");
                }
                int type = frame[0];
                long size = (frame[1] & 0xffL)
                        | (frame[2] & 0xffL) << 8
                        | (frame[3] & 0xffL) << 16
                        | (frame[4] & 0xffL) << 24;
                if ((type != DIRECTORY && type != OTHER) || size <= Mac.BYTES || size > LARGEST_FRAME) {
                    throw new KlosetException.Corrupt(
                            "a directory listing has a frame of type " + type + " with " + size + " bytes");
                }
                directory = type == DIRECTORY;
                length = (int) size;
                if (fill(0, length) < length) {
                    throw new KlosetException.Corrupt("a directory listing ends inside a frame");
                }
                return true;
            } catch (IOException e) {
                throw translated(e);
            }
        }

        /** Whether the frame says that the child is a directory. */
        public boolean isDirectory() {
            return directory;
        }

        /** The decoded entry of the current frame. */
        public Entry entry() throws KlosetException {
            return codec.decode(frame, 0, entryLength());
        }

        /** The bytes behind the current frame; the entry blob is the first {@link #entryLength()} of them. Shared. */
        public byte[] array() {
            return frame;
        }

        public int entryLength() {
            return length - Mac.BYTES;
        }

        /** The id of the entry blob, as the frame says; not verified. */
        public Mac mac() {
            return Mac.of(frame, entryLength());
        }

        @Override
        public void close() throws KlosetException {
            try {
                in.close();
            } catch (IOException e) {
                throw translated(e);
            }
        }

        // The buffer grows with what really arrives, not with what a damaged length claims.
        private int fill(int offset, int count) throws IOException {
            int done = 0;
            while (done < count) {
                if (offset + done == frame.length) {
                    frame = Arrays.copyOf(frame, Math.min(Math.max(frame.length * 2, 1024), LARGEST_FRAME));
                }
                int got = in.read(frame, offset + done, Math.min(count - done, frame.length - offset - done));
                if (got < 0) {
                    break;
                }
                done += got;
            }
            return done;
        }

        private static KlosetException translated(IOException failure) {
            if (failure.getCause() instanceof KlosetException engine) {
                return engine;
            }
            if (failure instanceof ConnectorException connector) {
                return new KlosetException.Unreachable(
                        "cannot read a directory listing: " + connector.getMessage(), connector);
            }
            throw new UncheckedIOException(failure);
        }
    }
}
