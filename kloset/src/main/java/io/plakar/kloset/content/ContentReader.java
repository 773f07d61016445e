package io.plakar.kloset.content;

import io.plakar.connector.FileBody;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Reads objects: every chunk is verified before a byte of it is handed out. Safe for use by many threads. The MAC of a
 * whole content is not computed again: the object is verified, and so is each chunk it names and each length, which
 * leaves nothing for it to tell but half the hashing.
 */
public final class ContentReader {
    private final BlobSource blobs;

    public ContentReader(BlobSource blobs) {
        this.blobs = blobs;
    }

    public FileObject object(Mac id) throws KlosetException {
        return FileObject.decode(blobs.get(BlobType.OBJECT, id));
    }

    /**
     * Writes the whole content to {@code target}, verifying each chunk and each length.
     *
     * @throws IOException when the target fails
     */
    public void copy(FileObject object, FileBody.Target target)
            throws KlosetException, IOException, InterruptedException {
        for (int i = 0; i < object.chunkCount(); i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            target.write(ByteBuffer.wrap(chunk(object, i)));
        }
    }

    /** One chunk, verified; a fresh array. */
    byte[] chunk(FileObject object, int i) throws KlosetException {
        byte[] chunk = blobs.get(BlobType.CHUNK, object.chunkMac(i));
        if (chunk.length != object.chunkLength(i)) {
            throw new KlosetException.Corrupt("chunk " + object.chunkMac(i) + " has " + chunk.length
                    + " bytes where its object says " + object.chunkLength(i));
        }
        return chunk;
    }

    /**
     * The content as a stream, read chunk by chunk as it goes. What fails in the store is an {@link IOException} whose
     * cause is the {@link KlosetException}.
     */
    public InputStream open(FileObject object) {
        return new ObjectStream(object);
    }

    private final class ObjectStream extends InputStream {
        private final FileObject object;
        private byte[] chunk = new byte[0];
        private int position;
        private int next;

        ObjectStream(FileObject object) {
            this.object = object;
        }

        private boolean fill() throws IOException {
            try {
                while (position == chunk.length) {
                    if (next == object.chunkCount()) {
                        return false;
                    }
                    chunk = chunk(object, next++);
                    position = 0;
                }
                return true;
            } catch (KlosetException e) {
                throw new IOException(e.getMessage(), e);
            }
        }

        @Override
        public int read() throws IOException {
            return fill() ? chunk[position++] & 0xff : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!fill()) {
                return -1;
            }
            int n = Math.min(length, chunk.length - position);
            System.arraycopy(chunk, position, into, offset, n);
            position += n;
            return n;
        }
    }
}
