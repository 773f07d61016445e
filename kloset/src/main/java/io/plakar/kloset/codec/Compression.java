package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** How a store compresses (format-storage §7.1). */
public enum Compression {
    /** Not at all. */
    NONE,
    /** One LZ4 frame per encode. */
    LZ4,
    /** One gzip member per encode. */
    GZIP;

    private static final int GZIP_BUFFER = 32 << 10;

    /**
     * The compression a store's configuration names.
     *
     * @param algorithm {@code LZ4}, {@code GZIP}, or null for none
     * @throws KlosetException.UnsupportedVersion if it names another one
     */
    public static Compression of(@Nullable String algorithm) throws KlosetException {
        return switch (algorithm) {
            case null -> NONE;
            case "LZ4" -> LZ4;
            case "GZIP" -> GZIP;
            default ->
                throw new KlosetException.UnsupportedVersion("unsupported compression method \"" + algorithm + "\"");
        };
    }

    /** Most bytes that {@code length} bytes of any content can take compressed. */
    long maxLength(long length) {
        return switch (this) {
            case NONE -> length;
            case LZ4 -> Lz4Frame.maxLength(length);
            // Stored blocks cost 5 bytes for each 16 KiB at worst; 18 bytes of header and trailer.
            case GZIP -> length + 5 * (length / 16383 + 2) + 18;
        };
    }

    /** Room {@link #encode} wants in its output. */
    int scratchLength(int length) {
        return this == LZ4 ? Lz4Frame.scratchLength(length) : Math.toIntExact(maxLength(length));
    }

    /** Appends {@code in[offset, offset + length)}, compressed, to {@code out}. */
    void encode(byte[] in, int offset, int length, ByteBuffer out) {
        switch (this) {
            case NONE -> out.put(in, offset, length);
            case LZ4 -> Lz4Frame.encode(in, offset, length, out);
            case GZIP -> {
                try (GZIPOutputStream gzip = new GZIPOutputStream(new BufferOutput(out), GZIP_BUFFER)) {
                    gzip.write(in, offset, length);
                } catch (IOException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
        }
    }

    /** Decodes what {@code in} holds from position to limit. */
    void decode(ByteBuffer in, Plain out) throws KlosetException {
        switch (this) {
            case NONE -> {
                int n = in.remaining();
                out.require(n);
                in.get(out.array(), out.end(), n);
                out.advance(n);
            }
            case LZ4 -> Lz4Frame.decode(in, out);
            case GZIP -> decodeGzip(in, out);
        }
    }

    private static void decodeGzip(ByteBuffer in, Plain out) throws KlosetException {
        byte[] packed = new byte[in.remaining()];
        in.get(packed);
        try (InputStream gzip = new GZIPInputStream(new ByteArrayInputStream(packed), GZIP_BUFFER)) {
            while (true) {
                int room = out.reserve(GZIP_BUFFER);
                if (room == 0) {
                    if (gzip.read() >= 0) {
                        throw out.tooLarge();
                    }
                    return;
                }
                int n = gzip.read(out.array(), out.end(), room);
                if (n < 0) {
                    return;
                }
                out.advance(n);
            }
        } catch (IOException damaged) {
            throw new KlosetException.Corrupt("gzip data is damaged: " + damaged.getMessage(), damaged);
        }
    }

    /** A stream that compresses into {@code out}; closing it completes the frame and leaves {@code out} open. */
    OutputStream encoder(OutputStream out) throws IOException {
        return switch (this) {
            case NONE -> new Unclosed(out);
            case LZ4 -> new Lz4FrameOutput(out);
            case GZIP -> new GZIPOutputStream(new Unclosed(out), GZIP_BUFFER);
        };
    }

    /** A stream that decompresses {@code in} and leaves it open; wrong bytes are a {@link DecodingException}. */
    InputStream decoder(InputStream in) {
        return switch (this) {
            case NONE -> new UnclosedInput(in);
            case LZ4 -> new Lz4FrameInput(in);
            case GZIP -> new GzipInput(in);
        };
    }

    /** Writes to a buffer that is known to be large enough. */
    private static final class BufferOutput extends OutputStream {
        private final ByteBuffer out;

        BufferOutput(ByteBuffer out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            out.put((byte) b);
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            out.put(data, offset, length);
        }
    }

    /** Keeps the stream below open when closed. */
    private static final class Unclosed extends OutputStream {
        private final OutputStream out;

        Unclosed(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            out.write(data, offset, length);
        }

        @Override
        public void flush() throws IOException {
            out.flush();
        }
    }

    /** Keeps the stream below open when closed. */
    private static final class UnclosedInput extends InputStream {
        private final InputStream in;

        UnclosedInput(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            return in.read();
        }

        @Override
        public int read(byte[] data, int offset, int length) throws IOException {
            return in.read(data, offset, length);
        }
    }

    /** Opens the gzip member on first read, and tells damage from failure to read. */
    private static final class GzipInput extends InputStream {
        private final InputStream in;
        private @Nullable GZIPInputStream gzip;

        GzipInput(InputStream in) {
            this.in = new UnclosedInput(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] data, int offset, int length) throws IOException {
            try {
                GZIPInputStream open = gzip;
                if (open == null) {
                    open = new GZIPInputStream(in, GZIP_BUFFER);
                    gzip = open;
                }
                return open.read(data, offset, length);
            } catch (ZipException | EOFException damaged) {
                throw new DecodingException(
                        new KlosetException.Corrupt("gzip data is damaged: " + damaged.getMessage(), damaged));
            }
        }

        @Override
        public void close() throws IOException {
            GZIPInputStream open = gzip;
            if (open != null) {
                open.close();
            }
        }
    }
}
