package io.plakar.kloset.repository;

import io.plakar.kloset.codec.KeyDerivation;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The CONFIG of a store (format-storage §6): made once, never changed, public but for the canary.
 *
 * @param compression null: blobs are not compressed
 * @param encryption null: the store is plaintext
 */
public record StoreConfiguration(
        Instant timestamp,
        UUID repositoryId,
        PackfileSizes packfile,
        Chunking chunking,
        Hashing hashing,
        @Nullable Compression compression,
        @Nullable Encryption encryption) {

    /** Bytes; only the largest is used, and unsigned. */
    public record PackfileSizes(long min, long average, long max) {}

    /** Bytes, unsigned 32 bit. */
    public record Chunking(String algorithm, int min, int normal, int max) {}

    /** {@code BLAKE3} or {@code SHA256}, and 256. */
    public record Hashing(String algorithm, int bits) {}

    /** {@code LZ4} or {@code GZIP}; the numbers are decoration that is kept. */
    public record Compression(
            String algorithm, long level, long windowSize, long chunkSize, long blockSize, boolean crc) {}

    /** Which ciphers, how the key is made of the passphrase, and the canary which proves it. */
    public record Encryption(
            String subKeyAlgorithm,
            String dataAlgorithm,
            int chunkSize,
            KeyDerivation keyDerivation,
            byte[] salt,
            byte[] canary) {}

    public boolean encrypted() {
        return encryption != null;
    }
}
