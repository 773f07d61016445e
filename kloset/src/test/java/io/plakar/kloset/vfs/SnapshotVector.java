package io.plakar.kloset.vfs;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.blob.BlobType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** A snapshot of the format's vectors, with its structures made from the JSON. */
public final class SnapshotVector {
    public final JsonNode json;
    public final MemoryBlobs blobs;

    public SnapshotVector(String name) {
        json = load("snapshot-" + name + ".json");
        blobs = new MemoryBlobs(bytes(json.get("mac_key_hex")));
    }

    public static JsonNode load(String file) {
        try (InputStream in =
                Objects.requireNonNull(SnapshotVector.class.getResourceAsStream("/vectors/" + file), file)) {
            return new ObjectMapper().readTree(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls with the type, id and bytes of every blob the file has in hex. */
    public void eachBlob(BlobVisitor visitor) throws Exception {
        for (var each : json.get("blobs_hex").properties()) {
            int colon = each.getKey().indexOf(':');
            visitor.blob(
                    type(each.getKey().substring(0, colon)),
                    Mac.fromHex(each.getKey().substring(colon + 1)),
                    bytes(each.getValue()));
        }
    }

    /** What {@link #eachBlob} calls. */
    public interface BlobVisitor {
        void blob(BlobType type, Mac id, byte[] bytes) throws Exception;
    }

    public static BlobType type(String label) {
        for (BlobType type : BlobType.values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        throw new AssertionError(label);
    }

    public static byte[] bytes(JsonNode hex) {
        return HexFormat.of().parseHex(hex.asString());
    }

    public static byte[] utf8(JsonNode text) {
        return text.asString().getBytes(StandardCharsets.UTF_8);
    }

    public static Mac mac(JsonNode hex) {
        return Mac.fromHex(hex.asString());
    }

    public List<JsonNode> list(String name) {
        List<JsonNode> out = new ArrayList<>();
        json.get(name).forEach(out::add);
        return out;
    }

    /** The entry a JSON description stands for. */
    public static Entry entry(JsonNode node) {
        JsonNode info = node.get("file_info");
        JsonNode time = info.get("mod_time");
        List<byte[]> xattrs = new ArrayList<>();
        if (node.has("extended_attributes")) {
            node.get("extended_attributes").forEach(name -> xattrs.add(utf8(name)));
        }
        return new Entry(
                BytePath.clean(node.get("parent_path").asString()),
                new FileInfo(
                        utf8(info.get("name")),
                        info.get("size").asLong(),
                        (int) info.get("mode").asLong(),
                        Instant.ofEpochSecond(
                                time.get("sec").asLong(), time.get("ns").asLong()),
                        info.get("dev").asLong(),
                        info.get("ino").asLong(),
                        info.get("uid").asLong(),
                        info.get("gid").asLong(),
                        info.get("nlink").asInt(),
                        info.get("username").asString(),
                        info.get("groupname").asString()),
                node.has("symlink_target") ? utf8(node.get("symlink_target")) : new byte[0],
                mac(node.get("object")),
                node.has("content_type") ? node.get("content_type").asString() : "",
                node.has("entropy") ? node.get("entropy").asDouble() : 0,
                node.has("chunks") ? node.get("chunks").asLong() : 0,
                xattrs);
    }

    /** The object a JSON description stands for. */
    public static FileObject object(JsonNode node) {
        FileObject.Builder builder = new FileObject.Builder();
        for (JsonNode chunk : node.get("chunks")) {
            builder.add(
                    mac(chunk.get("contentMAC")),
                    chunk.get("length").asLong(),
                    chunk.get("entropy").asDouble());
        }
        return builder.build(
                mac(node.get("contentMAC")),
                node.has("content_type") ? node.get("content_type").asString() : "",
                node.has("entropy") ? node.get("entropy").asDouble() : 0);
    }

    /** The attribute a JSON description stands for. */
    public static XattrEntry xattr(JsonNode node) {
        return new XattrEntry(
                BytePath.clean(node.get("path").asString()),
                utf8(node.get("name")),
                node.get("size").asLong(),
                node.get("type").asInt(),
                mac(node.get("object")));
    }
}
