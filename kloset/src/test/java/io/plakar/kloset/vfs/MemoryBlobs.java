package io.plakar.kloset.vfs;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobSink;
import io.plakar.kloset.blob.BlobSource;
import io.plakar.kloset.blob.BlobType;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import org.bouncycastle.crypto.digests.Blake3Digest;
import org.bouncycastle.crypto.params.Blake3Parameters;

/** Blobs in memory, with the keyed BLAKE3 of a store. */
public final class MemoryBlobs implements BlobSource, BlobSink {
    private final byte[] key;
    private final Map<BlobType, Map<Mac, byte[]>> blobs = new EnumMap<>(BlobType.class);
    private int reads;

    public MemoryBlobs(byte[] key) {
        this.key = key.clone();
    }

    public Mac macOf(byte[] bytes, int offset, int length) {
        Blake3Digest digest = new Blake3Digest(256);
        digest.init(Blake3Parameters.key(key));
        digest.update(bytes, offset, length);
        byte[] out = new byte[Mac.BYTES];
        digest.doFinal(out, 0);
        return Mac.of(out);
    }

    public Mac macOf(byte[] bytes) {
        return macOf(bytes, 0, bytes.length);
    }

    @Override
    public synchronized Mac put(BlobType type, byte[] bytes, int offset, int length) {
        Mac mac = macOf(bytes, offset, length);
        of(type).put(mac, Arrays.copyOfRange(bytes, offset, offset + length));
        return mac;
    }

    /** Stores a blob under an id which is not its MAC. */
    public synchronized void put(BlobType type, Mac id, byte[] bytes) {
        of(type).put(id, bytes.clone());
    }

    public synchronized void remove(BlobType type, Mac id) {
        of(type).remove(id);
    }

    @Override
    public synchronized byte[] get(BlobType type, Mac id) throws KlosetException {
        reads++;
        byte[] bytes = of(type).get(id);
        if (bytes == null) {
            throw new KlosetException.Missing("no " + type.label() + " " + id);
        }
        return bytes.clone();
    }

    @Override
    public synchronized boolean contains(BlobType type, Mac id) {
        return of(type).containsKey(id);
    }

    public synchronized Map<Mac, byte[]> of(BlobType type) {
        return blobs.computeIfAbsent(type, any -> new HashMap<>());
    }

    /** Number of blobs read so far. */
    public synchronized int reads() {
        return reads;
    }
}
