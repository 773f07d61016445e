package io.plakar.kloset.packfile;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Mac;
import io.plakar.connector.ObjectWriter;
import io.plakar.kloset.codec.Codec;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import io.plakar.kloset.wrapper.WrappedType;
import io.plakar.kloset.wrapper.Wrapper;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.random.RandomGenerator;

/**
 * One packfile being written into a store. Encoded blobs are appended in order and go through a small buffer straight
 * into the store's {@link ObjectWriter}; only the index stays in memory. Used by one thread at a time.
 */
public final class PackfileWriter implements AutoCloseable {
    /** Plakar widens a range by less than this; as much must follow the last real blob (format-storage §9.4). */
    public static final int ROOM_AT_END = 8192;

    private static final int BUFFER_BYTES = 256 << 10;
    private static final int LARGEST_LEADING_PADDING = 4096;
    private static final int RANDOM_TYPE = 255;
    private static final int BLOB_VERSION = 0x00010000;

    /** What sets the packfile of an ordinary store apart from the one of a ptar (format-storage §13). */
    public enum Shape {
        /** Padded with random blobs, index in data order, creation time in the footer, id = MAC of the payload. */
        STORE,
        /** No padding, sorted index, zero time, random id. */
        PTAR
    }

    private final ObjectWriter to;
    private final Codec codec;
    private final MacAlgorithm macs;
    private final RandomGenerator random;
    private final Shape shape;
    private final long createdNanos;
    private final MacStream wrapperMac;
    private final MacStream payloadMac;
    private final PackfileIndex index = new PackfileIndex();
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int used;
    private long payloadBytes;

    /**
     * Begins a packfile; takes over {@code to}.
     *
     * @param createdNanos Unix nanoseconds for the footer
     */
    public PackfileWriter(
            ObjectWriter to, Codec codec, MacAlgorithm macs, RandomGenerator random, Shape shape, long createdNanos)
            throws ConnectorException {
        this.to = to;
        this.codec = codec;
        this.macs = macs;
        this.random = random;
        this.shape = shape;
        this.createdNanos = shape == Shape.PTAR ? 0 : createdNanos;
        this.wrapperMac = macs.stream();
        this.payloadMac = macs.stream();
        byte[] header = Wrapper.header(WrappedType.PACKFILE);
        wrapperMac.update(header, 0, header.length);
        to.write(ByteBuffer.wrap(header));
        if (shape == Shape.STORE) {
            pad(1 + random.nextInt(LARGEST_LEADING_PADDING));
        }
    }

    /** Appends an encoded blob, consuming {@code encoded}. */
    public void append(int type, Mac id, ByteBuffer encoded) throws ConnectorException {
        index.add(type, BLOB_VERSION, id, payloadBytes, encoded.remaining());
        write(encoded);
    }

    /** What has been appended so far; grows with every append. */
    public PackfileIndex index() {
        return index;
    }

    /** Bytes of blobs so far, padding included. */
    public long size() {
        return payloadBytes;
    }

    /** A packfile that is in the store. {@code bytes} is the size of the whole object. */
    public record Stored(Mac id, long createdNanos, PackfileIndex index, long bytes) {}

    /** Completes the packfile and makes it durable in the store. */
    public Stored finish() throws ConnectorException {
        if (shape == Shape.STORE) {
            pad(ROOM_AT_END + random.nextInt(ROOM_AT_END));
        }
        long indexOffset = payloadBytes;
        PackfileIndex written = shape == Shape.PTAR ? index.sortedForPtar() : index;
        byte[] plainIndex = written.toByteArray();
        write(codec.encode(plainIndex, 0, plainIndex.length));

        byte[] footer = new byte[PackfileFooter.BYTES];
        ByteBuffer.wrap(footer)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(createdNanos)
                .putInt(written.size())
                .putLong(indexOffset)
                .put(macs.mac(plainIndex, 0, plainIndex.length).bytes())
                .putInt(0);
        ByteBuffer encodedFooter = codec.encode(footer, 0, footer.length);
        int footerLength = encodedFooter.remaining();
        write(encodedFooter);
        write(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(footerLength)
                .flip());
        flush();
        to.write(ByteBuffer.wrap(wrapperMac.finish().bytes()));
        Mac id = payloadMac.finish();
        if (shape == Shape.PTAR) {
            id = Mac.of(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        }
        to.commit(id);
        return new Stored(id, createdNanos, written, Wrapper.HEADER_BYTES + payloadBytes + Wrapper.TRAILER_BYTES);
    }

    private void pad(int bytes) throws ConnectorException {
        byte[] noise = new byte[bytes];
        random.nextBytes(noise);
        Mac id = Mac.of(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
        index.add(RANDOM_TYPE, BLOB_VERSION, id, payloadBytes, bytes);
        write(ByteBuffer.wrap(noise));
    }

    private void write(ByteBuffer bytes) throws ConnectorException {
        payloadBytes += bytes.remaining();
        while (bytes.hasRemaining()) {
            if (used == buffer.length) {
                flush();
            }
            int n = Math.min(bytes.remaining(), buffer.length - used);
            bytes.get(buffer, used, n);
            used += n;
        }
    }

    private void flush() throws ConnectorException {
        wrapperMac.update(buffer, 0, used);
        payloadMac.update(buffer, 0, used);
        to.write(ByteBuffer.wrap(buffer, 0, used));
        used = 0;
    }

    /** Drops the packfile unless it was finished. */
    @Override
    public void close() throws ConnectorException {
        to.close();
    }
}
