package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The keyed MAC of a store, which names its blobs and seals its files (format-storage §4.1, §8.1). Thread-safe; keeps
 * one engine per thread. Closing overwrites the key and ends its use.
 */
public sealed interface MacAlgorithm extends AutoCloseable permits Blake3Mac, HmacSha256 {
    /** Hashing name in a store's configuration, of the default algorithm. */
    String BLAKE3 = "BLAKE3";

    /** Hashing name in a store's configuration, of HMAC-SHA-256. */
    String SHA256 = "SHA256";

    /**
     * The MAC a store's configuration names.
     *
     * @param hashing {@link #BLAKE3} or {@link #SHA256}
     * @param key 32 bytes; copied
     * @throws KlosetException.UnsupportedVersion if the name is another one
     */
    static MacAlgorithm of(String hashing, byte[] key) throws KlosetException {
        return switch (hashing) {
            case BLAKE3 -> new Blake3Mac(key);
            case SHA256 -> new HmacSha256(key);
            default -> throw unsupported(hashing);
        };
    }

    /**
     * The plain, unkeyed hash of {@code data}: 32 bytes. The MAC key of a store without encryption is this over its id.
     *
     * @throws KlosetException.UnsupportedVersion if the name is another one
     */
    static byte[] plainHash(String hashing, byte[] data) throws KlosetException {
        return switch (hashing) {
            case BLAKE3 -> Blake3.hash(null, data, 0, data.length);
            case SHA256 -> {
                try {
                    yield MessageDigest.getInstance("SHA-256").digest(data);
                } catch (NoSuchAlgorithmException impossible) {
                    throw new IllegalStateException(impossible);
                }
            }
            default -> throw unsupported(hashing);
        };
    }

    private static KlosetException unsupported(String hashing) {
        return new KlosetException.UnsupportedVersion("unsupported hashing algorithm \"" + hashing + "\"");
    }

    /** Whether two MACs are equal, in time that does not tell where they differ. */
    static boolean authentic(Mac expected, Mac actual) {
        long difference = 0;
        for (int i = 0; i < 4; i++) {
            difference |= expected.word(i) ^ actual.word(i);
        }
        return difference == 0;
    }

    /** The MAC of {@code data[offset, offset + length)}. */
    Mac mac(byte[] data, int offset, int length);

    /** The MAC of all of {@code data}. */
    default Mac mac(byte[] data) {
        return mac(data, 0, data.length);
    }

    /** A fresh stream, independent of every other. */
    MacStream stream();

    @Override
    void close();
}
