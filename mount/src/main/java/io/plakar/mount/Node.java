package io.plakar.mount;

import io.plakar.connector.FileInfo;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.time.Instant;

/** One name in a {@link MountedTree}. Immutable. */
public sealed interface Node {
    int TYPE = 0170000;
    int DIRECTORY = 0040000;
    int REGULAR = 0100000;
    int SYMLINK = 0120000;

    /**
     * What {@code stat} tells of it.
     *
     * @param mode as {@code st_mode}
     * @param inode the same for all names of one hard-linked file, and each time it is asked for; never 0
     * @param time when it was changed; there is no other time in a snapshot
     */
    record Attributes(int mode, int uid, int gid, long links, long size, long inode, Instant time) {
        public boolean isDirectory() {
            return (mode & TYPE) == DIRECTORY;
        }

        public boolean isRegular() {
            return (mode & TYPE) == REGULAR;
        }

        public boolean isSymlink() {
            return (mode & TYPE) == SYMLINK;
        }
    }

    Attributes attributes();

    /** The directory of all snapshots. */
    record Top(Attributes attributes) implements Node {}

    /** The directory of one snapshot: its root. */
    record Whole(SnapshotTree tree, Attributes attributes) implements Node {}

    /** Something in a snapshot. */
    record Stored(SnapshotTree tree, Entry entry) implements Node {
        @Override
        public Attributes attributes() {
            FileInfo info = entry.info();
            return new Attributes(
                    unixType(info.mode()) | GoMode.toUnixPermissions(info.mode()),
                    (int) info.uid(),
                    (int) info.gid(),
                    Math.max(1, info.nlink()),
                    size(),
                    inode(),
                    info.modTime());
        }

        private long size() {
            if (entry.isSymlink()) {
                return entry.symlinkTarget().length;
            }
            return entry.isRegular() && !entry.hasObject()
                    ? 0
                    : Math.max(0, entry.info().size());
        }

        /*
         * A file with several names has the number of device and inode it had at its source, mixed with the snapshot's
         * id; anything else one of its path, so that a number which was used again during the backup makes no links.
         */
        private long inode() {
            FileInfo info = entry.info();
            long hash = hash(tree.header());
            if (entry.isRegular() && info.nlink() > 1 && info.ino() != 0) {
                return number(mixed(mixed(hash ^ info.dev()) ^ info.ino()));
            }
            for (byte b : entry.path().bytes()) {
                hash = (hash ^ b) * 0x100000001b3L;
            }
            return number(mixed(hash));
        }
    }

    private static long hash(SnapshotHeader header) {
        Mac id = header.id();
        return mixed(id.word(0) ^ id.word(1));
    }

    /** The finisher of SplitMix64: every bit of the input changes every bit of the result. */
    private static long mixed(long bits) {
        long z = bits + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    /** Positive and not one of the small numbers that file systems keep for themselves. */
    private static long number(long hash) {
        return (hash & Long.MAX_VALUE) | (1L << 32);
    }

    private static int unixType(int mode) {
        if (GoMode.isDirectory(mode)) {
            return DIRECTORY;
        }
        if (GoMode.isSymlink(mode)) {
            return SYMLINK;
        }
        if ((mode & GoMode.NAMED_PIPE) != 0) {
            return 0010000;
        }
        if ((mode & GoMode.SOCKET) != 0) {
            return 0140000;
        }
        if ((mode & GoMode.DEVICE) != 0) {
            return (mode & GoMode.CHAR_DEVICE) != 0 ? 0020000 : 0060000;
        }
        return REGULAR;
    }
}
