package io.plakar.connector.ptar;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** One section as a stream, read ahead in pieces. Used by one thread; closing it leaves the archive open. */
final class SectionStream extends InputStream {
    private static final int PIECE_BYTES = 1 << 20;

    private final PtarInput input;
    private final ByteBuffer piece;
    private long position;
    private final long end;

    SectionStream(PtarInput input, PtarLayout.Section section) {
        this.input = input;
        this.position = section.offset();
        this.end = section.offset() + section.length();
        this.piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, section.length()))
                .limit(0);
    }

    @Override
    public int read() throws IOException {
        return fill() ? piece.get() & 0xff : -1;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, into.length);
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int count = Math.min(length, piece.remaining());
        piece.get(into, offset, count);
        return count;
    }

    private boolean fill() throws IOException {
        if (piece.hasRemaining()) {
            return true;
        }
        if (position >= end) {
            return false;
        }
        piece.clear().limit((int) Math.min(piece.capacity(), end - position));
        int count = piece.remaining();
        try {
            input.read(position, piece);
        } catch (IOException e) {
            piece.limit(0);
            throw e;
        }
        piece.flip();
        position += count;
        return true;
    }
}
