package io.plakar.server.api;

import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/**
 * An entry as it is sent (http-api §1.7.7). Immutable.
 *
 * @param mac id of the entry's blob
 * @param object what it holds, for a regular file
 * @param summary what lies below, for a directory
 */
record EntryJson(
        Entry entry,
        Mac mac,
        @Nullable FileObject object,
        @Nullable Summary summary) {
    /** As a member of a page. */
    void write(JsonGenerator json) {
        write(json, entry.info().name(), entry.parent().bytes());
    }

    /** As the way up from {@code directory}. */
    void writeUp(JsonGenerator json, byte[] directory) {
        write(json, "..".getBytes(StandardCharsets.US_ASCII), directory);
    }

    private void write(JsonGenerator json, byte[] name, byte[] parent) {
        FileInfo info = entry.info();
        json.writeStartObject();
        json.writeNumberProperty("version", SnapshotJson.FORMAT_VERSION);
        json.writeStringProperty("parent_path", JsonBody.text(parent));
        json.writeObjectPropertyStart("file_info");
        json.writeStringProperty("name", JsonBody.text(name));
        json.writeNumberProperty("size", info.size());
        json.writeNumberProperty("mode", Integer.toUnsignedLong(info.mode()));
        json.writeStringProperty("mod_time", JsonBody.time(info.modTime()));
        json.writeNumberProperty("dev", info.dev());
        json.writeNumberProperty("ino", info.ino());
        json.writeNumberProperty("uid", info.uid());
        json.writeNumberProperty("gid", info.gid());
        json.writeNumberProperty("nlink", info.nlink() & 0xffff);
        json.writeStringProperty("username", info.username());
        json.writeStringProperty("groupname", info.groupname());
        json.writeNumberProperty("flags", 0);
        json.writeEndObject();
        if (summary != null) {
            SnapshotJson.summary(json, "summary", summary);
        }
        if (entry.symlinkTarget().length > 0) {
            json.writeStringProperty("symlink_target", JsonBody.text(entry.symlinkTarget()));
        }
        if (object != null) {
            json.writeObjectPropertyStart("object");
            json.writeNumberProperty("version", SnapshotJson.FORMAT_VERSION);
            json.writeStringProperty("contentMAC", object.contentMac().toHex());
            json.writeStringProperty("content_type", object.contentType());
            JsonBody.number(json, "entropy", object.entropy());
            json.writeNumberProperty("flags", 0);
            json.writeEndObject();
        }
        if (!entry.contentType().isEmpty()) {
            json.writeStringProperty("content_type", entry.contentType());
        }
        if (entry.entropy() != 0) {
            JsonBody.number(json, "entropy", entry.entropy());
        }
        if (entry.chunks() != 0) {
            json.writeNumberProperty("chunks", entry.chunks());
        }
        json.writeArrayPropertyStart("alternate_data_streams");
        json.writeEndArray();
        json.writeStringProperty("security_descriptor", "");
        json.writeNumberProperty("file_attributes", 0);
        json.writeArrayPropertyStart("extended_attributes");
        for (byte[] attribute : entry.xattrNames()) {
            json.writeString(JsonBody.text(attribute));
        }
        json.writeEndArray();
        for (String none : new String[] {"classifications", "custom_metadata", "tags"}) {
            json.writeArrayPropertyStart(none);
            json.writeEndArray();
        }
        json.writeStringProperty("mac", mac.toHex());
        json.writeEndObject();
    }
}
