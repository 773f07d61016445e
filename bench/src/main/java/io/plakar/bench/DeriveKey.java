package io.plakar.bench;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.KeyDerivation;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A program that derives one key as a new store has it, and ends: what opening an encrypted store cannot do without. */
public final class DeriveKey {
    private DeriveKey() {}

    public static void main(String[] arguments) throws KlosetException {
        byte[] passphrase = "correct horse battery staple 42!".getBytes(StandardCharsets.UTF_8);
        byte[] key = KeyDerivation.Argon2id.DEFAULT.derive(passphrase, new byte[16]);
        Arrays.fill(key, (byte) 0);
    }
}
