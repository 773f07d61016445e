package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.ShortBufferException;

/** HMAC-SHA-256. */
final class HmacSha256 implements MacAlgorithm {
    private final StoreKey key;
    private final ThreadLocal<Engine> engines;

    HmacSha256(byte[] key) {
        this.key = StoreKey.of(key);
        this.engines = ThreadLocal.withInitial(() -> new Engine(this.key));
    }

    @Override
    public Mac mac(byte[] data, int offset, int length) {
        if (key.isDestroyed()) {
            throw new IllegalStateException("the key of this store has been closed");
        }
        Engine engine = engines.get();
        engine.update(data, offset, length);
        return engine.finish();
    }

    @Override
    public MacStream stream() {
        return new Engine(key);
    }

    @Override
    public void close() {
        key.close();
    }

    private static final class Engine implements MacStream {
        private final javax.crypto.Mac hmac;
        private final byte[] out = new byte[Mac.BYTES];

        Engine(StoreKey key) {
            try {
                hmac = javax.crypto.Mac.getInstance("HmacSHA256");
                hmac.init(key);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public void update(byte[] data, int offset, int length) {
            hmac.update(data, offset, length);
        }

        @Override
        public void update(ByteBuffer data) {
            hmac.update(data);
        }

        @Override
        public Mac finish() {
            try {
                hmac.doFinal(out, 0);
            } catch (ShortBufferException impossible) {
                throw new IllegalStateException(impossible);
            }
            return Mac.of(out);
        }
    }
}
