package io.plakar.kloset.backup;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The snapshot that a new one is compared with. Looking up the children of a directory in byte order reads its listing
 * once, in step; any other order works but costs a search each. Safe for use by many threads.
 */
final class PreviousSnapshot implements AutoCloseable {
    private static final int OPEN_DIRECTORIES = 64;
    private static final byte[] NOT_KNOWN = new byte[0];

    private final SnapshotTree tree;
    private final BackupListener listener;
    private final LinkedHashMap<BytePath, Listing> listings = new LinkedHashMap<>(16, 0.75f, true);

    PreviousSnapshot(SnapshotTree tree, BackupListener listener) {
        this.tree = tree;
        this.listener = listener;
    }

    /**
     * An entry of the previous snapshot.
     *
     * @param id of the entry's blob, as its directory's listing says
     * @param encoded the blob; empty when only the entry is known
     */
    record Known(Entry entry, Mac id, byte[] encoded) {}

    /** What was there; null when nothing was, or when the previous snapshot cannot be read there. */
    @Nullable
    Known find(BytePath path) {
        if (path.isRoot()) {
            return search(path);
        }
        Listing listing = listing(path.parent());
        synchronized (listing) {
            return listing.find(path);
        }
    }

    private Listing listing(BytePath directory) {
        Listing evicted = null;
        Listing listing;
        synchronized (listings) {
            listing = listings.get(directory);
            if (listing == null) {
                listing = new Listing(directory);
                listings.put(directory, listing);
                if (listings.size() > OPEN_DIRECTORIES) {
                    Map.Entry<BytePath, Listing> oldest =
                            listings.entrySet().iterator().next();
                    evicted = oldest.getValue();
                    listings.remove(oldest.getKey());
                }
            }
        }
        if (evicted != null) {
            evicted.close();
        }
        return listing;
    }

    private @Nullable Known search(BytePath path) {
        try {
            Optional<Entry> entry = tree.lookup(path);
            return entry.map(found -> new Known(found, Mac.ZERO, NOT_KNOWN)).orElse(null);
        } catch (KlosetException e) {
            return null;
        }
    }

    /** Whether a regular file is taken to be the same without reading it (format-snapshot §11, "unchanged test"). */
    static boolean unchanged(FileInfo now, Entry before) {
        FileInfo then = before.info();
        return before.isRegular()
                && before.hasObject()
                && (now.size() < 0 || now.size() == then.size())
                && now.mode() == then.mode()
                && now.modTime().equals(then.modTime())
                && now.dev() == then.dev()
                && now.ino() == then.ino()
                && now.uid() == then.uid()
                && now.gid() == then.gid()
                && (now.nlink() & 0xffff) == (then.nlink() & 0xffff)
                && now.username().equals(then.username())
                && now.groupname().equals(then.groupname())
                && Arrays.equals(now.name(), then.name());
    }

    @Override
    public void close() {
        synchronized (listings) {
            listings.values().forEach(Listing::close);
            listings.clear();
        }
    }

    /** One directory's listing and how far it has been read. Guarded by itself. */
    private final class Listing {
        private final BytePath directory;
        private @Nullable DirectoryCursor cursor;
        private boolean begun;
        private boolean ended;
        private byte @Nullable [] passed;
        private @Nullable Known current;

        Listing(BytePath directory) {
            this.directory = directory;
        }

        @Nullable
        Known find(BytePath path) {
            byte[] name = path.name();
            try {
                if (!begun) {
                    begun = true;
                    cursor = tree.children(directory);
                    advance();
                }
                if (passed != null && Arrays.compareUnsigned(name, passed) <= 0) {
                    return search(path);
                }
                while (current != null) {
                    byte[] at = current.entry().name();
                    int order = Arrays.compareUnsigned(at, name);
                    if (order == 0) {
                        return current;
                    }
                    if (order > 0) {
                        return null;
                    }
                    passed = at;
                    advance();
                }
                return null;
            } catch (KlosetException e) {
                if (!ended) {
                    listener.warning("cannot compare " + directory + " with the previous snapshot: " + e.getMessage());
                }
                ended = true;
                current = null;
                return null;
            }
        }

        private void advance() throws KlosetException {
            DirectoryCursor at = cursor;
            current = at != null && !ended && at.next() ? new Known(at.entry(), at.mac(), at.encoded()) : null;
            if (current == null) {
                ended = true;
            }
        }

        synchronized void close() {
            DirectoryCursor at = cursor;
            cursor = null;
            current = null;
            ended = true;
            if (at != null) {
                try {
                    at.close();
                } catch (KlosetException e) {
                    listener.warning("cannot finish reading " + directory + ": " + e.getMessage());
                }
            }
        }
    }
}
