package io.plakar.kloset.codec;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.xxhash.StreamingXXHash32;

/** Writes one LZ4 frame block by block; closing completes the frame and leaves the stream below open. One thread. */
final class Lz4FrameOutput extends OutputStream {
    private final OutputStream out;
    private final byte[] block = new byte[Lz4Header.OUR_BLOCK];
    private final ByteBuffer packed =
            ByteBuffer.allocate(4 + Lz4.maxCompressed(Lz4Header.OUR_BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
    private final StreamingXXHash32 checksum = Lz4.checksumStream();
    private int filled;
    private boolean started;
    private boolean closed;

    Lz4FrameOutput(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] data, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("the LZ4 frame is complete");
        }
        int at = offset;
        int left = length;
        while (left > 0) {
            if (filled == block.length) {
                writeBlock();
            }
            int n = Math.min(left, block.length - filled);
            System.arraycopy(data, at, block, filled, n);
            filled += n;
            at += n;
            left -= n;
        }
    }

    private void start() throws IOException {
        if (!started) {
            started = true;
            out.write(Lz4Header.ours());
        }
    }

    private void writeBlock() throws IOException {
        start();
        checksum.update(block, 0, filled);
        int size = Lz4.compress(ByteBuffer.wrap(block), 0, filled, packed, 4);
        if (size < filled) {
            packed.putInt(0, size);
            out.write(packed.array(), 0, 4 + size);
        } else {
            packed.putInt(0, filled | Lz4Header.RAW);
            out.write(packed.array(), 0, 4);
            out.write(block, 0, filled);
        }
        filled = 0;
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (checksum) {
            start();
            if (filled > 0) {
                writeBlock();
            }
            packed.putInt(0, 0);
            packed.putInt(4, checksum.getValue());
            out.write(packed.array(), 0, 8);
        }
    }
}
