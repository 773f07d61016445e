package io.plakar.testkit.dropbox;

import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A file or folder at its place. Guarded by the tree it is in. */
abstract sealed class Node {
    final String id;
    /** As it was given, in NFC. */
    String name;
    /** Null for the root of the tree, and for a node that was removed. */
    @Nullable
    Folder parent;

    private Node(String id, String name) {
        this.id = id;
        this.name = name;
    }

    /** A folder; its children are keyed by their names in lower case. */
    static final class Folder extends Node {
        final TreeMap<String, Node> children = new TreeMap<>();

        @Nullable
        String sharedFolderId;

        Folder(String id, String name) {
            super(id, name);
        }
    }

    /** A file with its current revision. */
    static final class File extends Node {
        Revision revision;

        File(String id, Revision revision) {
            super(id, revision.name());
            this.revision = revision;
        }
    }
}
