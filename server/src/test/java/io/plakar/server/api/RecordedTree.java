package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Importer;
import io.plakar.connector.RecordSink;
import io.plakar.connector.SourceEntry;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * The files the recorded server had: attributes as the recordings show them, contents where they show them, and bytes of
 * the same kind and length elsewhere.
 */
final class RecordedTree implements Importer {
    private static final Instant SOME_TIME = Instant.parse("2026-11-23T10:20:51.804377912Z");

    private record Item(FileInfo info, byte[] content) {}

    private final Map<BytePath, Item> items = new TreeMap<>();
    private final Map<BytePath, String> failures = new TreeMap<>();
    private final Map<String, JsonNode> attributes;
    private final String type;
    private final BytePath root;

    /** @param attributes {@code file_info} by path, as found in the recordings */
    RecordedTree(Map<String, JsonNode> attributes, String type, String root) {
        this.attributes = attributes;
        this.type = type;
        this.root = BytePath.clean(root);
    }

    /** The tree of the first snapshot. */
    static RecordedTree docs(Map<String, JsonNode> attributes) {
        RecordedTree tree = new RecordedTree(attributes, "fs", "/mnt/docs");
        for (String directory : new String[] {
            "/",
            "/mnt",
            "/mnt/docs",
            "/mnt/docs/code",
            "/mnt/docs/empty",
            "/mnt/docs/many",
            "/mnt/docs/music",
            "/mnt/docs/notes",
            "/mnt/docs/office",
            "/mnt/docs/photos",
            "/mnt/docs/photos/2026",
            "/mnt/docs/video",
            "/mnt/docs/weird"
        }) {
            tree.directory(directory);
        }
        tree.text("/mnt/docs/code/app.js", "console.log(\"a long greeting\")".substring(0, 28) + "\n");
        tree.text("/mnt/docs/code/data.json", "{\"a\": 1,       \"b\": [1,        2,      3]    }\n".substring(0, 46));
        tree.text("/mnt/docs/code/main.go", pad("package main\n\nfunc main() {\n\tprintln(\"hi\")\n}\n", 66));
        tree.text("/mnt/docs/empty/zero.bin", "");
        for (int i = 0; i < 120; i++) {
            tree.text(String.format("/mnt/docs/many/file-%03d.txt", i), "file " + i + "\n");
        }
        tree.binary("/mnt/docs/music/tone.wav", "RIFF\u0080>\0\0WAVEfmt ", 16044);
        tree.text("/mnt/docs/notes/readme.md", pad("# Notes\n\nSome *text* here.\n", 31));
        tree.text("/mnt/docs/notes/todo.txt", "buy milk\ncall mum\n");
        tree.failures.put(
                BytePath.clean("/mnt/docs/notes/page.html"), "open /mnt/docs/notes/page.html: permission denied");
        tree.content("/mnt/docs/office/blob.bin", periodic(3145728));
        tree.binary("/mnt/docs/office/invoice.pdf", "%PDF-1.4\n", 13081);
        tree.changed("/mnt/docs/office/invoice.pdf", Instant.parse("2026-11-23T10:20:50Z"));
        tree.binary("/mnt/docs/photos/2026/sunset.jpg", "\u00ff\u00d8\u00ff\u00e0\0\u0010JFIF\0", 9367);
        tree.binary("/mnt/docs/photos/beach.png", "\u0089PNG\r\n\u001a\n", 37435);
        tree.binary(
                "/mnt/docs/video/clip.webm",
                "\u001aE\u00df\u00a3\u009fB\u0086\u0081\u0001B\u00f7\u0081\u0001B\u00f2\u0081\u0004B\u00f3\u0081\bB\u0082"
                        + "\u0084webm",
                1943);
        tree.text("/mnt/docs/weird/a:b.txt", "colon\n");
        tree.special("/mnt/docs/weird/fifo", GoMode.NAMED_PIPE | 0644, "");
        tree.text("/mnt/docs/weird/hardlink.txt", "buy milk\ncall mum\n");
        tree.special("/mnt/docs/weird/link", GoMode.SYMLINK | 0777, "../notes/todo.txt");
        tree.text("/mnt/docs/weird/quote\".txt", "q\n");
        tree.text("/mnt/docs/weird/\u00e9t\u00e9 & co #1?%.txt", "accents\n");
        return tree;
    }

    /** Bytes that are never cut. */
    private static byte[] periodic(int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[i] = (byte) (i * 37);
        }
        return bytes;
    }

    static String pad(String text, int length) {
        return text.substring(0, Math.min(text.length(), length - 1))
                + " ".repeat(Math.max(0, length - 1 - text.length()))
                + "\n";
    }

    RecordedTree directory(String path) {
        return add(path, GoMode.DIRECTORY | 0755, new byte[0]);
    }

    RecordedTree text(String path, String content) {
        return add(path, 0644, content.getBytes(StandardCharsets.UTF_8));
    }

    RecordedTree binary(String path, String magic, int size) {
        byte[] bytes = new byte[size];
        new Random(path.hashCode()).nextBytes(bytes);
        byte[] head = magic.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, bytes, 0, head.length);
        return add(path, 0644, bytes);
    }

    RecordedTree content(String path, byte[] content) {
        return add(path, 0644, content);
    }

    RecordedTree special(String path, int mode, String target) {
        return add(path, mode, target.getBytes(StandardCharsets.UTF_8));
    }

    RecordedTree without(String path) {
        items.remove(BytePath.clean(path));
        return this;
    }

    RecordedTree changed(String path, Instant time) {
        BytePath clean = BytePath.clean(path);
        Item item = Objects.requireNonNull(items.get(clean));
        FileInfo was = item.info();
        FileInfo info = new FileInfo(
                was.name(),
                was.size(),
                was.mode(),
                time,
                was.dev(),
                was.ino(),
                was.uid(),
                was.gid(),
                was.nlink(),
                was.username(),
                was.groupname());
        items.put(clean, new Item(info, item.content()));
        return this;
    }

    private RecordedTree add(String path, int mode, byte[] content) {
        BytePath clean = BytePath.clean(path);
        items.put(clean, new Item(info(path, clean, mode, content.length), content));
        return this;
    }

    private FileInfo info(String path, BytePath clean, int mode, int size) {
        JsonNode recorded = attributes.get(path);
        if (recorded == null) {
            return new FileInfo(clean.name(), size, mode, SOME_TIME, 65024, 7, 1000, 1000, 1, "alice", "alice");
        }
        boolean regular = GoMode.isRegular(mode);
        return new FileInfo(
                clean.name(),
                regular ? size : recorded.path("size").asLong(),
                recorded.path("mode").asLong() == 0
                        ? mode
                        : (int) recorded.path("mode").asLong(),
                Instant.parse(recorded.path("mod_time").asString()),
                recorded.path("dev").asLong(),
                recorded.path("ino").asLong(),
                recorded.path("uid").asLong(),
                recorded.path("gid").asLong(),
                recorded.path("nlink").asInt(),
                recorded.path("username").asString(),
                recorded.path("groupname").asString());
    }

    @Override
    public String origin() {
        return "demo";
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public BytePath root() {
        return root;
    }

    @Override
    public Set<ConnectorFlag> flags() {
        return Set.of();
    }

    @Override
    public void ping() {}

    @Override
    public void run(RecordSink sink) throws InterruptedException {
        for (Map.Entry<BytePath, Item> item : items.entrySet()) {
            sink.entry(new Recorded(item.getKey(), item.getValue()));
        }
        for (Map.Entry<BytePath, String> failure : failures.entrySet()) {
            sink.failure(failure.getKey(), failure.getValue());
        }
    }

    RecordedTree unreadable(String path, String message) {
        failures.put(BytePath.clean(path), message);
        return this;
    }

    private record Recorded(BytePath path, Item item) implements SourceEntry {
        @Override
        public FileInfo info() {
            return item.info();
        }

        @Override
        public byte[] linkTarget() {
            return item.info().isSymlink() ? item.content() : new byte[0];
        }

        @Override
        public ReadableByteChannel open() {
            return Channels.newChannel(new ByteArrayInputStream(item.content()));
        }
    }

    @Override
    public void close() {}
}
