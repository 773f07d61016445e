package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/** Tells a right passphrase from a wrong one: an encrypted stream over random bytes (format-storage §6.4). Stateless. */
public final class Canary {
    private static final int PLAIN = 32;

    /** Longest canary worth looking at, in bytes; stores have 100. */
    private static final int MAX = 4096;

    private Canary() {}

    /** A fresh canary for a store with this encryption. */
    public static byte[] create(Encryption encryption, SecureRandom random) {
        byte[] plain = new byte[PLAIN];
        random.nextBytes(plain);
        ByteBuffer in = ByteBuffer.allocateDirect(PLAIN).put(plain).flip();
        ByteBuffer out = ByteBuffer.allocateDirect(Math.toIntExact(encryption.encryptedLength(PLAIN)));
        encryption.encrypt(in, out);
        byte[] canary = new byte[out.flip().remaining()];
        out.get(canary);
        return canary;
    }

    /** Whether the encryption's key made this canary. */
    public static boolean verify(Encryption encryption, byte[] canary) {
        if (canary.length > MAX) {
            return false;
        }
        ByteBuffer in = ByteBuffer.allocateDirect(canary.length).put(canary).flip();
        try {
            encryption.decrypt(in, ByteBuffer.allocateDirect(canary.length));
            return true;
        } catch (KlosetException notAuthentic) {
            return false;
        }
    }
}
