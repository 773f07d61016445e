package io.plakar.kloset.blob;

import org.jspecify.annotations.Nullable;

/** The types of blobs in packfiles, with the numbers and names of format-storage §5. All have version 1.0.0. */
public enum BlobType {
    SNAPSHOT(5, "snapshot"),
    SIGNATURE(6, "signature"),
    OBJECT(7, "object"),
    CHUNK(9, "chunk"),
    VFS_BTREE(10, "vfs-btree"),
    VFS_NODE(11, "vfs-node"),
    VFS_ENTRY(12, "vfs-entry"),
    ERROR_BTREE(13, "error-btree"),
    ERROR_NODE(14, "error-node"),
    ERROR_ENTRY(15, "error-entry"),
    XATTR_BTREE(16, "xattr-btree"),
    XATTR_NODE(17, "xattr-node"),
    XATTR_ENTRY(18, "xattr-entry"),
    BTREE_ROOT(19, "btree-root"),
    BTREE_NODE(20, "btree-node"),
    VFS_SUMMARY(21, "vfs-summary"),
    RANDOM(255, "random");

    /** Version 1.0.0 as {@code major << 16 | minor << 8 | patch}. */
    public static final int VERSION = 0x00010000;

    private static final @Nullable BlobType[] BY_NUMBER = new @Nullable BlobType[256];

    static {
        for (BlobType type : values()) {
            BY_NUMBER[type.number] = type;
        }
    }

    private final int number;
    private final String label;

    BlobType(int number, String label) {
        this.number = number;
        this.label = label;
    }

    /** The number on disk, 5..255. */
    public int number() {
        return number;
    }

    /** The name shown to people. */
    public String label() {
        return label;
    }

    /** The type with that number, or null for one this program does not know. */
    public static @Nullable BlobType ofNumber(int number) {
        return number < 0 || number > 255 ? null : BY_NUMBER[number];
    }
}
