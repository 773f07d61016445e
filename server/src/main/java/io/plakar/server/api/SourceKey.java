package io.plakar.server.api;

import io.plakar.kloset.snapshot.SnapshotHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import tools.jackson.core.JsonGenerator;

/**
 * Where snapshots come from: those of one source follow each other. Immutable.
 *
 * @param id short name of the three others together, the same on every run
 * @param directory bytes, shared and not to be changed
 */
record SourceKey(String id, String type, String origin, byte[] directory) {
    private static final int ID_DIGITS = 16;

    static SourceKey of(SnapshotHeader header) {
        SnapshotHeader.Source source = header.source();
        return new SourceKey(
                id(source.type(), source.origin(), source.directoryBytes()),
                source.type(),
                source.origin(),
                source.directoryBytes());
    }

    private static String id(String type, String origin, byte[] directory) {
        return Digests.hex(
                        type.getBytes(StandardCharsets.UTF_8),
                        new byte[1],
                        origin.getBytes(StandardCharsets.UTF_8),
                        new byte[1],
                        directory)
                .substring(0, ID_DIGITS);
    }

    String directoryText() {
        return JsonBody.text(directory);
    }

    void write(JsonGenerator json, String name) {
        json.writeObjectPropertyStart(name);
        json.writeStringProperty("id", id);
        json.writeStringProperty("type", type);
        json.writeStringProperty("origin", origin);
        json.writeStringProperty("directory", directoryText());
        json.writeEndObject();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SourceKey key
                && type.equals(key.type)
                && origin.equals(key.origin)
                && Arrays.equals(directory, key.directory);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * type.hashCode() + origin.hashCode()) + Arrays.hashCode(directory);
    }
}
