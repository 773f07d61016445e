package io.plakar.testkit.dropbox;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Dropbox's {@code content_hash}: the SHA-256 of the SHA-256 sums of the 4 MiB blocks. One use, one thread.
 */
public final class ContentHash {
    private static final int BLOCK_BYTES = 4 << 20;

    private final MessageDigest whole = sha256();
    private final MessageDigest block = sha256();
    private int inBlock;

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The hash of these bytes, 64 lower-case hexadecimal digits. */
    public static String of(byte[] content) {
        ContentHash hash = new ContentHash();
        hash.update(content, 0, content.length);
        return hash.hex();
    }

    /** The hash of what is left in the stream, which is read to its end and not closed. */
    public static String of(InputStream content) throws IOException {
        ContentHash hash = new ContentHash();
        byte[] buffer = new byte[1 << 16];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
            hash.update(buffer, 0, n);
        }
        return hash.hex();
    }

    void update(byte[] bytes, int offset, int length) {
        int at = offset;
        int left = length;
        while (left > 0) {
            int take = Math.min(left, BLOCK_BYTES - inBlock);
            block.update(bytes, at, take);
            at += take;
            left -= take;
            inBlock += take;
            if (inBlock == BLOCK_BYTES) {
                whole.update(block.digest());
                inBlock = 0;
            }
        }
    }

    /** Ends the computation. */
    String hex() {
        if (inBlock > 0) {
            whole.update(block.digest());
            inBlock = 0;
        }
        return HexFormat.of().formatHex(whole.digest());
    }
}
