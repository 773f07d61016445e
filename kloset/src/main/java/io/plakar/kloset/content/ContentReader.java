package io.plakar.kloset.content;

import io.plakar.connector.FileBody;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.codec.MacAlgorithm;
import io.plakar.kloset.codec.MacStream;
import io.plakar.kloset.vfs.FileObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads objects: every chunk is verified before a byte of it is handed out. Safe for use by many threads. */
public final class ContentReader {
    private final BlobSource blobs;
    private final MacAlgorithm macs;

    public ContentReader(BlobSource blobs, MacAlgorithm macs) {
        this.blobs = blobs;
        this.macs = macs;
    }

    public FileObject object(Mac id) throws KlosetException {
        return FileObject.decode(blobs.get(BlobType.OBJECT, id));
    }

    /**
     * Writes the whole content to {@code target}, verifying each chunk, each length, and at the end the whole.
     *
     * @throws IOException when the target fails
     */
    public void copy(FileObject object, FileBody.Target target)
            throws KlosetException, IOException, InterruptedException {
        MacStream whole = object.chunkCount() == 1 ? null : macs.stream();
        for (int i = 0; i < object.chunkCount(); i++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            byte[] chunk = chunk(object, i);
            if (whole != null) {
                whole.update(chunk, 0, chunk.length);
            }
            target.write(ByteBuffer.wrap(chunk));
        }
        verifyWhole(object, whole);
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

    private static void verifyWhole(FileObject object, @Nullable MacStream whole) throws KlosetException {
        Mac content;
        if (whole != null) {
            content = whole.finish();
        } else {
            content = object.chunkMac(0);
        }
        // An object without chunks is how some writers say "empty": its content MAC is then that of no bytes.
        if (!content.equals(object.contentMac())) {
            throw new KlosetException.Corrupt("the content does not match its MAC " + object.contentMac());
        }
    }

    /** Reads without handing out; for a check. */
    public void verify(FileObject object) throws KlosetException, InterruptedException {
        try {
            copy(object, bytes -> {});
        } catch (IOException e) {
            throw new IllegalStateException("nothing that fails was written to", e);
        }
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
        private final @Nullable MacStream whole;
        private byte[] chunk = new byte[0];
        private int position;
        private int next;
        private boolean verified;

        ObjectStream(FileObject object) {
            this.object = object;
            this.whole = object.chunkCount() == 1 ? null : macs.stream();
        }

        private boolean fill() throws IOException {
            try {
                while (position == chunk.length) {
                    if (next == object.chunkCount()) {
                        if (!verified) {
                            verifyWhole(object, whole);
                            verified = true;
                        }
                        return false;
                    }
                    chunk = chunk(object, next++);
                    position = 0;
                    if (whole != null) {
                        whole.update(chunk, 0, chunk.length);
                    }
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
