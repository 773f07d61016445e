package io.plakar.connector.tar;

import io.plakar.connector.BytePath;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Which paths have been seen, and as what: an open hash table of the first 128 bits of each path's SHA-256, 17 bytes a
 * slot, so that archives of millions of members fit into memory and nobody can make two paths collide. Used by one
 * thread.
 */
final class PathIndex {
    /** Never seen. */
    static final byte NONE = 0;
    /** Seen as the parent of something. */
    static final byte IMPLIED = 1;
    /** Seen as a directory. */
    static final byte DIRECTORY = 2;
    /** Seen as anything else. */
    static final byte OTHER = 3;
    /** The user does not want it, nor what lies below. */
    static final byte EXCLUDED = 4;

    private final MessageDigest digest;
    private long[] keys = new long[2048];
    private byte[] kinds = new byte[1024];
    private int used;

    PathIndex() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A positive number made from the path, the same in every run. */
    long number(BytePath path) {
        return ByteBuffer.wrap(digest.digest(path.bytes())).getLong() & Long.MAX_VALUE;
    }

    byte get(BytePath path) {
        ByteBuffer key = ByteBuffer.wrap(digest.digest(path.bytes()));
        return kinds[slot(key.getLong(), key.getLong())];
    }

    void put(BytePath path, byte kind) {
        ByteBuffer key = ByteBuffer.wrap(digest.digest(path.bytes()));
        put(key.getLong(), key.getLong(), kind);
    }

    private void put(long high, long low, byte kind) {
        int slot = slot(high, low);
        if (kinds[slot] == NONE) {
            keys[2 * slot] = high;
            keys[2 * slot + 1] = low;
            used++;
        }
        kinds[slot] = kind;
        if (used > kinds.length / 4 * 3) {
            grow();
        }
    }

    private int slot(long high, long low) {
        int mask = kinds.length - 1;
        int slot = (int) high & mask;
        while (kinds[slot] != NONE && (keys[2 * slot] != high || keys[2 * slot + 1] != low)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        byte[] oldKinds = kinds;
        keys = new long[2 * oldKeys.length];
        kinds = new byte[2 * oldKinds.length];
        used = 0;
        for (int i = 0; i < oldKinds.length; i++) {
            if (oldKinds[i] != NONE) {
                put(oldKeys[2 * i], oldKeys[2 * i + 1], oldKinds[i]);
            }
        }
    }
}
