package io.plakar.connector.tar;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** The content of a sparse file: stored regions with zeros between them. Used by one thread. */
final class SparseChannel implements ReadableByteChannel {
    private static final byte[] ZEROS = new byte[1 << 13];

    private final ReadableByteChannel stored;
    private final long[] map;
    private final long size;
    private long position;
    private int region;

    /**
     * @param stored the regions without gaps
     * @param map pairs of offset and length, ascending and within {@code size}
     */
    SparseChannel(ReadableByteChannel stored, long[] map, long size) {
        this.stored = stored;
        this.map = map;
        this.size = size;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        if (position >= size) {
            return -1;
        }
        while (region < map.length && map[region] + map[region + 1] <= position) {
            region += 2;
        }
        long dataBegin = region < map.length ? map[region] : size;
        if (position < dataBegin) {
            int count = (int) Math.min(Math.min(dataBegin - position, ZEROS.length), into.remaining());
            into.put(ZEROS, 0, count);
            position += count;
            return count;
        }
        long left = map[region] + map[region + 1] - position;
        int limit = into.limit();
        into.limit((int) Math.min(limit, into.position() + left));
        try {
            int count = stored.read(into);
            if (count < 0) {
                throw new IOException("a sparse file ends before its last region");
            }
            position += count;
            return count;
        } finally {
            into.limit(limit);
        }
    }

    @Override
    public boolean isOpen() {
        return stored.isOpen();
    }

    @Override
    public void close() throws IOException {
        stored.close();
    }
}
