package io.plakar.kloset.btree;

import io.plakar.connector.BytePath;
import io.plakar.kloset.blob.BlobType;
import java.util.Arrays;
import java.util.Comparator;

/** The kinds of trees: the types of their blobs and the order of their keys (format-snapshot §4.1). */
public enum TreeKind {
    /** Path to entry; fewer separators first, then bytes. */
    VFS(BlobType.VFS_BTREE, BlobType.VFS_NODE, BytePath::compareTree),
    /** Path to error. */
    ERRORS(BlobType.ERROR_BTREE, BlobType.ERROR_NODE, Arrays::compareUnsigned),
    /** Attribute key to attribute. Found in path order too: load the leaves, do not search in one order. */
    XATTRS(BlobType.XATTR_BTREE, BlobType.XATTR_NODE, Arrays::compareUnsigned),
    /** The content-type, dirpack and summary indexes. */
    INDEX(BlobType.BTREE_ROOT, BlobType.BTREE_NODE, Arrays::compareUnsigned);

    private final BlobType rootType;
    private final BlobType nodeType;
    private final Comparator<byte[]> order;

    TreeKind(BlobType rootType, BlobType nodeType, Comparator<byte[]> order) {
        this.rootType = rootType;
        this.nodeType = nodeType;
        this.order = order;
    }

    public BlobType rootType() {
        return rootType;
    }

    public BlobType nodeType() {
        return nodeType;
    }

    /** Order of the keys as bytes. */
    public Comparator<byte[]> order() {
        return order;
    }
}
