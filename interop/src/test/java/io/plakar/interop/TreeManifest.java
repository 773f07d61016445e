package io.plakar.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Everything that matters about the entries of a directory tree, by path; the directory itself is not an entry. */
record TreeManifest(Map<String, Entry> entries) {

    private static final int TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int SYMLINK = 0120000;
    private static final int DIRECTORY = 0040000;

    /** One entry; what its kind has not is 0 or empty. */
    record Entry(
            int mode,
            long mtimeNanos,
            int uid,
            int gid,
            long size,
            String sha256,
            int links,
            String target,
            Map<String, String> xattrs) {
        boolean isRegular() {
            return (mode & TYPE) == REGULAR;
        }
    }

    /** A manifest of {@code expected.json}. */
    static TreeManifest of(JsonNode list) {
        Map<String, Entry> entries = new TreeMap<>();
        for (JsonNode node : list) {
            Map<String, String> xattrs = new TreeMap<>();
            node.path("xattrs")
                    .properties()
                    .forEach(x -> xattrs.put(x.getKey(), x.getValue().asString()));
            entries.put(
                    node.get("path").asString(),
                    new Entry(
                            Integer.parseInt(node.get("mode").asString().substring(2), 8),
                            node.get("mtime_ns").asLong(),
                            node.get("uid").asInt(),
                            node.get("gid").asInt(),
                            node.path("size").asLong(0),
                            node.path("sha256").asString(""),
                            node.path("nlink").asInt(0),
                            node.path("target").asString(""),
                            xattrs));
        }
        return new TreeManifest(entries);
    }

    /** Reads the tree under {@code root}. */
    static TreeManifest read(Path root) throws IOException {
        Map<String, Entry> entries = new TreeMap<>();
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(root)) {
            paths = walk.filter(p -> !p.equals(root)).toList();
        }
        for (Path path : paths) {
            entries.put("/" + root.relativize(path), entry(path));
        }
        return new TreeManifest(entries);
    }

    private static Entry entry(Path path) throws IOException {
        Map<String, Object> unix =
                Files.readAttributes(path, "unix:mode,uid,gid,nlink,size,lastModifiedTime", LinkOption.NOFOLLOW_LINKS);
        int mode = attribute(unix, "mode", Integer.class);
        int type = mode & TYPE;
        boolean regular = type == REGULAR;
        return new Entry(
                mode,
                attribute(unix, "lastModifiedTime", FileTime.class).to(TimeUnit.NANOSECONDS),
                attribute(unix, "uid", Integer.class),
                attribute(unix, "gid", Integer.class),
                regular ? attribute(unix, "size", Long.class) : 0,
                regular ? sha256(path) : "",
                regular ? attribute(unix, "nlink", Integer.class) : 0,
                type == SYMLINK ? Files.readSymbolicLink(path).toString() : "",
                regular || type == DIRECTORY ? xattrs(path) : Map.of());
    }

    private static <T> T attribute(Map<String, Object> attributes, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(attributes.get(name)));
    }

    private static Map<String, String> xattrs(Path path) throws IOException {
        Map<String, String> xattrs = new TreeMap<>();
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        for (String name : view.list()) {
            ByteBuffer value = ByteBuffer.allocate(view.size(name));
            view.read(name, value);
            xattrs.put("user." + name, HexFormat.of().formatHex(value.array(), 0, value.position()));
        }
        return xattrs;
    }

    private static String sha256(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                digest.update(buffer, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What {@code other} has different from this manifest, one line each; owners count for root only. */
    List<String> differencesIn(TreeManifest other) {
        List<String> differences = new ArrayList<>();
        boolean root = "root".equals(System.getProperty("user.name"));
        entries.forEach((path, mine) -> {
            Entry theirs = other.entries.get(path);
            if (theirs == null) {
                differences.add("missing: " + path);
            } else if (!(root ? theirs : withOwner(theirs, mine)).equals(mine)) {
                differences.add("differs: " + path + "\n  wanted " + mine + "\n  got    " + theirs);
            }
        });
        other.entries.keySet().stream()
                .filter(path -> !entries.containsKey(path))
                .forEach(path -> differences.add("too much: " + path));
        return differences;
    }

    private static Entry withOwner(Entry e, Entry owner) {
        return new Entry(e.mode, e.mtimeNanos, owner.uid, owner.gid, e.size, e.sha256, e.links, e.target, e.xattrs);
    }
}
