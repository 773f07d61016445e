package io.plakar.kloset.content;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Reads an object at any position, through a {@link ChunkCache}; whoever reads on gets ahead of him what he will need
 * next. Only verified bytes are handed out. Safe for use by many threads; holds nothing that needs closing.
 */
public final class SeekingReader {
    /*
     * The window of read-ahead is as long as what was read in a row so far, twice: a seek costs the chunks it touches
     * and no more, and after some megabytes all loaders are busy. Readers come a little out of order when a kernel asks
     * for several blocks at once, so "in a row" has some slack.
     */
    private static final long SLACK = 1 << 20;
    private static final long LARGEST_WINDOW = 24 << 20;

    /** Every how many chunks the offset is kept: 8 bytes for 64 chunks of 44 bytes each. */
    private static final int STRIDE = 64;

    private final ChunkCache cache;
    private final FileObject object;
    private final long[] offsets;
    private long rowBegin;
    private long rowEnd;
    private int prefetched;

    public SeekingReader(ChunkCache cache, FileObject object) {
        this.cache = cache;
        this.object = object;
        this.offsets = new long[object.chunkCount() / STRIDE + 1];
        long offset = 0;
        for (int i = 0; i < object.chunkCount(); i++) {
            if (i % STRIDE == 0) {
                offsets[i / STRIDE] = offset;
            }
            offset += object.chunkLength(i);
        }
    }

    /** Bytes of the content. */
    public long size() {
        return object.size();
    }

    /**
     * Fills {@code into} from the content's byte {@code position} on, as far as the content goes.
     *
     * @return the bytes read; less than there was room for only at the end of the content
     * @throws KlosetException when a chunk cannot be read; nothing is promised about the buffer then
     */
    public int read(long position, ByteBuffer into) throws KlosetException, InterruptedException {
        return read(position, into, object.size());
    }

    /** @param limit nothing behind it is read ahead */
    private int read(long position, ByteBuffer into, long limit) throws KlosetException, InterruptedException {
        if (position < 0) {
            throw new IndexOutOfBoundsException("position " + position);
        }
        int start = into.position();
        long at = position;
        if (at < object.size() && into.hasRemaining()) {
            int index = indexOf(at);
            long chunkBegin = beginOf(index);
            readAhead(at, Math.min(object.size(), at + into.remaining()), limit);
            while (into.hasRemaining() && index < object.chunkCount()) {
                byte[] chunk = cache.get(object, index);
                int from = (int) (at - chunkBegin);
                int n = Math.min(into.remaining(), chunk.length - from);
                into.put(chunk, from, n);
                at += n;
                chunkBegin += chunk.length;
                index++;
            }
        }
        return into.position() - start;
    }

    private void readAhead(long begin, long end, long limit) {
        int first;
        int last;
        synchronized (this) {
            if (begin < rowEnd - SLACK || begin > rowEnd + SLACK) {
                rowBegin = begin;
                rowEnd = end;
                prefetched = 0;
                return;
            }
            rowEnd = Math.max(rowEnd, end);
            long window = Math.min(LARGEST_WINDOW, 2 * (rowEnd - rowBegin));
            first = Math.max(prefetched, indexOf(rowEnd - 1) + 1);
            last = indexOf(Math.min(Math.max(rowEnd, limit), rowEnd + window) - 1);
            prefetched = Math.max(prefetched, last + 1);
        }
        for (int i = first; i <= last; i++) {
            if (!cache.prefetch(object, i)) {
                synchronized (this) {
                    prefetched = Math.min(prefetched, i);
                }
                return;
            }
        }
    }

    /** The chunk that holds the byte at {@code position}, which must be in the content. */
    private int indexOf(long position) {
        int low = 0;
        int high = offsets.length - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (offsets[middle] <= position && middle * STRIDE < object.chunkCount()) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        int index = low * STRIDE;
        long end = offsets[low] + object.chunkLength(index);
        while (end <= position) {
            end += object.chunkLength(++index);
        }
        return index;
    }

    private long beginOf(int index) {
        long begin = offsets[index / STRIDE];
        for (int i = index / STRIDE * STRIDE; i < index; i++) {
            begin += object.chunkLength(i);
        }
        return begin;
    }

    /**
     * A part of the content as a stream for one thread. What fails in the store is an {@link IOException} whose cause is
     * the {@link KlosetException}; the stream never ends early.
     *
     * @throws IndexOutOfBoundsException when the content does not have the part
     */
    public InputStream stream(long offset, long length) {
        Objects.checkFromIndexSize(offset, length, object.size());
        return new Part(offset, offset + length);
    }

    private final class Part extends InputStream {
        private long position;
        private final long end;

        Part(long position, long end) {
            this.position = position;
            this.end = end;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, into.length);
            if (length == 0) {
                return 0;
            }
            if (position == end) {
                return -1;
            }
            int n;
            try {
                n = SeekingReader.this.read(
                        position, ByteBuffer.wrap(into, offset, (int) Math.min(length, end - position)), end);
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw (IOException) new InterruptedIOException("interrupted").initCause(e);
            }
            position += n;
            return n;
        }
    }
}
