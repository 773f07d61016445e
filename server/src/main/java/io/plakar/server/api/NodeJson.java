package io.plakar.server.api;

import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.kloset.vfs.Entry;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/** Entries in short, as v2 sends them. Stateless. */
final class NodeJson {
    /** What a client may ask for; whatever is none of the first three is the fourth. */
    static final Set<String> ASKED_TYPES = Set.of("file", "directory", "symlink", "other");

    private NodeJson() {}

    /** The word for what an entry is. */
    static String type(int mode) {
        if (GoMode.isDirectory(mode)) {
            return "directory";
        }
        if (GoMode.isRegular(mode)) {
            return "file";
        }
        if (GoMode.isSymlink(mode)) {
            return "symlink";
        }
        if ((mode & GoMode.NAMED_PIPE) != 0) {
            return "fifo";
        }
        if ((mode & GoMode.SOCKET) != 0) {
            return "socket";
        }
        return (mode & GoMode.DEVICE) != 0 ? "device" : "other";
    }

    /** Whether an entry is of one of the types asked for; none asks for all. */
    static boolean isAsked(Set<String> asked, Entry entry) {
        if (asked.isEmpty()) {
            return true;
        }
        String type = type(entry.info().mode());
        return asked.contains(ASKED_TYPES.contains(type) ? type : "other");
    }

    static void write(JsonGenerator json, Entry entry, Mac mac) {
        FileInfo info = entry.info();
        byte[] path = entry.path().bytes();
        String text = JsonBody.text(path);
        json.writeStartObject();
        json.writeStringProperty("path", text);
        if (!Arrays.equals(text.getBytes(StandardCharsets.UTF_8), path)) {
            json.writeStringProperty("path_encoded", encoded(path));
        }
        json.writeStringProperty("name", JsonBody.text(info.name()));
        json.writeStringProperty("type", type(info.mode()));
        json.writeNumberProperty("size", info.size());
        json.writeNumberProperty("mode", Integer.toUnsignedLong(info.mode()));
        json.writeStringProperty("mod_time", JsonBody.time(info.modTime()));
        json.writeNumberProperty("uid", info.uid());
        json.writeNumberProperty("gid", info.gid());
        json.writeStringProperty("username", info.username());
        json.writeStringProperty("groupname", info.groupname());
        json.writeStringProperty("content_type", entry.contentType());
        JsonBody.number(json, "entropy", entry.entropy());
        if (entry.symlinkTarget().length == 0) {
            json.writeNullProperty("symlink_target");
        } else {
            json.writeStringProperty("symlink_target", JsonBody.text(entry.symlinkTarget()));
        }
        json.writeStringProperty("mac", mac.toHex());
        json.writeEndObject();
    }

    static void write(JsonGenerator json, String name, @Nullable Entry entry, Mac mac) {
        json.writeName(name);
        if (entry == null) {
            json.writeNull();
        } else {
            write(json, entry, mac);
        }
    }

    /** Percent-encoded, slashes too: one part of a URL's path. */
    static String encoded(byte[] path) {
        StringBuilder text = new StringBuilder(path.length + 16);
        for (byte b : path) {
            int c = b & 0xff;
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                text.append((char) c);
            } else {
                text.append(String.format(Locale.ROOT, "%%%02X", c));
            }
        }
        return text.toString();
    }
}
