package io.plakar.kloset.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.msgpack.MsgpackWriter;
import io.plakar.kloset.vfs.SnapshotVector;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SnapshotHeaderTest {
    private static byte[] headerBytes(SnapshotVector vector) throws Exception {
        byte[][] found = new byte[1][];
        vector.eachBlob((type, id, bytes) -> {
            if (type == BlobType.SNAPSHOT) {
                found[0] = bytes;
            }
        });
        return found[0];
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny", "plain", "encrypted"})
    void aRecordedHeaderIsReadAndWrittenAgain(String name) throws Exception {
        SnapshotVector vector = new SnapshotVector(name);
        byte[] bytes = headerBytes(vector);
        SnapshotHeader header = SnapshotHeader.decode(bytes);
        JsonNode json = vector.json.get("header");
        JsonNode source = json.get("sources").get(0);
        assertThat(header.version()).isEqualTo(json.get("version").asInt());
        assertThat(header.id()).isEqualTo(SnapshotVector.mac(json.get("identifier")));
        assertThat(header.timestamp())
                .isEqualTo(Instant.ofEpochSecond(
                        json.get("timestamp").get("sec").asLong(),
                        json.get("timestamp").get("ns").asLong()));
        assertThat(header.duration().toNanos()).isEqualTo(json.get("duration").asLong());
        assertThat(header.name()).isEqualTo(json.get("name").asString());
        assertThat(header.category()).isEqualTo(json.get("category").asString());
        assertThat(header.tags()).hasSize(json.get("tags").size());
        assertThat(header.contextValue("Hostname")).isEqualTo("backuphost");
        assertThat(header.source().type()).isEqualTo("fs");
        assertThat(header.source().directory())
                .isEqualTo(
                        BytePath.clean(source.get("importer").get("directory").asString()));
        assertThat(header.source().roots().xattrs())
                .isEqualTo(SnapshotVector.mac(source.get("root").get("xattrs")));
        assertThat(header.source().index("summary"))
                .contains(SnapshotVector.mac(source.get("indexes").get(2).get("value")));
        assertThat(header.isSigned()).isFalse();
        assertThat(header.encode()).isEqualTo(bytes);
    }

    @Test
    void aHeaderOfThreeKeysIsRead() throws Exception {
        MsgpackWriter out = new MsgpackWriter();
        out.mapHeader(3);
        out.str("sources");
        out.arrayHeader(1);
        out.mapHeader(0);
        out.str("timestamp");
        out.time(Instant.EPOCH);
        out.str("identifier");
        out.mac(Mac.of(1, 2, 3, 4));
        SnapshotHeader header = SnapshotHeader.decode(out.toByteArray());
        assertThat(header.id()).isEqualTo(Mac.of(1, 2, 3, 4));
        assertThat(header.source().directory()).isEqualTo(BytePath.ROOT);
        assertThat(header.source().index("dirpack")).isEmpty();
        assertThat(SnapshotHeader.decode(header.encode()).timestamp()).isEqualTo(Instant.EPOCH);
    }

    @Test
    void aHeaderWithoutASourceIsRefused() throws Exception {
        SnapshotHeader header = SnapshotHeader.decode(headerBytes(new SnapshotVector("tiny")));
        byte[] none = new SnapshotHeader(
                        header.version(),
                        header.id(),
                        header.timestamp(),
                        header.duration(),
                        header.identity(),
                        "",
                        "",
                        "",
                        "",
                        "",
                        1,
                        "",
                        List.of("c"),
                        List.of(new SnapshotHeader.Classification(
                                "a", List.of(new SnapshotHeader.ClassProbability("n", 0.5)))),
                        List.of(),
                        List.of(),
                        List.of())
                .encode();
        assertThatThrownBy(() -> SnapshotHeader.decode(none))
                .isInstanceOf(KlosetException.Corrupt.class)
                .hasMessageContaining("no source");
    }

    @Test
    void aSignatureIsThatOfTheIdentityOverTheCanonicalHeader() throws Exception {
        SnapshotVector vector = new SnapshotVector("tiny");
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        byte[] encoded = pair.getPublic().getEncoded();
        byte[] raw = Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        byte[] identifier = new byte[16];
        identifier[3] = 7;
        SnapshotHeader unsigned = SnapshotHeader.decode(headerBytes(vector));
        SnapshotHeader header = unsigned.withIdentity(new SnapshotHeader.Identity(identifier, raw));
        java.security.Signature signer = java.security.Signature.getInstance("Ed25519");
        signer.initSign(pair.getPrivate());
        signer.update(vector.blobs.macOf(header.encode()).bytes());
        byte[] signature = signer.sign();
        assertThat(Signature.verify(header, signature, vector.blobs::macOf)).isTrue();
        assertThat(Signature.verify(SnapshotHeader.decode(header.encode()), signature, vector.blobs::macOf))
                .isTrue();
        assertThat(Signature.verify(unsigned, signature, vector.blobs::macOf)).isFalse();
        assertThat(Signature.verify(header.withId(Mac.ZERO), signature, vector.blobs::macOf))
                .isFalse();
        signature[5] ^= 1;
        assertThat(Signature.verify(header, signature, vector.blobs::macOf)).isFalse();
        assertThat(Signature.verify(header, new byte[3], vector.blobs::macOf)).isFalse();
    }

    @Test
    void damagedHeadersGiveATypedError() throws Exception {
        long seed = 31;
        Random random = new Random(seed);
        byte[] bytes = headerBytes(new SnapshotVector("plain"));
        for (int round = 0; round < 20_000; round++) {
            byte[] damaged = round % 3 == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes.clone();
            for (int i = random.nextInt(3); i >= 0 && damaged.length > 0; i--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            try {
                SnapshotHeader.decode(damaged).encode();
            } catch (KlosetException.Corrupt expected) {
                assertThat(expected.getMessage()).isNotEmpty();
            } catch (RuntimeException other) {
                throw new AssertionError("seed " + seed + ", round " + round, other);
            }
        }
    }
}
