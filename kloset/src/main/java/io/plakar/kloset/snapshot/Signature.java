package io.plakar.kloset.snapshot;

import io.plakar.connector.Mac;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.function.Function;

/** Checks the signature of a snapshot: Ed25519 over the MAC of the canonical header (format-snapshot §3.3). */
public final class Signature {
    /** Bytes of a signature blob. */
    public static final int BYTES = 64;

    // SubjectPublicKeyInfo of an Ed25519 key up to its 32 raw bytes.
    private static final byte[] KEY_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
    private static final int KEY_BYTES = 32;

    private Signature() {}

    /**
     * Whether the signature is that of the header's own identity; false for an unsigned header and for a key or
     * signature of the wrong size.
     *
     * @param mac the MAC of the store which holds the snapshot
     */
    public static boolean verify(SnapshotHeader header, byte[] signature, Function<byte[], Mac> mac) {
        byte[] raw = header.identity().publicKey();
        if (!header.isSigned() || raw.length != KEY_BYTES || signature.length != BYTES) {
            return false;
        }
        byte[] encoded = Arrays.copyOf(KEY_PREFIX, KEY_PREFIX.length + KEY_BYTES);
        System.arraycopy(raw, 0, encoded, KEY_PREFIX.length, KEY_BYTES);
        try {
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            java.security.Signature verifier = java.security.Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(mac.apply(header.encode()).bytes());
            return verifier.verify(signature);
        } catch (GeneralSecurityException e) {
            // Every JDK has Ed25519: what fails here is a point not on the curve or a malformed signature.
            return false;
        }
    }
}
