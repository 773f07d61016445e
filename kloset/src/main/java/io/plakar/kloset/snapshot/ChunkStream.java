package io.plakar.kloset.snapshot;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;

/**
 * The content of an object from its first chunk to its last, one chunk in memory at a time. For the small objects of
 * the tree itself: listings and attributes. A failure of the engine is the cause of the {@link IOException}. For one
 * thread.
 */
final class ChunkStream extends InputStream {
    private final BlobSource source;
    private final FileObject object;
    private byte[] chunk = new byte[0];
    private int position;
    private int next;

    ChunkStream(BlobSource source, FileObject object) {
        this.source = source;
        this.object = object;
    }

    @Override
    public int read() throws IOException {
        return fill() ? chunk[position++] & 0xff : -1;
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
        int count = Math.min(length, chunk.length - position);
        System.arraycopy(chunk, position, into, offset, count);
        position += count;
        return count;
    }

    private boolean fill() throws IOException {
        while (position == chunk.length) {
            if (next == object.chunkCount()) {
                return false;
            }
            try {
                chunk = source.get(BlobType.CHUNK, object.chunkMac(next));
                if (chunk.length != object.chunkLength(next)) {
                    throw new KlosetException.Corrupt("chunk " + object.chunkMac(next) + " has " + chunk.length
                            + " bytes where its object says " + object.chunkLength(next));
                }
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            }
            position = 0;
            next++;
        }
        return true;
    }
}
