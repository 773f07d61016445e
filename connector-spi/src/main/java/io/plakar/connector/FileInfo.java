package io.plakar.connector;

import java.time.Instant;

/**
 * The {@code file_info} of an entry (format-snapshot §5).
 *
 * @param name base name as bytes; {@code /} for the root
 * @param size bytes; -1 when the source does not know before reading
 * @param mode Go file mode bits ({@link GoMode}), not {@code st_mode}
 * @param modTime nanosecond precision, may lie before 1970
 * @param nlink number of hard links, low 16 bits
 * @param username empty when unknown
 * @param groupname empty when unknown
 */
public record FileInfo(
        byte[] name,
        long size,
        int mode,
        Instant modTime,
        long dev,
        long ino,
        long uid,
        long gid,
        int nlink,
        String username,
        String groupname) {

    public boolean isDirectory() {
        return GoMode.isDirectory(mode);
    }

    public boolean isRegular() {
        return GoMode.isRegular(mode);
    }

    public boolean isSymlink() {
        return GoMode.isSymlink(mode);
    }

    /** The same with another size. */
    public FileInfo withSize(long newSize) {
        return new FileInfo(name, newSize, mode, modTime, dev, ino, uid, gid, nlink, username, groupname);
    }

    /** The same under another name. */
    public FileInfo withName(byte[] newName) {
        return new FileInfo(newName, size, mode, modTime, dev, ino, uid, gid, nlink, username, groupname);
    }
}
