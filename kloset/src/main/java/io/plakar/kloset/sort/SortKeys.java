package io.plakar.kloset.sort;

import java.util.Arrays;

/** Turns paths into keys whose unsigned byte order is the order wanted. */
public final class SortKeys {
    private SortKeys() {}

    /**
     * Depth-first order: a directory, then all below it, then its next sibling; siblings by unsigned bytes. The
     * separator becomes the smallest byte, which no name holds.
     */
    public static byte[] depthFirst(byte[] path) {
        if (path.length == 1) {
            return new byte[0];
        }
        byte[] key = path.clone();
        for (int i = 0; i < key.length; i++) {
            if (key[i] == '/') {
                key[i] = 0;
            }
        }
        return key;
    }

    /** The path that {@link #depthFirst} was made of. */
    public static byte[] pathOfDepthFirst(byte[] key) {
        if (key.length == 0) {
            return new byte[] {'/'};
        }
        byte[] path = key.clone();
        for (int i = 0; i < path.length; i++) {
            if (path[i] == 0) {
                path[i] = '/';
            }
        }
        return path;
    }

    /** {@code PathCmp} order of format-snapshot §4.1: the number of separators, then the bytes. */
    public static byte[] tree(byte[] path) {
        int slashes = 0;
        for (byte b : path) {
            if (b == '/') {
                slashes++;
            }
        }
        byte[] key = new byte[path.length + 2];
        key[0] = (byte) (slashes >>> 8);
        key[1] = (byte) slashes;
        System.arraycopy(path, 0, key, 2, path.length);
        return key;
    }

    /** The path that {@link #tree} was made of. */
    public static byte[] pathOfTree(byte[] key) {
        return Arrays.copyOfRange(key, 2, key.length);
    }
}
