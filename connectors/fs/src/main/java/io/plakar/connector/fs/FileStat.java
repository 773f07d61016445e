package io.plakar.connector.fs;

import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import java.time.Instant;

/** What {@code lstat} tells. {@code mode} is a Go mode ({@link GoMode}). Immutable. */
record FileStat(int mode, long size, Instant modTime, long dev, long ino, long uid, long gid, int nlink) {

    boolean isDirectory() {
        return GoMode.isDirectory(mode);
    }

    boolean isRegular() {
        return GoMode.isRegular(mode);
    }

    boolean isSymlink() {
        return GoMode.isSymlink(mode);
    }

    FileInfo toInfo(byte[] name, String username, String groupname) {
        return new FileInfo(name, size, mode, modTime, dev, ino, uid, gid, nlink & 0xffff, username, groupname);
    }
}
