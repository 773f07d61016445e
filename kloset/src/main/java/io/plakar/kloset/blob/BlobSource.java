package io.plakar.kloset.blob;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;

/** Where blobs are read from. Safe for use by many threads. */
public interface BlobSource {
    /**
     * The plain bytes of a blob, decoded and (but for headers and signatures, whose key is not a MAC) verified against
     * its id; a fresh array.
     *
     * @throws KlosetException.Missing when no state knows it or its packfile is gone
     * @throws KlosetException.Corrupt when its bytes are damaged
     */
    byte[] get(BlobType type, Mac id) throws KlosetException;

    /** Whether a usable copy is known; asks the index only. */
    boolean contains(BlobType type, Mac id);
}
