package io.plakar.server.api;

import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Summary;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * A snapshot as lists show it. Immutable.
 *
 * @param previous the snapshot of the same source before it, null for the first
 * @param added bytes the backup put into the store, -1 unknown
 */
record SnapshotRow(
        SnapshotHeader header, SourceKey source, @Nullable SnapshotHeader previous, long added) {
    static final long UNKNOWN = -1;

    String host() {
        return header.contextValue("Hostname");
    }

    String user() {
        return header.contextValue("Username");
    }

    long total(Summary.Field field) {
        return total(header, field);
    }

    private static long total(SnapshotHeader header, Summary.Field field) {
        return header.source().summary().total(field);
    }

    long errors() {
        return total(Summary.Field.ERRORS);
    }

    void write(JsonGenerator json) {
        json.writeStartObject();
        json.writeStringProperty("id", header.id().toHex());
        json.writeStringProperty("timestamp", JsonBody.time(header.timestamp()));
        json.writeNumberProperty("duration", Math.max(0, header.duration().toNanos()));
        json.writeStringProperty("name", header.name());
        json.writeStringProperty("category", header.category());
        json.writeStringProperty("environment", header.environment());
        json.writeStringProperty("perimeter", header.perimeter());
        json.writeStringProperty("job", header.job());
        json.writeStringProperty("dataset", header.dataset());
        SnapshotJson.texts(json, "tags", header.tags());
        json.writeStringProperty("host", host());
        json.writeStringProperty("user", user());
        json.writeStringProperty("client", header.contextValue("Client"));
        json.writeBooleanProperty("signed", header.isSigned());
        source.write(json, "source");
        json.writeNumberProperty("files", total(Summary.Field.FILES));
        json.writeNumberProperty("directories", total(Summary.Field.DIRECTORIES));
        json.writeNumberProperty("size", total(Summary.Field.SIZE));
        json.writeNumberProperty("errors", errors());
        unknownIsNull(json, "added", added);
        if (previous == null) {
            json.writeNullProperty("previous");
            json.writeNullProperty("growth");
        } else {
            json.writeStringProperty("previous", previous.id().toHex());
            json.writeObjectPropertyStart("growth");
            json.writeNumberProperty("files", total(Summary.Field.FILES) - total(previous, Summary.Field.FILES));
            json.writeNumberProperty("size", total(Summary.Field.SIZE) - total(previous, Summary.Field.SIZE));
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    static void unknownIsNull(JsonGenerator json, String name, long value) {
        if (value < 0) {
            json.writeNullProperty(name);
        } else {
            json.writeNumberProperty(name, value);
        }
    }
}
