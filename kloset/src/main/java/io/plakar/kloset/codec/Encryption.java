package io.plakar.kloset.codec;

import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import org.conscrypt.Conscrypt;
import org.jspecify.annotations.Nullable;

/**
 * The encrypted stream of a store (format-storage §7.2): a wrapped random subkey, then pieces under AES-256-GCM-SIV.
 * Thread-safe; keeps its ciphers per thread. Closing closes the store key it was given.
 */
public final class Encryption implements AutoCloseable {
    /** Default way of wrapping subkeys. */
    public static final String AES256_KW = "AES256-KW";

    /** Other way of wrapping subkeys, which stores made by libraries may have. */
    public static final String AES256_GCM = "AES256-GCM";

    /** The only way of encrypting data. */
    public static final String AES256_GCM_SIV = "AES256-GCM-SIV";

    /** Default size of a piece of plaintext in bytes. */
    public static final int DEFAULT_PIECE = 65536;

    /** Largest piece a store may ask for: 16 MiB. */
    private static final int MAX_PIECE = 16 << 20;

    private static final int NONCE = 12;
    private static final int TAG = 16;
    private static final int OVERHEAD = NONCE + TAG;

    private final boolean keyWrap;
    private final int piece;
    private final StoreKey key;
    private final SecureRandom random;
    private final ThreadLocal<Engine> engines;

    private Encryption(boolean keyWrap, int piece, StoreKey key, SecureRandom random, @Nullable Provider conscrypt) {
        this.keyWrap = keyWrap;
        this.piece = piece;
        this.key = key;
        this.random = random;
        this.engines = ThreadLocal.withInitial(() -> new Engine(conscrypt));
    }

    /**
     * The encryption a store's configuration describes.
     *
     * @param subKeyAlgorithm {@link #AES256_KW} or {@link #AES256_GCM}
     * @param dataAlgorithm {@link #AES256_GCM_SIV}
     * @param pieceSize bytes of plaintext per piece
     * @param key closed by {@link #close}
     * @param random source of subkeys and nonces
     * @throws KlosetException.UnsupportedVersion if an algorithm is another one
     * @throws KlosetException.Corrupt if the piece size is not in 1..16 MiB
     */
    public static Encryption of(
            String subKeyAlgorithm, String dataAlgorithm, int pieceSize, StoreKey key, SecureRandom random)
            throws KlosetException {
        return of(subKeyAlgorithm, dataAlgorithm, pieceSize, key, random, conscrypt());
    }

    static Encryption of(
            String subKeyAlgorithm,
            String dataAlgorithm,
            int pieceSize,
            StoreKey key,
            SecureRandom random,
            @Nullable Provider conscrypt)
            throws KlosetException {
        boolean keyWrap = switch (subKeyAlgorithm) {
            case AES256_KW -> true;
            case AES256_GCM -> false;
            default ->
                throw new KlosetException.UnsupportedVersion(
                        "unsupported subkey encryption algorithm: " + subKeyAlgorithm);
        };
        if (!dataAlgorithm.equals(AES256_GCM_SIV)) {
            throw new KlosetException.UnsupportedVersion("unsupported data encryption algorithm: " + dataAlgorithm);
        }
        if (pieceSize < 1 || pieceSize > MAX_PIECE) {
            throw new KlosetException.Corrupt("impossible encryption chunk size: " + pieceSize);
        }
        return new Encryption(keyWrap, pieceSize, key, random, conscrypt);
    }

    /** Conscrypt as a private provider, or null where its native library does not load. */
    private static @Nullable Provider conscrypt() {
        try {
            Conscrypt.checkAvailability();
            return Conscrypt.newProvider();
        } catch (LinkageError | RuntimeException noNativeLibrary) {
            return null;
        }
    }

    private int wrapLength() {
        return keyWrap ? StoreKey.BYTES + 8 : StoreKey.BYTES + OVERHEAD;
    }

    /** Length of the stream of {@code length} bytes. */
    public long encryptedLength(long length) {
        return wrapLength() + length + OVERHEAD * ((length + piece - 1) / piece);
    }

    /**
     * Length of the plaintext of a stream of {@code length} bytes.
     *
     * @throws KlosetException.Corrupt if no stream has that length
     */
    public long plainLength(long length) throws KlosetException {
        long body = length - wrapLength();
        long full = piece + OVERHEAD;
        long rest = body < 0 ? -1 : body % full;
        if (rest < 0 || (rest > 0 && rest <= OVERHEAD)) {
            throw new KlosetException.Corrupt("encrypted data is cut off after " + length + " bytes");
        }
        return body / full * piece + (rest == 0 ? 0 : rest - OVERHEAD);
    }

    /** Appends the stream of what {@code plain} holds to {@code out}; fast with direct buffers. */
    void encrypt(ByteBuffer plain, ByteBuffer out) {
        Engine engine = engines.get();
        Subkey subkey = engine.freshSubkey();
        try (subkey) {
            out.put(engine.wrap(subkey));
            int limit = plain.limit();
            while (plain.position() < limit) {
                plain.limit(Math.min(limit, plain.position() + piece));
                engine.seal(subkey, plain, out);
            }
        }
    }

    /** Appends the plaintext of the stream {@code in} holds to {@code out}; fast with direct buffers. */
    void decrypt(ByteBuffer in, ByteBuffer out) throws KlosetException {
        plainLength(in.remaining());
        Engine engine = engines.get();
        byte[] wrapped = new byte[wrapLength()];
        in.get(wrapped);
        try (Subkey subkey = engine.unwrap(wrapped)) {
            int limit = in.limit();
            while (in.position() < limit) {
                in.limit(Math.min(limit, in.position() + piece + OVERHEAD));
                engine.open(subkey, in, out);
            }
        }
    }

    /** A stream that encrypts into {@code out}; closing it completes the stream and leaves {@code out} open. */
    OutputStream encryptor(OutputStream out) {
        return new Encryptor(out);
    }

    /** A stream that decrypts {@code in} and leaves it open; wrong bytes are a {@link DecodingException}. */
    InputStream decryptor(InputStream in) {
        return new Decryptor(in);
    }

    @Override
    public void close() {
        key.close();
    }

    /** The random key of one stream; wiped when closed. */
    private static final class Subkey implements SecretKey, AutoCloseable {
        private static final long serialVersionUID = 1;

        @SuppressWarnings("serial")
        private final transient byte[] bytes;

        Subkey(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public String getAlgorithm() {
            return "AES";
        }

        @Override
        public String getFormat() {
            return "RAW";
        }

        @Override
        public byte[] getEncoded() {
            return bytes.clone();
        }

        @Override
        public void close() {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The ciphers of one thread. */
    private final class Engine {
        private final Aead aead;
        private final Cipher wrapper;
        private final byte[] nonce = new byte[NONCE];

        Engine(@Nullable Provider conscrypt) {
            try {
                aead = conscrypt == null ? new Aead.Portable() : new Aead.Native(conscrypt);
                wrapper = Cipher.getInstance(keyWrap ? "AES/KW/NoPadding" : "AES/GCM/NoPadding");
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException("this Java lacks a cipher", impossible);
            }
        }

        Subkey freshSubkey() {
            byte[] bytes = new byte[StoreKey.BYTES];
            random.nextBytes(bytes);
            return new Subkey(bytes);
        }

        byte[] wrap(Subkey subkey) {
            try {
                if (keyWrap) {
                    wrapper.init(Cipher.WRAP_MODE, key);
                    return wrapper.wrap(subkey);
                }
                random.nextBytes(nonce);
                wrapper.init(Cipher.ENCRYPT_MODE, key, new GCMParameterSpec(8 * TAG, nonce));
                byte[] out = new byte[wrapLength()];
                System.arraycopy(nonce, 0, out, 0, NONCE);
                wrapper.doFinal(subkey.bytes, 0, subkey.bytes.length, out, NONCE);
                return out;
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        Subkey unwrap(byte[] wrapped) throws KlosetException {
            try {
                if (keyWrap) {
                    wrapper.init(Cipher.UNWRAP_MODE, key);
                    return new Subkey(
                            wrapper.unwrap(wrapped, "AES", Cipher.SECRET_KEY).getEncoded());
                }
                wrapper.init(Cipher.DECRYPT_MODE, key, new GCMParameterSpec(8 * TAG, wrapped, 0, NONCE));
                return new Subkey(wrapper.doFinal(wrapped, NONCE, wrapped.length - NONCE));
            } catch (GeneralSecurityException notAuthentic) {
                throw new KlosetException.Corrupt(
                        "encrypted data is damaged: its subkey is not authentic", notAuthentic);
            }
        }

        void seal(Subkey subkey, ByteBuffer plain, ByteBuffer out) {
            random.nextBytes(nonce);
            out.put(nonce);
            try {
                aead.seal(subkey, nonce, plain, out);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        void open(Subkey subkey, ByteBuffer in, ByteBuffer out) throws KlosetException {
            in.get(nonce);
            try {
                aead.open(subkey, nonce, in, out);
            } catch (AEADBadTagException notAuthentic) {
                throw new KlosetException.Corrupt("encrypted data is damaged: a piece is not authentic", notAuthentic);
            } catch (GeneralSecurityException failed) {
                throw new IllegalStateException(failed);
            }
        }
    }

    /** Gathers a piece, seals it, writes it on. One thread. */
    private final class Encryptor extends OutputStream {
        private final OutputStream out;
        private final ByteBuffer plain = ByteBuffer.allocateDirect(piece);
        private final ByteBuffer sealed = ByteBuffer.allocateDirect(piece + OVERHEAD);
        private final byte[] copy = new byte[piece + OVERHEAD];
        private final Subkey subkey = engines.get().freshSubkey();
        private boolean started;
        private boolean closed;

        Encryptor(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            if (closed) {
                throw new IOException("the encrypted stream is complete");
            }
            int at = offset;
            int left = length;
            while (left > 0) {
                if (!plain.hasRemaining()) {
                    writePiece();
                }
                int n = Math.min(left, plain.remaining());
                plain.put(data, at, n);
                at += n;
                left -= n;
            }
        }

        private void start() throws IOException {
            if (!started) {
                started = true;
                out.write(engines.get().wrap(subkey));
            }
        }

        private void writePiece() throws IOException {
            start();
            plain.flip();
            sealed.clear();
            engines.get().seal(subkey, plain, sealed);
            sealed.flip();
            int n = sealed.remaining();
            sealed.get(copy, 0, n);
            plain.clear();
            out.write(copy, 0, n);
        }

        @Override
        public void close() throws IOException {
            if (closed) {
                return;
            }
            closed = true;
            try (subkey) {
                start();
                if (plain.position() > 0) {
                    writePiece();
                }
            }
        }
    }

    /** Reads a piece, opens it, hands it out. One thread. */
    private final class Decryptor extends InputStream {
        private final InputStream in;
        private final ByteBuffer sealed = ByteBuffer.allocateDirect(piece + OVERHEAD);
        private final ByteBuffer plain = ByteBuffer.allocateDirect(piece).limit(0);
        private final byte[] copy = new byte[Math.max(piece + OVERHEAD, wrapLength())];
        private @Nullable Subkey subkey;
        private boolean ended;

        Decryptor(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] data, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            while (!plain.hasRemaining()) {
                if (ended) {
                    return -1;
                }
                try {
                    nextPiece();
                } catch (KlosetException failure) {
                    throw new DecodingException(failure);
                }
            }
            int n = Math.min(length, plain.remaining());
            plain.get(data, offset, n);
            return n;
        }

        private void nextPiece() throws IOException, KlosetException {
            Subkey open = subkey;
            if (open == null) {
                byte[] wrapped = in.readNBytes(wrapLength());
                plainLength(wrapped.length);
                open = engines.get().unwrap(wrapped);
                subkey = open;
            }
            int n = in.readNBytes(copy, 0, piece + OVERHEAD);
            ended = n < piece + OVERHEAD;
            if (n == 0) {
                close();
                return;
            }
            plainLength((long) wrapLength() + n);
            sealed.clear().put(copy, 0, n).flip();
            plain.clear();
            try {
                engines.get().open(open, sealed, plain);
            } finally {
                plain.flip();
                if (ended) {
                    close();
                }
            }
        }

        @Override
        public void close() {
            ended = true;
            Subkey open = subkey;
            if (open != null) {
                open.close();
            }
        }
    }
}
