package io.plakar.server.api;

import io.plakar.kloset.codec.KeyDerivation;
import io.plakar.kloset.repository.StoreConfiguration;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Summary;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Headers, summaries and the store's configuration as JSON (http-api §1.7.2, §1.7.3). */
final class SnapshotJson {
    static final int FORMAT_VERSION = 0x00010000;

    private SnapshotJson() {}

    static void header(JsonGenerator json, SnapshotHeader header) {
        json.writeStartObject();
        json.writeNumberProperty("version", header.version());
        json.writeStringProperty("identifier", header.id().toHex());
        json.writeStringProperty("timestamp", JsonBody.time(header.timestamp()));
        json.writeNumberProperty("duration", header.duration().toNanos());
        json.writeObjectPropertyStart("identity");
        json.writeStringProperty(
                "identifier", uuid(header.identity().identifier()).toString());
        if (header.identity().publicKey().length == 0) {
            json.writeNullProperty("public_key");
        } else {
            json.writeStringProperty("public_key", base64(header.identity().publicKey()));
        }
        json.writeEndObject();
        json.writeStringProperty("name", header.name());
        json.writeStringProperty("category", header.category());
        json.writeStringProperty("environment", header.environment());
        json.writeStringProperty("perimeter", header.perimeter());
        json.writeStringProperty("job", header.job());
        json.writeNumberProperty("replicas", Integer.toUnsignedLong(header.replicas()));
        json.writeStringProperty("dataset", header.dataset());
        texts(json, "data_classes", header.dataClasses());
        json.writeArrayPropertyStart("classifications");
        for (SnapshotHeader.Classification classification : header.classifications()) {
            json.writeStartObject();
            json.writeStringProperty("analyzer", classification.analyzer());
            json.writeArrayPropertyStart("classes");
            for (SnapshotHeader.ClassProbability found : classification.classes()) {
                json.writeStartObject();
                json.writeStringProperty("name", found.name());
                JsonBody.number(json, "probability", found.probability());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        json.writeEndArray();
        texts(json, "tags", header.tags());
        pairs(json, "context", header.context());
        json.writeArrayPropertyStart("sources");
        for (SnapshotHeader.Source source : header.sources()) {
            source(json, source);
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void source(JsonGenerator json, SnapshotHeader.Source source) {
        json.writeStartObject();
        json.writeObjectPropertyStart("importer");
        json.writeStringProperty("type", source.type());
        json.writeStringProperty("origin", source.origin());
        json.writeStringProperty("directory", JsonBody.text(source.directoryBytes()));
        json.writeEndObject();
        pairs(json, "context", source.context());
        json.writeObjectPropertyStart("root");
        json.writeStringProperty("root", source.roots().vfs().toHex());
        json.writeStringProperty("xattrs", source.roots().xattrs().toHex());
        json.writeStringProperty("errors", source.roots().errors().toHex());
        json.writeEndObject();
        json.writeArrayPropertyStart("indexes");
        for (SnapshotHeader.Index index : source.indexes()) {
            json.writeStartObject();
            json.writeStringProperty("name", index.name());
            json.writeStringProperty("type", index.type());
            json.writeStringProperty("value", index.value().toHex());
            json.writeEndObject();
        }
        json.writeEndArray();
        summary(json, "summary", source.summary());
        json.writeEndObject();
    }

    static void summary(JsonGenerator json, String name, Summary summary) {
        json.writeObjectPropertyStart(name);
        counts(json, "directory", summary.directory(), true);
        counts(json, "below", summary.below(), false);
        json.writeEndObject();
    }

    private static void counts(JsonGenerator json, String name, Summary.Counts counts, boolean directory) {
        json.writeObjectPropertyStart(name);
        for (Summary.Field field : Summary.Field.values()) {
            if (!directory
                    && (field == Summary.Field.AVG_SIZE
                            || field == Summary.Field.SUM_ENTROPY
                            || field == Summary.Field.AVG_ENTROPY)) {
                continue;
            }
            if (field.isEntropy()) {
                JsonBody.number(json, field.label(), counts.entropy(field));
            } else {
                json.writeNumberProperty(field.label(), counts.count(field));
            }
        }
        json.writeEndObject();
    }

    static void configuration(JsonGenerator json, String name, StoreConfiguration configuration) {
        json.writeObjectPropertyStart(name);
        json.writeNumberProperty("version", FORMAT_VERSION);
        json.writeStringProperty("timestamp", JsonBody.time(configuration.timestamp()));
        json.writeStringProperty("repository_id", configuration.repositoryId().toString());
        json.writeObjectPropertyStart("packfile");
        json.writeNumberProperty("min_size", configuration.packfile().min());
        json.writeNumberProperty("avg_size", configuration.packfile().average());
        json.writeNumberProperty("max_size", configuration.packfile().max());
        json.writeEndObject();
        json.writeObjectPropertyStart("chunking");
        json.writeStringProperty("algorithm", configuration.chunking().algorithm());
        unsigned(json, "min_size", configuration.chunking().min());
        unsigned(json, "normal_size", configuration.chunking().normal());
        unsigned(json, "max_size", configuration.chunking().max());
        json.writeEndObject();
        json.writeObjectPropertyStart("hashing");
        json.writeStringProperty("algorithm", configuration.hashing().algorithm());
        unsigned(json, "bits", configuration.hashing().bits());
        json.writeEndObject();
        compression(json, configuration.compression());
        encryption(json, configuration.encryption());
        json.writeEndObject();
    }

    private static void compression(JsonGenerator json, StoreConfiguration.@Nullable Compression compression) {
        if (compression == null) {
            json.writeNullProperty("compression");
            return;
        }
        json.writeObjectPropertyStart("compression");
        json.writeStringProperty("algorithm", compression.algorithm());
        json.writeNumberProperty("level", compression.level());
        json.writeNumberProperty("window_size", compression.windowSize());
        json.writeNumberProperty("chunk_size", compression.chunkSize());
        json.writeNumberProperty("block_size", compression.blockSize());
        json.writeBooleanProperty("enable_CRC", compression.crc());
        json.writeEndObject();
    }

    private static void encryption(JsonGenerator json, StoreConfiguration.@Nullable Encryption encryption) {
        if (encryption == null) {
            json.writeNullProperty("encryption");
            return;
        }
        json.writeObjectPropertyStart("encryption");
        json.writeStringProperty("subkey_algorithm", encryption.subKeyAlgorithm());
        json.writeStringProperty("data_algorithm", encryption.dataAlgorithm());
        json.writeNumberProperty("chunk_size", encryption.chunkSize());
        json.writeObjectPropertyStart("KDF_params");
        json.writeStringProperty("KDF", encryption.keyDerivation().name());
        json.writeStringProperty("salt", base64(encryption.salt()));
        switch (encryption.keyDerivation()) {
            case KeyDerivation.Argon2id argon2id -> {
                json.writeObjectPropertyStart("argon2id");
                json.writeNumberProperty("SaltSize", argon2id.saltSize());
                json.writeNumberProperty("Time", argon2id.time());
                json.writeNumberProperty("Memory", argon2id.memoryKiB());
                json.writeNumberProperty("Threads", argon2id.threads());
                json.writeNumberProperty("KeyLen", argon2id.keyLength());
            }
            case KeyDerivation.Scrypt scrypt -> {
                json.writeObjectPropertyStart("scrypt");
                json.writeNumberProperty("SaltSize", scrypt.saltSize());
                json.writeNumberProperty("N", scrypt.n());
                json.writeNumberProperty("R", scrypt.r());
                json.writeNumberProperty("P", scrypt.p());
                json.writeNumberProperty("KeyLen", scrypt.keyLength());
            }
            case KeyDerivation.Pbkdf2 pbkdf2 -> {
                json.writeObjectPropertyStart("pbkdf2");
                json.writeNumberProperty("SaltSize", pbkdf2.saltSize());
                json.writeNumberProperty("Iterations", pbkdf2.iterations());
                json.writeNumberProperty("KeyLen", pbkdf2.keyLength());
                json.writeStringProperty("Hashing", pbkdf2.hashing());
            }
        }
        json.writeEndObject();
        json.writeEndObject();
        json.writeStringProperty("canary", base64(encryption.canary()));
        json.writeEndObject();
    }

    private static void unsigned(JsonGenerator json, String name, int value) {
        json.writeNumberProperty(name, Integer.toUnsignedLong(value));
    }

    static void texts(JsonGenerator json, String name, List<String> texts) {
        json.writeArrayPropertyStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    private static void pairs(JsonGenerator json, String name, List<SnapshotHeader.Pair> pairs) {
        json.writeArrayPropertyStart(name);
        for (SnapshotHeader.Pair pair : pairs) {
            json.writeStartObject();
            json.writeStringProperty("key", pair.key());
            json.writeStringProperty("value", pair.value());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static UUID uuid(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes.length == 16 ? bytes : new byte[16]);
        return new UUID(buffer.getLong(), buffer.getLong());
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
