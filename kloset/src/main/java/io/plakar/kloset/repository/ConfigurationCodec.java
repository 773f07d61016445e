package io.plakar.kloset.repository;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.codec.KeyDerivation;
import io.plakar.kloset.msgpack.MsgpackReader;
import io.plakar.kloset.msgpack.MsgpackWriter;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** CONFIG's payload as msgpack, in the fields and widths of format-storage §6.1; reads leniently. Stateless. */
final class ConfigurationCodec {
    private ConfigurationCodec() {}

    static byte[] encode(StoreConfiguration configuration) {
        MsgpackWriter out = new MsgpackWriter();
        out.mapHeader(7);
        out.str("Timestamp");
        out.time(configuration.timestamp());
        out.str("RepositoryID");
        out.bin(bytes(configuration.repositoryId()));
        out.str("Packfile");
        out.mapHeader(3);
        out.str("MinSize");
        out.u64(configuration.packfile().min());
        out.str("AvgSize");
        out.u64(configuration.packfile().average());
        out.str("MaxSize");
        out.u64(configuration.packfile().max());
        out.str("Chunking");
        out.mapHeader(4);
        out.str("Algorithm");
        out.str(configuration.chunking().algorithm());
        out.str("MinSize");
        out.u32(configuration.chunking().min());
        out.str("NormalSize");
        out.u32(configuration.chunking().normal());
        out.str("MaxSize");
        out.u32(configuration.chunking().max());
        out.str("Hashing");
        out.mapHeader(2);
        out.str("Algorithm");
        out.str(configuration.hashing().algorithm());
        out.str("Bits");
        out.u32(configuration.hashing().bits());
        out.str("Compression");
        StoreConfiguration.Compression compression = configuration.compression();
        if (compression == null) {
            out.nil();
        } else {
            out.mapHeader(6);
            out.str("Algorithm");
            out.str(compression.algorithm());
            out.str("Level");
            out.smallest(compression.level());
            out.str("WindowSize");
            out.smallest(compression.windowSize());
            out.str("ChunkSize");
            out.smallest(compression.chunkSize());
            out.str("BlockSize");
            out.smallest(compression.blockSize());
            out.str("EnableCRC");
            out.bool(compression.crc());
        }
        out.str("Encryption");
        StoreConfiguration.Encryption encryption = configuration.encryption();
        if (encryption == null) {
            out.nil();
        } else {
            encode(encryption, out);
        }
        return out.toByteArray();
    }

    private static void encode(StoreConfiguration.Encryption encryption, MsgpackWriter out) {
        out.mapHeader(5);
        out.str("SubKeyAlgorithm");
        out.str(encryption.subKeyAlgorithm());
        out.str("DataAlgorithm");
        out.str(encryption.dataAlgorithm());
        out.str("ChunkSize");
        out.smallest(encryption.chunkSize());
        out.str("KDFParams");
        out.mapHeader(3);
        out.str("KDF");
        out.str(encryption.keyDerivation().name());
        out.str("Salt");
        out.bin(encryption.salt());
        switch (encryption.keyDerivation()) {
            case KeyDerivation.Argon2id kdf -> {
                out.str("argon2id");
                out.mapHeader(5);
                out.str("SaltSize");
                out.u32((int) kdf.saltSize());
                out.str("Time");
                out.u32((int) kdf.time());
                out.str("Memory");
                out.u32((int) kdf.memoryKiB());
                out.str("Threads");
                out.u8((int) kdf.threads());
                out.str("KeyLen");
                out.u32((int) kdf.keyLength());
            }
            case KeyDerivation.Scrypt kdf -> {
                out.str("scrypt");
                out.mapHeader(5);
                out.str("SaltSize");
                out.u32((int) kdf.saltSize());
                out.str("N");
                out.smallest(kdf.n());
                out.str("R");
                out.smallest(kdf.r());
                out.str("P");
                out.smallest(kdf.p());
                out.str("KeyLen");
                out.smallest(kdf.keyLength());
            }
            case KeyDerivation.Pbkdf2 kdf -> {
                out.str("pbkdf2");
                out.mapHeader(4);
                out.str("SaltSize");
                out.u32((int) kdf.saltSize());
                out.str("Iterations");
                out.smallest(kdf.iterations());
                out.str("KeyLen");
                out.smallest(kdf.keyLength());
                out.str("Hashing");
                out.str(kdf.hashing());
            }
        }
        out.str("Canary");
        out.bin(encryption.canary());
    }

    /** @throws KlosetException.Corrupt when it is not such a map; unknown keys are passed over */
    static StoreConfiguration decode(byte[] payload) throws KlosetException {
        try {
            return decode(new MsgpackReader(payload));
        } catch (KlosetException.Corrupt e) {
            String message = String.valueOf(e.getMessage());
            throw message.startsWith("CONFIG ") ? e : new KlosetException.Corrupt("CONFIG is damaged: " + message);
        }
    }

    private static StoreConfiguration decode(MsgpackReader in) throws KlosetException {
        Instant timestamp = Instant.EPOCH;
        UUID id = new UUID(0, 0);
        StoreConfiguration.PackfileSizes packfile = new StoreConfiguration.PackfileSizes(0, 0, 0);
        StoreConfiguration.Chunking chunking = new StoreConfiguration.Chunking("", 0, 0, 0);
        StoreConfiguration.Hashing hashing = new StoreConfiguration.Hashing("", 0);
        StoreConfiguration.Compression compression = null;
        StoreConfiguration.Encryption encryption = null;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "Timestamp" -> timestamp = in.time();
                case "RepositoryID" -> id = uuid(in.bytes());
                case "Packfile" -> packfile = packfile(in);
                case "Chunking" -> chunking = chunking(in);
                case "Hashing" -> hashing = hashing(in);
                case "Compression" -> compression = compression(in);
                case "Encryption" -> encryption = encryption(in);
                default -> in.skip();
            }
        }
        return new StoreConfiguration(timestamp, id, packfile, chunking, hashing, compression, encryption);
    }

    private static StoreConfiguration.PackfileSizes packfile(MsgpackReader in) throws KlosetException {
        long min = 0;
        long average = 0;
        long max = 0;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "MinSize" -> min = in.integer();
                case "AvgSize" -> average = in.integer();
                case "MaxSize" -> max = in.integer();
                default -> in.skip();
            }
        }
        return new StoreConfiguration.PackfileSizes(min, average, max);
    }

    private static StoreConfiguration.Chunking chunking(MsgpackReader in) throws KlosetException {
        String algorithm = "";
        int min = 0;
        int normal = 0;
        int max = 0;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "Algorithm" -> algorithm = in.text();
                case "MinSize" -> min = in.integer32();
                case "NormalSize" -> normal = in.integer32();
                case "MaxSize" -> max = in.integer32();
                default -> in.skip();
            }
        }
        return new StoreConfiguration.Chunking(algorithm, min, normal, max);
    }

    private static StoreConfiguration.Hashing hashing(MsgpackReader in) throws KlosetException {
        String algorithm = "";
        int bits = 0;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "Algorithm" -> algorithm = in.text();
                case "Bits" -> bits = in.integer32();
                default -> in.skip();
            }
        }
        return new StoreConfiguration.Hashing(algorithm, bits);
    }

    private static StoreConfiguration.@Nullable Compression compression(MsgpackReader in) throws KlosetException {
        if (in.isNil()) {
            in.skip();
            return null;
        }
        String algorithm = "";
        long level = 0;
        long window = 0;
        long chunk = 0;
        long block = 0;
        boolean crc = false;
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "Algorithm" -> algorithm = in.text();
                case "Level" -> level = in.integer();
                case "WindowSize" -> window = in.integer();
                case "ChunkSize" -> chunk = in.integer();
                case "BlockSize" -> block = in.integer();
                case "EnableCRC" -> crc = in.bool();
                default -> in.skip();
            }
        }
        return new StoreConfiguration.Compression(algorithm, level, window, chunk, block, crc);
    }

    private static StoreConfiguration.@Nullable Encryption encryption(MsgpackReader in) throws KlosetException {
        if (in.isNil()) {
            in.skip();
            return null;
        }
        String subKey = "";
        String data = "";
        int chunkSize = 0;
        Kdf kdf = new Kdf();
        byte[] canary = new byte[0];
        for (int left = in.mapHeader(); left > 0; left--) {
            switch (in.text()) {
                case "SubKeyAlgorithm" -> subKey = in.text();
                case "DataAlgorithm" -> data = in.text();
                case "ChunkSize" -> chunkSize = in.integer32();
                case "KDFParams" -> kdf.read(in);
                case "Canary" -> canary = in.bytes();
                default -> in.skip();
            }
        }
        if (chunkSize < 1 || chunkSize > 1 << 30) {
            throw new KlosetException.Corrupt("CONFIG is damaged: an encryption chunk size of " + chunkSize);
        }
        return new StoreConfiguration.Encryption(subKey, data, chunkSize, kdf.derivation(), kdf.salt, canary);
    }

    /** Key derivation parameters as they are met; which of them count is known at the end. */
    private static final class Kdf {
        private String name = "";
        private byte[] salt = new byte[0];
        private long saltSize;
        private long keyLength;
        private long time;
        private long memory;
        private long threads;
        private long n;
        private long r;
        private long p;
        private long iterations;
        private String hashing = "";

        void read(MsgpackReader in) throws KlosetException {
            for (int left = in.mapHeader(); left > 0; left--) {
                switch (in.text()) {
                    case "KDF" -> name = in.text();
                    case "Salt" -> salt = in.bytes();
                    case "argon2id", "scrypt", "pbkdf2" -> readParameters(in);
                    default -> in.skip();
                }
            }
        }

        private void readParameters(MsgpackReader in) throws KlosetException {
            if (in.isNil()) {
                in.skip();
                return;
            }
            for (int left = in.mapHeader(); left > 0; left--) {
                switch (in.text()) {
                    case "SaltSize" -> saltSize = in.integer();
                    case "KeyLen" -> keyLength = in.integer();
                    case "Time" -> time = in.integer();
                    case "Memory" -> memory = in.integer();
                    case "Threads" -> threads = in.integer();
                    case "N" -> n = in.integer();
                    case "R" -> r = in.integer();
                    case "P" -> p = in.integer();
                    case "Iterations" -> iterations = in.integer();
                    case "Hashing" -> hashing = in.text();
                    default -> in.skip();
                }
            }
        }

        KeyDerivation derivation() throws KlosetException {
            return switch (name.toUpperCase(Locale.ROOT)) {
                case "ARGON2ID" -> new KeyDerivation.Argon2id(saltSize, time, memory, threads, keyLength);
                case "SCRYPT" -> new KeyDerivation.Scrypt(saltSize, n, r, p, keyLength);
                case "PBKDF2" -> new KeyDerivation.Pbkdf2(saltSize, iterations, keyLength, hashing);
                default ->
                    throw new KlosetException.UnsupportedVersion(
                            "unsupported key derivation \"" + name + "\"; use a newer program");
            };
        }
    }

    static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static UUID uuid(byte[] bytes) throws KlosetException {
        if (bytes.length != 16) {
            throw new KlosetException.Corrupt("CONFIG is damaged: a store id of " + bytes.length + " bytes");
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        return new UUID(in.getLong(), in.getLong());
    }
}
