package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** BLAKE3 in keyed-hash mode. */
final class Blake3Mac implements MacAlgorithm {
    private final int[] key;
    private final ThreadLocal<Blake3> engines;

    Blake3Mac(byte[] key) {
        this.key = Blake3.keyWords(key);
        this.engines = ThreadLocal.withInitial(() -> Blake3.keyed(this.key));
    }

    @Override
    public Mac mac(byte[] data, int offset, int length) {
        Blake3 engine = engines.get();
        engine.update(data, offset, length);
        return engine.finish();
    }

    @Override
    public MacStream stream() {
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
                return engine.finish();
            }
        };
    }

    @Override
    public void close() {
        Arrays.fill(key, 0);
    }
}
