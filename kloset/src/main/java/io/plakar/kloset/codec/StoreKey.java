package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * The 32 secret bytes of an encrypted store: MAC key, key-encryption key and canary key in one. Closing overwrites
 * them; whoever made or received the key closes it. Safe for any number of threads until then.
 */
public final class StoreKey implements SecretKey, AutoCloseable {
    private static final long serialVersionUID = 1;

    /** Width in bytes. */
    public static final int BYTES = Mac.BYTES;

    @SuppressWarnings("serial")
    private final transient byte[] bytes;

    private volatile boolean closed;

    private StoreKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /** A key of exactly 32 bytes; copies them. */
    public static StoreKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("a store key has 32 bytes, not " + bytes.length);
        }
        return new StoreKey(bytes.clone());
    }

    @Override
    public String getAlgorithm() {
        return "AES";
    }

    @Override
    public String getFormat() {
        return "RAW";
    }

    /** A copy of the bytes, which the caller wipes. */
    @Override
    public byte[] getEncoded() {
        if (closed) {
            throw new IllegalStateException("the key of this store has been closed");
        }
        return bytes.clone();
    }

    @Override
    public void destroy() {
        closed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    @Override
    public boolean isDestroyed() {
        return closed;
    }

    @Override
    public void close() {
        destroy();
    }

    /** Says nothing of the bytes. */
    @Override
    public String toString() {
        return "StoreKey";
    }
}
