package io.plakar.kloset;

import io.plakar.connector.Mac;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;

/**
 * Blobs of another source, each told of before it is got.
 *
 * @param hook may throw, and the blob is not got then
 */
public record WatchedBlobs(BlobSource blobs, Hook hook) implements BlobSource {
    /** Looks on, or fails. */
    @FunctionalInterface
    public interface Hook {
        void before(BlobType type, Mac id) throws KlosetException;
    }

    @Override
    public boolean contains(BlobType type, Mac id) {
        return blobs.contains(type, id);
    }

    @Override
    public byte[] get(BlobType type, Mac id) throws KlosetException {
        hook.before(type, id);
        return blobs.get(type, id);
    }
}
