package io.plakar.kloset.codec;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.bouncycastle.crypto.InvalidCipherTextException;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.modes.GCMSIVBlockCipher;
import org.bouncycastle.crypto.params.AEADParameters;
import org.bouncycastle.crypto.params.KeyParameter;

/** AES-256-GCM-SIV without associated data. Instances belong to one thread. */
interface Aead {
    /** Appends ciphertext and tag of what {@code in} holds to {@code out}. */
    void seal(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException;

    /**
     * Appends the plaintext of what {@code in} holds to {@code out}.
     *
     * @throws AEADBadTagException if it is not authentic
     */
    void open(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException;

    /** Conscrypt's, in native code; wants direct buffers to be fast. */
    final class Native implements Aead {
        private static final int TAG_BITS = 128;

        private final Cipher cipher;

        Native(Provider conscrypt) throws GeneralSecurityException {
            cipher = Cipher.getInstance("AES_256/GCM-SIV/NoPadding", conscrypt);
        }

        @Override
        public void seal(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException {
            cipher.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.doFinal(in, out);
        }

        @Override
        public void open(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException {
            cipher.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(TAG_BITS, nonce));
            cipher.doFinal(in, out);
        }
    }

    /** Bouncy Castle's, for platforms without Conscrypt's library: correct everywhere, and many times slower. */
    final class Portable implements Aead {
        private final GCMSIVBlockCipher cipher = new GCMSIVBlockCipher(AESEngine.newInstance());

        @Override
        public void seal(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException {
            run(true, key, nonce, in, out);
        }

        @Override
        public void open(SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out) throws GeneralSecurityException {
            run(false, key, nonce, in, out);
        }

        private void run(boolean seal, SecretKey key, byte[] nonce, ByteBuffer in, ByteBuffer out)
                throws GeneralSecurityException {
            byte[] secret = key.getEncoded();
            byte[] source = new byte[in.remaining()];
            in.get(source);
            try {
                cipher.init(seal, new AEADParameters(new KeyParameter(secret), 128, nonce));
                cipher.processBytes(source, 0, source.length, new byte[0], 0);
                byte[] result = new byte[cipher.getOutputSize(0)];
                out.put(result, 0, cipher.doFinal(result, 0));
            } catch (InvalidCipherTextException notAuthentic) {
                AEADBadTagException failure = new AEADBadTagException("tag mismatch");
                failure.initCause(notAuthentic);
                throw failure;
            } finally {
                Arrays.fill(secret, (byte) 0);
            }
        }
    }
}
