package io.plakar.connector.fs;

import io.plakar.connector.BytePath;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Directories which were used a moment ago, kept open for whoever needs them next: at most {@code capacity} of them. One
 * has a single user at a time, who takes it out and gives it back. Safe for many threads.
 */
final class OpenDirectories implements AutoCloseable {
    private final int capacity;
    private final LinkedHashMap<BytePath, Directory> idle = new LinkedHashMap<>();
    private boolean closed;

    OpenDirectories(int capacity) {
        this.capacity = capacity;
    }

    /** The directory of that path if it is here; the caller owns it. */
    synchronized @Nullable Directory take(BytePath path) {
        return idle.remove(path);
    }

    /** Takes over an open directory; the one that was not asked for longest is closed when there are too many. */
    synchronized void give(BytePath path, Directory directory) {
        if (closed || idle.putIfAbsent(path, directory) != null) {
            directory.close();
            return;
        }
        if (idle.size() > capacity) {
            idle.pollFirstEntry().getValue().close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        idle.values().forEach(Directory::close);
        idle.clear();
    }
}
