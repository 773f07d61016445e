package io.plakar.interop;

import io.plakar.connector.ConnectorContext;
import io.plakar.connector.Location;
import io.plakar.connector.Mac;
import io.plakar.connector.StoreConnector;
import io.plakar.connector.ptar.PtarProvider;
import io.plakar.kloset.EngineContext;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.repository.CreateOptions;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes an archive that no honest program writes: every id, footer and state in it is right, but names in it are
 * others. A snapshot is copied blob by blob, children first; in each blob bytes are replaced by as many others, and
 * references by the ids of the replaced blobs.
 */
final class ForgedArchive {
    private final Repository from;
    private final RepositoryWriter to;
    private final Map<String, String> replacements;
    private final Map<Mac, Mac> done = new HashMap<>();

    private ForgedArchive(Repository from, RepositoryWriter to, Map<String, String> replacements) {
        this.from = from;
        this.to = to;
        this.replacements = replacements;
    }

    /** Makes {@code forged.ptar} of {@code honest.ptar}, a plaintext archive, with keys replaced by values everywhere. */
    static void make(Path directory, Map<String, String> replacements) throws Exception {
        EngineContext context = new EngineContext(
                InstantSource.system(),
                new SecureRandom(),
                directory.resolve("forge-cache"),
                directory,
                1,
                "here",
                true);
        StoreConnector forged = open(directory, "forged.ptar");
        Repository.create(forged, new CreateOptions("BLAKE3", true, true), null, context);
        try (Repository from = Repository.open(open(directory, "honest.ptar"), null, context);
                Repository to = Repository.open(forged, null, context);
                RepositoryWriter writer = new RepositoryWriter(to)) {
            ForgedArchive archive = new ForgedArchive(from, writer, replacements);
            for (SnapshotHeader header : from.snapshots()) {
                byte[] bytes = archive.rewritten(from.get(BlobType.SNAPSHOT, header.id()), header.id());
                writer.put(BlobType.SNAPSHOT, header.id(), bytes, 0, bytes.length);
            }
            writer.commit();
        }
    }

    private Mac copy(BlobType type, Mac id) throws Exception {
        byte[] bytes = rewritten(from.get(type, id), id);
        return to.put(type, bytes, 0, bytes.length);
    }

    private byte[] rewritten(byte[] bytes, Mac self) throws Exception {
        for (int i = 0; i + Mac.BYTES <= bytes.length; i++) {
            Mac id = Mac.of(bytes, i);
            if (id.equals(self)) {
                continue;
            }
            if (!done.containsKey(id)) {
                for (BlobType type : BlobType.values()) {
                    if (type != BlobType.SNAPSHOT && from.contains(type, id)) {
                        done.put(id, copy(type, id));
                    }
                }
            }
            Mac copied = done.get(id);
            if (copied != null) {
                copied.copyTo(bytes, i);
                i += Mac.BYTES - 1;
            }
        }
        for (Map.Entry<String, String> replacement : replacements.entrySet()) {
            replace(
                    bytes,
                    replacement.getKey().getBytes(StandardCharsets.ISO_8859_1),
                    replacement.getValue().getBytes(StandardCharsets.ISO_8859_1));
        }
        return bytes;
    }

    private static void replace(byte[] bytes, byte[] word, byte[] by) {
        if (word.length != by.length) {
            throw new IllegalArgumentException("lengths of records must stay");
        }
        for (int i = 0; i + word.length <= bytes.length; i++) {
            if (Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
                System.arraycopy(by, 0, bytes, i, by.length);
            }
        }
    }

    private static StoreConnector open(Path directory, String archive) throws Exception {
        ConnectorContext context = new ConnectorContext(
                "here",
                directory,
                directory,
                1,
                true,
                "test",
                InputStream.nullInputStream(),
                new ByteArrayOutputStream(),
                new ByteArrayOutputStream());
        return new PtarProvider().store(Location.parse("ptar:" + archive), Map.of(), context);
    }
}
