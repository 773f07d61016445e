package io.plakar.kloset.blob;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;

/** Where blobs are written to. Safe for use by many threads. */
public interface BlobSink {
    /** Stores a blob under the MAC of its bytes unless it is known already, and returns that MAC. */
    Mac put(BlobType type, byte[] bytes, int offset, int length) throws KlosetException;

    default Mac put(BlobType type, byte[] bytes) throws KlosetException {
        return put(type, bytes, 0, bytes.length);
    }
}
