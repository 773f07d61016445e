package io.plakar.connector.tar;

import io.plakar.connector.GoMode;
import io.plakar.connector.Xattr;
import java.time.Instant;
import java.util.List;

/**
 * One member of an archive, as its header and the PAX records before it tell.
 *
 * @param name as written, not cleaned
 * @param type the type flag; a sparse file is {@link #FILE}
 * @param permissions the low 12 bits of {@code st_mode}
 * @param storedSize bytes of content in the archive
 * @param size bytes of the file; differs from {@code storedSize} for sparse files
 * @param linkName target of a symbolic or hard link, verbatim
 * @param sparse pairs of offset and length of what is stored; empty when the file is stored whole
 * @param dataOffset where the stored content begins, counted from the start of the (uncompressed) archive
 */
record TarHeader(
        byte[] name,
        char type,
        int permissions,
        long uid,
        long gid,
        long storedSize,
        long size,
        Instant modTime,
        byte[] linkName,
        String username,
        String groupname,
        List<Xattr> xattrs,
        long[] sparse,
        boolean isSparse,
        long dataOffset) {
    static final char FILE = '0';
    static final char HARD_LINK = '1';
    static final char SYMLINK = '2';
    static final char CHAR_DEVICE = '3';
    static final char BLOCK_DEVICE = '4';
    static final char DIRECTORY = '5';
    static final char FIFO = '6';

    /** The mode bits of the format. */
    int goMode() {
        int type = switch (this.type) {
            case SYMLINK -> 0120000;
            case CHAR_DEVICE -> 0020000;
            case BLOCK_DEVICE -> 0060000;
            case DIRECTORY -> 0040000;
            case FIFO -> 0010000;
            default -> 0100000;
        };
        return GoMode.fromUnix(type | permissions);
    }

    boolean isFile() {
        return type == FILE;
    }
}
