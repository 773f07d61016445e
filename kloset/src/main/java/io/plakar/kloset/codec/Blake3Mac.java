package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** BLAKE3 in keyed-hash mode. */
final class Blake3Mac implements MacAlgorithm {
    private final int[] key;
    private final ThreadLocal<Blake3> engines;
    private volatile boolean closed;

    Blake3Mac(byte[] key) {
        this.key = Blake3.keyWords(key);
        this.engines = ThreadLocal.withInitial(() -> Blake3.keyed(this.key));
    }

    @Override
    public Mac mac(byte[] data, int offset, int length) {
        requireOpen();
        Blake3 engine = engines.get();
        engine.update(data, offset, length);
        return engine.finish();
    }

    @Override
    public MacStream stream() {
        requireOpen();
        Blake3 engine = Blake3.keyed(key);
        return new MacStream() {
            @Override
            public void update(byte[] data, int offset, int length) {
                engine.update(data, offset, length);
            }

            @Override
            public void update(ByteBuffer data) {
                engine.update(data);
            }

            @Override
            public Mac finish() {
                Mac mac = engine.finish();
                requireOpen();
                return mac;
            }
        };
    }

    /** Without this a closed instance would compute MACs under a key of zeros. */
    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the key of this store has been closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        Arrays.fill(key, 0);
    }
}
