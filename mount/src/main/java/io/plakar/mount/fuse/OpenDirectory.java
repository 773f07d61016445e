package io.plakar.mount.fuse;

import io.plakar.kloset.KlosetException;
import io.plakar.mount.MountedTree;
import io.plakar.mount.Node;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An open directory: goes on where the last part of the listing ended, or from the beginning when another position is
 * asked for. Callers synchronize on it.
 */
final class OpenDirectory {
    /** More entries in a row that cannot be read are taken for a store that is gone. */
    private static final int MOST_FAILURES = 1000;

    private final MountedTree tree;
    private final Node directory;
    private final Consumer<KlosetException> failures;
    private MountedTree.@Nullable Children children;
    private long position;
    private boolean failed;

    OpenDirectory(MountedTree tree, Node directory, Consumer<KlosetException> failures) {
        this.tree = tree;
        this.directory = directory;
        this.failures = failures;
    }

    Node directory() {
        return directory;
    }

    /** Whether some entry so far could not be read. */
    boolean failed() {
        return failed;
    }

    /** The child number {@code index}, counted from 0; null behind the last. It stays until the next one is asked for. */
    MountedTree.@Nullable Children child(long index) throws KlosetException {
        MountedTree.Children current = children;
        if (current == null || index + 1 < position) {
            close();
            current = tree.children(directory);
            children = current;
            position = 0;
            failed = false;
        }
        while (position <= index) {
            if (!next(current)) {
                return null;
            }
            position++;
        }
        return current;
    }

    private boolean next(MountedTree.Children current) throws KlosetException {
        for (int i = 0; i < MOST_FAILURES; i++) {
            try {
                return current.next();
            } catch (KlosetException.Missing | KlosetException.Corrupt e) {
                failed = true;
                failures.accept(e);
            }
        }
        throw new KlosetException.Corrupt("too much of the directory is damaged");
    }

    void close() throws KlosetException {
        MountedTree.Children current = children;
        children = null;
        if (current != null) {
            current.close();
        }
    }
}
