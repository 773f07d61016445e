package io.plakar.connector.rclone;

import java.time.Instant;

/**
 * One line of a listing.
 *
 * @param path as rclone gives it: below the remote's root, or the listed directory, without a leading {@code /}
 * @param size bytes; -1 when the service does not tell
 */
record RemoteEntry(String path, long size, Instant modTime, boolean directory) {
    /** The last component. */
    String name() {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
