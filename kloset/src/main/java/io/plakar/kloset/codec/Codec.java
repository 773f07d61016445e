package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a store encodes its blobs, indexes, footers, states and locks: compress, then encrypt; each as configured or not
 * at all. Thread-safe. Scratch memory is kept per calling thread and grows to about three times the largest input, so
 * call it from a bounded set of threads. Closing closes the encryption.
 */
public final class Codec implements AutoCloseable {
    private final Compression compression;
    private final @Nullable Encryption encryption;
    private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

    private Codec(Compression compression, @Nullable Encryption encryption) {
        this.compression = compression;
        this.encryption = encryption;
    }

    /**
     * A codec of the two layers.
     *
     * @param encryption null for a plaintext store; closed by {@link #close}
     */
    public static Codec of(Compression compression, @Nullable Encryption encryption) {
        return new Codec(compression, encryption);
    }

    /** Most bytes that {@code length} bytes of any content can take encoded. */
    public long maxEncodedLength(long length) {
        long compressed = compression.maxLength(length);
        return encryption == null ? compressed : encryption.encryptedLength(compressed);
    }

    /**
     * Encodes {@code in[offset, offset + length)}.
     *
     * @return a view from position to limit of this thread's scratch memory, good until this thread's next call of any method of
     *     this codec; of {@code in} itself if the store neither compresses nor encrypts
     */
    public ByteBuffer encode(byte[] in, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, in.length);
        Scratch own = scratch.get();
        if (encryption == null && compression == Compression.NONE) {
            return ByteBuffer.wrap(in, offset, length);
        }
        ByteBuffer compressed = own.first(compression.scratchLength(length));
        compression.encode(in, offset, length, compressed);
        compressed.flip();
        if (encryption == null) {
            return compressed;
        }
        ByteBuffer sealed = own.second(Math.toIntExact(encryption.encryptedLength(compressed.remaining())));
        encryption.encrypt(compressed, sealed);
        return sealed.flip();
    }

    /** Encodes and decodes a sample: what that needs is loaded then. */
    public void warmUp() throws KlosetException {
        byte[] sample = new byte[1024];
        ByteBuffer encoded = encode(sample, 0, sample.length);
        byte[] copy = new byte[encoded.remaining()];
        encoded.get(copy);
        decode(copy, sample.length);
    }

    /**
     * Decodes what {@code encoded} holds from position to limit, and moves the position to the limit.
     *
     * @param maxPlain most bytes the result may have
     * @throws KlosetException.Corrupt if the bytes are damaged, not authentic, or decode to more
     */
    public byte[] decode(ByteBuffer encoded, int maxPlain) throws KlosetException {
        Scratch own = scratch.get();
        own.plain.restart(maxPlain);
        decode(encoded, own.plain);
        return own.plain.copy();
    }

    /** As {@link #decode(ByteBuffer, int)}, of all of {@code encoded}. */
    public byte[] decode(byte[] encoded, int maxPlain) throws KlosetException {
        return decode(ByteBuffer.wrap(encoded), maxPlain);
    }

    /**
     * Decodes into {@code out[offset, offset + max)}, whose bytes behind the result are undefined afterwards, as are all on
     * failure.
     *
     * @return the number of bytes decoded
     * @throws KlosetException.Corrupt if the bytes are damaged, not authentic, or decode to more than {@code max}
     */
    public int decode(ByteBuffer encoded, byte[] out, int offset, int max) throws KlosetException {
        Objects.checkFromIndexSize(offset, max, out.length);
        Plain plain = new Plain();
        plain.restart(out, offset, max);
        decode(encoded, plain);
        return plain.size();
    }

    private void decode(ByteBuffer encoded, Plain plain) throws KlosetException {
        ByteBuffer in = encoded.duplicate();
        encoded.position(encoded.limit());
        // The native libraries take direct buffers and arrays; a read-only view of an array is neither.
        boolean usable = in.isDirect() || (encryption == null && in.hasArray());
        if (!usable) {
            in = scratch.get().first(in.remaining()).put(in).flip();
        }
        if (encryption == null) {
            compression.decode(in, plain);
            return;
        }
        ByteBuffer compressed = scratch.get().second(Math.toIntExact(encryption.plainLength(in.remaining())));
        encryption.decrypt(in, compressed);
        compression.decode(compressed.flip(), plain);
    }

    /**
     * A stream that encodes everything written to it as one, with bounded memory. Closing it completes the encoding and
     * leaves {@code to} open; without that nothing readable was written.
     */
    public OutputStream encoder(OutputStream to) throws IOException {
        if (encryption == null) {
            return compression.encoder(to);
        }
        OutputStream encryptor = encryption.encryptor(to);
        return new Both(compression.encoder(encryptor), encryptor);
    }

    /**
     * A stream of what one encoding in {@code from} decodes to, with bounded memory. It wants {@code from} to end with the
     * encoding, and leaves it open. Wrong bytes are reported as {@link DecodingException}; read to the end (−1), else
     * damage at the end goes unnoticed.
     */
    public InputStream decoder(InputStream from) {
        return compression.decoder(encryption == null ? from : encryption.decryptor(from));
    }

    @Override
    public void close() {
        if (encryption != null) {
            encryption.close();
        }
    }

    /** The compressing stream and, below it, the encrypting one, completed in that order. */
    private static final class Both extends OutputStream {
        private final OutputStream compressor;
        private final OutputStream encryptor;

        Both(OutputStream compressor, OutputStream encryptor) {
            this.compressor = compressor;
            this.encryptor = encryptor;
        }

        @Override
        public void write(int b) throws IOException {
            compressor.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            compressor.write(data, offset, length);
        }

        @Override
        public void close() throws IOException {
            try (encryptor) {
                compressor.close();
            }
        }
    }

    /** The memory of one thread: two direct buffers, because the native ciphers are fast on those, and a heap array. */
    private static final class Scratch {
        private static final int SMALLEST = 64 << 10;

        private final Plain plain = new Plain();
        private ByteBuffer first = ByteBuffer.allocate(0);
        private ByteBuffer second = ByteBuffer.allocate(0);

        ByteBuffer first(int capacity) {
            if (first.capacity() < capacity) {
                first = grown(capacity);
            }
            return first.clear();
        }

        ByteBuffer second(int capacity) {
            if (second.capacity() < capacity) {
                second = grown(capacity);
            }
            return second.clear();
        }

        private static ByteBuffer grown(int capacity) {
            long rounded = Math.max(SMALLEST, capacity + (long) capacity / 8);
            return ByteBuffer.allocateDirect((int) Math.min(rounded, Integer.MAX_VALUE - 8));
        }
    }
}
