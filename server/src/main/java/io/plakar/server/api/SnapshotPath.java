package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * {@code ID[:PATH]}, as the rest of a URL's path.
 *
 * @param header the snapshot meant
 * @param written the path as it was written, with a leading slash: what a signature is about
 * @param path the same, clean
 * @param whole whether the id was given whole: then the same words mean the same for ever
 */
record SnapshotPath(SnapshotHeader header, byte[] written, BytePath path, boolean whole) {
    /** Longer than any path a system has. */
    private static final int LONGEST = 16 << 10;

    private static final String PARAMETER = "snapshot_path";

    /** @param decoded the bytes behind the route */
    static SnapshotPath parse(byte[] decoded, SnapshotCatalog catalog)
            throws ApiError, io.plakar.kloset.KlosetException {
        return parse(decoded, catalog, PARAMETER);
    }

    /** @param parameter what an error is about */
    static SnapshotPath parse(byte[] decoded, SnapshotCatalog catalog, String parameter)
            throws ApiError, io.plakar.kloset.KlosetException {
        int colon = 0;
        while (colon < decoded.length && decoded[colon] != ':') {
            colon++;
        }
        String id = new String(decoded, 0, colon, StandardCharsets.UTF_8);
        byte[] path = colon < decoded.length ? Arrays.copyOfRange(decoded, colon + 1, decoded.length) : new byte[0];
        if (id.isEmpty()) {
            throw ApiError.parameter(parameter, "missing_argument", "missing field");
        }
        return new SnapshotPath(catalog.byPrefix(id, parameter), absolute(path), clean(path), isWhole(decoded));
    }

    /** Whether {@code ID[:PATH]} has a path. */
    static boolean hasPath(byte[] decoded) {
        for (byte b : decoded) {
            if (b == ':') {
                return true;
            }
        }
        return false;
    }

    /** Whether the id was given whole. */
    static boolean isWhole(byte[] decoded) {
        int digits = 2 * io.plakar.connector.Mac.BYTES;
        return decoded.length == digits || decoded.length > digits && decoded[digits] == ':';
    }

    /** A path somebody sent, as one in a snapshot. */
    static BytePath clean(byte[] path) throws ApiError {
        if (path.length > LONGEST) {
            throw ApiError.parameter(PARAMETER, ApiError.INVALID_ARGUMENT, "path too long");
        }
        for (byte b : path) {
            if (b == 0) {
                throw ApiError.parameter(PARAMETER, ApiError.INVALID_ARGUMENT, "path with a NUL");
            }
        }
        return BytePath.clean(path);
    }

    private static byte[] absolute(byte[] path) {
        if (path.length > 0 && path[0] == '/') {
            return path;
        }
        byte[] absolute = new byte[path.length + 1];
        absolute[0] = '/';
        System.arraycopy(path, 0, absolute, 1, path.length);
        return absolute;
    }
}
