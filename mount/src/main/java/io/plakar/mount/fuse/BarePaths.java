package io.plakar.mount.fuse;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Paths that are known to have no extended attributes: programs that list ask for some of every file, one by one. A
 * table of fixed size that forgets; a path is known by 64 bits of its hash. Safe for use by many threads.
 */
final class BarePaths {
    /** 2 MiB: directories of more than 100,000 entries are remembered in good part. */
    private static final int SLOTS = 1 << 18;

    private final AtomicLongArray hashes = new AtomicLongArray(SLOTS);

    void add(String path) {
        long hash = hash(path, path.length());
        hashes.setOpaque(slot(hash), hash);
    }

    boolean contains(String path) {
        long hash = hash(path, path.length());
        return hashes.getOpaque(slot(hash)) == hash;
    }

    private static int slot(long hash) {
        return (int) (hash >>> 32) & SLOTS - 1;
    }

    /** Never 0, which is an empty slot. */
    private static long hash(String path, int length) {
        long hash = 0x9e3779b97f4a7c15L ^ length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ path.charAt(i)) * 0xbf58476d1ce4e5b9L;
            hash ^= hash >>> 29;
        }
        hash = (hash ^ (hash >>> 32)) * 0x94d049bb133111ebL;
        return hash ^ (hash >>> 31) | 1;
    }
}
