package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import net.jpountz.xxhash.StreamingXXHash32;
import org.jspecify.annotations.Nullable;

/**
 * Reads one LZ4 frame block by block, and wants the stream below to end with it. Wrong bytes are reported as
 * {@link DecodingException}. Leaves the stream below open. One thread.
 */
final class Lz4FrameInput extends InputStream {
    /** How far a linked block may refer back. */
    private static final int HISTORY = 64 << 10;

    private final InputStream in;
    private final StreamingXXHash32 checksum = Lz4.checksumStream();
    private @Nullable Lz4Header header;
    private byte[] packed = new byte[Lz4Header.MAX];

    /** Decoded bytes: history before {@code position}, ready ones from there to {@code limit}. */
    private byte[] plain = new byte[0];

    private int position;
    private int limit;
    private long decoded;
    private boolean ended;
    private boolean closed;

    Lz4FrameInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] data, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == limit) {
            if (ended) {
                return -1;
            }
            try {
                nextBlock();
            } catch (KlosetException failure) {
                throw new DecodingException(failure);
            }
        }
        int n = Math.min(length, limit - position);
        System.arraycopy(plain, position, data, offset, n);
        position += n;
        return n;
    }

    @Override
    public int available() {
        return limit - position;
    }

    private void nextBlock() throws IOException, KlosetException {
        Lz4Header frame = header;
        if (frame == null) {
            frame = readHeader();
            header = frame;
        }
        int field = readInt();
        if (field == 0) {
            end(frame);
            return;
        }
        int size = frame.blockLength(field);
        boolean raw = (field & Lz4Header.RAW) != 0;
        if (packed.length < size) {
            packed = new byte[size];
        }
        readFully(packed, size);
        if (frame.blockChecksums() && readInt() != Lz4.checksum(packed, 0, size)) {
            throw new KlosetException.Corrupt("LZ4 block checksum mismatch");
        }
        int keep = frame.linked() ? Math.min(HISTORY, limit) : 0;
        int wanted = keep + (raw ? size : (int) Math.min(frame.blockMax(), 255L * size + 16));
        byte[] target = plain.length < wanted ? new byte[wanted] : plain;
        System.arraycopy(plain, limit - keep, target, 0, keep);
        plain = target;
        position = keep;
        limit = keep;
        int n;
        if (raw) {
            n = size;
            System.arraycopy(packed, 0, target, keep, size);
        } else if (frame.linked()) {
            n = Lz4.decompressLinked(packed, 0, size, target, 0, keep, wanted - keep);
        } else {
            n = Lz4.decompress(ByteBuffer.wrap(packed), 0, size, ByteBuffer.wrap(target), 0, wanted);
        }
        limit = keep + n;
        decoded += n;
        if (frame.contentChecksum()) {
            checksum.update(target, keep, n);
        }
    }

    private Lz4Header readHeader() throws IOException, KlosetException {
        readFully(packed, Lz4Header.MIN);
        int length = Lz4Header.length(packed);
        if (length > Lz4Header.MIN) {
            readFully(packed, Lz4Header.MIN, length - Lz4Header.MIN);
        }
        return Lz4Header.parse(packed);
    }

    private void end(Lz4Header frame) throws IOException, KlosetException {
        ended = true;
        if (frame.contentSize() >= 0 && frame.contentSize() != decoded) {
            throw new KlosetException.Corrupt("LZ4 frame is not as long as it claims");
        }
        if (frame.contentChecksum() && readInt() != checksum.getValue()) {
            throw new KlosetException.Corrupt("LZ4 content checksum mismatch");
        }
        if (in.read() >= 0) {
            throw new KlosetException.Corrupt("stray bytes behind the LZ4 frame");
        }
        close();
    }

    private int readInt() throws IOException, KlosetException {
        byte[] four = new byte[4];
        readFully(four, 4);
        return (four[0] & 0xff) | (four[1] & 0xff) << 8 | (four[2] & 0xff) << 16 | (four[3] & 0xff) << 24;
    }

    private void readFully(byte[] into, int length) throws IOException, KlosetException {
        readFully(into, 0, length);
    }

    private void readFully(byte[] into, int offset, int length) throws IOException, KlosetException {
        if (in.readNBytes(into, offset, length) < length) {
            throw new KlosetException.Corrupt("LZ4 frame is cut off");
        }
    }

    @Override
    public void close() {
        ended = true;
        if (!closed) {
            closed = true;
            checksum.close();
        }
    }
}
