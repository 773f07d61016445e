package io.plakar.cli;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.Codec;
import io.plakar.kloset.codec.Compression;
import io.plakar.kloset.codec.Encryption;
import io.plakar.kloset.codec.StoreKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs several command lines in one JVM, one after the other, whatever becomes of each. The launcher starts it when the
 * JVM records what an ahead-of-time cache should hold. Words are those of the program; a lone {@code ;} ends a line. The
 * line {@code ciphers} encrypts and decrypts with a key of zeros.
 */
final class Training {
    private Training() {}

    public static void main(String[] words) {
        List<String> line = new ArrayList<>();
        for (String word : words) {
            if (word.equals(";")) {
                run(line);
                line.clear();
            } else {
                line.add(word);
            }
        }
        run(line);
        System.exit(0);
    }

    private static void run(List<String> line) {
        if (line.equals(List.of("ciphers"))) {
            tryCiphers();
        } else if (!line.isEmpty()) {
            new Program(Surroundings.ofProcess()).run(List.copyOf(line));
        }
    }

    private static void tryCiphers() {
        try (Codec codec = Codec.of(
                Compression.LZ4,
                Encryption.of(
                        Encryption.AES256_KW,
                        Encryption.AES256_GCM_SIV,
                        Encryption.DEFAULT_PIECE,
                        StoreKey.of(new byte[StoreKey.BYTES]),
                        new SecureRandom()))) {
            codec.warmUp();
        } catch (KlosetException e) {
            // The cache then lacks these classes, which costs time only.
        }
    }
}
