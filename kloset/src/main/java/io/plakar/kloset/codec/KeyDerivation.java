package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;

/**
 * How a store's key is made from its passphrase (format-storage §6.1, §6.4). The records hold the numbers as the
 * configuration has them, checked when used. Immutable.
 */
public sealed interface KeyDerivation {
    /** Longest salt accepted, in bytes; stores have 16. */
    int MAX_SALT = 1024;

    /** Bytes of salt to draw for a new store. */
    long saltSize();

    /** Bytes of key; a store needs {@link StoreKey#BYTES}. */
    long keyLength();

    /** Name in the configuration: {@code ARGON2ID}, {@code SCRYPT} or {@code PBKDF2}. */
    String name();

    /**
     * Refuses parameters that make no key for a store, or that nobody sane would ask a machine for.
     *
     * @throws KlosetException.Corrupt if a number is impossible or exorbitant
     * @throws KlosetException.UnsupportedVersion if a hash is unknown
     */
    void check() throws KlosetException;

    /**
     * The 32 bytes of key, which the caller wipes. Takes seconds and much memory on purpose.
     *
     * @param passphrase the bytes as typed, UTF-8; not changed
     * @throws KlosetException as {@link #check}; {@link KlosetException.Invalid} if memory does not suffice
     */
    default byte[] derive(byte[] passphrase, byte[] salt) throws KlosetException {
        check();
        if (salt.length < 8 || salt.length > MAX_SALT) {
            throw new KlosetException.Corrupt(
                    "impossible salt of " + salt.length + " bytes in the store configuration");
        }
        try {
            return switch (this) {
                case Argon2id argon2id -> argon2id.run(passphrase, salt);
                case Scrypt scrypt -> scrypt.run(passphrase, salt);
                case Pbkdf2 pbkdf2 -> pbkdf2.run(passphrase, salt);
            };
        } catch (OutOfMemoryError tooLittle) {
            throw new KlosetException.Invalid("not enough memory to derive the key of this store (" + this
                    + "): close other programs or use a machine with more memory");
        }
    }

    private static void require(boolean sane, KeyDerivation parameters) throws KlosetException {
        if (!sane) {
            throw new KlosetException.Corrupt("impossible key derivation in the store configuration: " + parameters);
        }
    }

    /**
     * Argon2id, version 0x13.
     *
     * @param time passes over the memory
     * @param memoryKiB memory in KiB
     * @param threads lanes
     */
    record Argon2id(long saltSize, long time, long memoryKiB, long threads, long keyLength) implements KeyDerivation {
        /** What new stores have: 256 MiB, four passes. */
        public static final Argon2id DEFAULT = new Argon2id(16, 4, 262144, 1, StoreKey.BYTES);

        /** 4 GiB. */
        private static final long MAX_MEMORY = 4L << 20;

        /** Passes times memory: 64 GiB, minutes of work. */
        private static final long MAX_WORK = 64L << 20;

        @Override
        public String name() {
            return "ARGON2ID";
        }

        @Override
        public void check() throws KlosetException {
            require(
                    keyLength == StoreKey.BYTES
                            && threads >= 1
                            && threads <= 255
                            && memoryKiB >= 8 * threads
                            && memoryKiB <= MAX_MEMORY
                            && time >= 1
                            && time <= MAX_WORK / memoryKiB,
                    this);
        }

        private byte[] run(byte[] passphrase, byte[] salt) {
            byte[] key =
                    NativeArgon2.derive(passphrase, salt, (int) time, (int) memoryKiB, (int) threads, (int) keyLength);
            return key != null ? key : portable(passphrase, salt);
        }

        byte[] portable(byte[] passphrase, byte[] salt) {
            byte[] none = new byte[0];
            return Argon2.derive(
                    passphrase, salt, none, none, (int) time, (int) memoryKiB, (int) threads, (int) keyLength);
        }
    }

    /**
     * scrypt (RFC 7914).
     *
     * @param n cost, a power of two
     * @param r block size
     * @param p parallelism
     */
    record Scrypt(long saltSize, long n, long r, long p, long keyLength) implements KeyDerivation {
        /** What the format calls the default. */
        public static final Scrypt DEFAULT = new Scrypt(16, 32768, 8, 1, StoreKey.BYTES);

        /** 1 GiB. */
        private static final long MAX_MEMORY = 1L << 30;

        @Override
        public String name() {
            return "SCRYPT";
        }

        @Override
        public void check() throws KlosetException {
            require(
                    keyLength == StoreKey.BYTES
                            && n >= 2
                            && n <= 1 << 24
                            && Long.bitCount(n) == 1
                            && r >= 1
                            && r <= 1024
                            && p >= 1
                            && p <= 64
                            && 128 * n * r <= MAX_MEMORY,
                    this);
        }

        private byte[] run(byte[] passphrase, byte[] salt) {
            return SCrypt.generate(passphrase, salt, (int) n, (int) r, (int) p, (int) keyLength);
        }
    }

    /**
     * PBKDF2 with HMAC (RFC 8018).
     *
     * @param hashing {@code SHA256} or {@code SHA512}
     */
    record Pbkdf2(long saltSize, long iterations, long keyLength, String hashing) implements KeyDerivation {
        /** What the format calls the default. */
        public static final Pbkdf2 DEFAULT = new Pbkdf2(16, 100_000, StoreKey.BYTES, "SHA256");

        private static final long MAX_ITERATIONS = 100_000_000;

        @Override
        public String name() {
            return "PBKDF2";
        }

        @Override
        public void check() throws KlosetException {
            require(keyLength == StoreKey.BYTES && iterations >= 1 && iterations <= MAX_ITERATIONS, this);
            hmac();
        }

        private String hmac() throws KlosetException {
            return switch (hashing) {
                case "SHA256" -> "HmacSHA256";
                case "SHA512" -> "HmacSHA512";
                default ->
                    throw new KlosetException.UnsupportedVersion("unsupported key derivation hash \"" + hashing + "\"");
            };
        }

        /** The first block of the output, which is all a key needs; the JDK's own class takes characters, not bytes. */
        private byte[] run(byte[] passphrase, byte[] salt) throws KlosetException {
            try {
                Mac mac = Mac.getInstance(hmac());
                // HMAC pads its key with zeros, and the JDK refuses an empty one.
                mac.init(new SecretKeySpec(passphrase.length == 0 ? new byte[1] : passphrase, mac.getAlgorithm()));
                mac.update(salt);
                byte[] link = mac.doFinal(new byte[] {0, 0, 0, 1});
                byte[] key = link.clone();
                for (long i = 1; i < iterations; i++) {
                    mac.update(link);
                    mac.doFinal(link, 0);
                    for (int b = 0; b < key.length; b++) {
                        key[b] ^= link[b];
                    }
                }
                byte[] out = Arrays.copyOf(key, (int) keyLength);
                Arrays.fill(key, (byte) 0);
                Arrays.fill(link, (byte) 0);
                return out;
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
