package io.plakar.mount.fuse;

import io.plakar.connector.BytePath;
import io.plakar.kloset.KlosetException;
import io.plakar.mount.MountedTree;
import io.plakar.mount.Node;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Paths as jfuse has them: text, in which every byte that is not UTF-8 has become U+FFFD. Such names are found again by
 * looking which name of the directory reads the same; of two that do, the first is found. Safe for use by many threads.
 */
final class PathText {
    private static final char REPLACEMENT = '\uFFFD';

    private final MountedTree tree;

    PathText(MountedTree tree) {
        this.tree = tree;
    }

    Optional<Node> find(String path) throws KlosetException {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (path.indexOf(REPLACEMENT) < 0) {
            return tree.find(BytePath.clean(bytes));
        }
        Optional<Node> node = tree.find(BytePath.ROOT);
        BytePath at = BytePath.ROOT;
        for (String name : path.split("/")) {
            if (name.isEmpty() || node.isEmpty()) {
                continue;
            }
            BytePath literal = at.child(name.getBytes(StandardCharsets.UTF_8));
            Optional<Node> found = tree.find(literal);
            if (found.isPresent() || name.indexOf(REPLACEMENT) < 0) {
                node = found;
                at = literal;
                continue;
            }
            byte[] meant = likeName(node.get(), name);
            if (meant == null) {
                return Optional.empty();
            }
            at = at.child(meant);
            node = tree.find(at);
        }
        return node;
    }

    private byte @org.jspecify.annotations.Nullable [] likeName(Node directory, String name) throws KlosetException {
        try (MountedTree.Children children = tree.children(directory)) {
            while (children.next()) {
                if (new String(children.name(), StandardCharsets.UTF_8).equals(name)) {
                    return children.name();
                }
            }
        }
        return null;
    }

    /** Whether jfuse can carry the name as it is. */
    static boolean isText(byte[] name) {
        for (byte b : name) {
            if (b < 0) {
                try {
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
                    return true;
                } catch (CharacterCodingException e) {
                    return false;
                }
            }
        }
        return true;
    }
}
