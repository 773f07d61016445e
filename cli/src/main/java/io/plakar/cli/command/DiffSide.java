package io.plakar.cli.command;

import io.plakar.app.RawText;
import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One side of a comparison: a snapshot, or this machine as it is now. For one thread. */
sealed interface DiffSide {

    /** What a node is. */
    enum Kind {
        DIRECTORY,
        FILE,
        SYMLINK,
        OTHER
    }

    /**
     * One file or directory.
     *
     * @param size bytes, -1 unknown
     * @param target of a symbolic link
     * @param object with the content, in a snapshot
     */
    record Node(
            BytePath path,
            Kind kind,
            long size,
            byte[] target,
            @Nullable Mac object) {}

    /** The nodes of a directory in the order of their names; null behind the last. */
    interface Children extends AutoCloseable {
        @Nullable
        Node next() throws KlosetException;

        @Override
        void close() throws KlosetException;
    }

    /** What {@code path} leads to, symbolic links followed. */
    Optional<Node> find(BytePath path) throws KlosetException, IOException;

    Children children(Node directory) throws KlosetException, IOException;

    InputStream open(Node file) throws KlosetException, IOException;

    /** Put before a path in headers. */
    String label();

    /** For messages: {@code in snapshot b29aa180}. */
    String where();

    /** Whether two files have the same content, when that can be told without reading them. */
    static Optional<Boolean> sameContent(Node left, Node right) {
        if (left.object() == null || right.object() == null) {
            return Optional.empty();
        }
        // Objects hold the content type too: equal objects mean equal content, different ones need a look.
        return left.object().equals(right.object()) ? Optional.of(true) : Optional.empty();
    }

    /** A snapshot. */
    record OfSnapshot(SnapshotTree tree, Contents contents) implements DiffSide {
        @Override
        public Optional<Node> find(BytePath path) throws KlosetException {
            return tree.resolve(path).map(OfSnapshot::node);
        }

        @Override
        public Children children(Node directory) throws KlosetException {
            DirectoryCursor cursor = tree.children(directory.path());
            return new Children() {
                @Override
                public @Nullable Node next() throws KlosetException {
                    return cursor.next() ? node(cursor.entry()) : null;
                }

                @Override
                public void close() throws KlosetException {
                    cursor.close();
                }
            };
        }

        private static Node node(Entry entry) {
            Kind kind = entry.isDirectory()
                    ? Kind.DIRECTORY
                    : entry.isRegular() ? Kind.FILE : entry.isSymlink() ? Kind.SYMLINK : Kind.OTHER;
            return new Node(
                    entry.path(),
                    kind,
                    entry.info().size(),
                    entry.symlinkTarget(),
                    entry.hasObject() ? entry.object() : null);
        }

        @Override
        public InputStream open(Node file) throws KlosetException {
            return file.object() == null ? InputStream.nullInputStream() : contents.open(file.object());
        }

        @Override
        public String label() {
            return tree.header().id().toShortHex() + ":";
        }

        @Override
        public String where() {
            return "in snapshot " + tree.header().id().toShortHex();
        }
    }

    /** The files of this machine, at the same absolute paths. */
    record OfMachine() implements DiffSide {
        @Override
        public Optional<Node> find(BytePath path) throws IOException {
            try {
                return Optional.of(node(path, Files.readAttributes(local(path), BasicFileAttributes.class)));
            } catch (NoSuchFileException e) {
                return Optional.empty();
            }
        }

        @Override
        public Children children(Node directory) throws IOException {
            List<Node> nodes = new ArrayList<>();
            try (DirectoryStream<Path> names = Files.newDirectoryStream(local(directory.path()))) {
                for (Path name : names) {
                    BytePath path = directory
                            .path()
                            .child(RawText.encode(name.getFileName().toString()));
                    nodes.add(node(
                            path, Files.readAttributes(name, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)));
                }
            }
            nodes.sort((one, two) ->
                    Arrays.compareUnsigned(one.path().name(), two.path().name()));
            Iterator<Node> each = nodes.iterator();
            return new Children() {
                @Override
                public @Nullable Node next() {
                    return each.hasNext() ? each.next() : null;
                }

                @Override
                public void close() {}
            };
        }

        private static Node node(BytePath path, BasicFileAttributes attributes) throws IOException {
            if (attributes.isSymbolicLink()) {
                byte[] target =
                        RawText.encode(Files.readSymbolicLink(local(path)).toString());
                return new Node(path, Kind.SYMLINK, target.length, target, null);
            }
            Kind kind = attributes.isDirectory() ? Kind.DIRECTORY : attributes.isRegularFile() ? Kind.FILE : Kind.OTHER;
            return new Node(path, kind, attributes.size(), new byte[0], null);
        }

        private static Path local(BytePath path) {
            String text = new String(path.bytes(), StandardCharsets.UTF_8);
            // In snapshots a Windows drive is the first component: /C:/Users.
            return Path.of(text.matches("/[A-Za-z]:(/.*)?") ? text.substring(1) : text);
        }

        @Override
        public InputStream open(Node file) throws IOException {
            return new BufferedInputStream(Files.newInputStream(local(file.path())), 1 << 16);
        }

        @Override
        public String label() {
            return "";
        }

        @Override
        public String where() {
            return "on this machine";
        }
    }
}
