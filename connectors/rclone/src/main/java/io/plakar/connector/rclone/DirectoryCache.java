package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is in the directories a restore writes into: each is listed once, and what is written is added. Safe for many
 * threads. Bounded: directories not used for long are forgotten and listed again when needed.
 */
final class DirectoryCache {
    private static final int DIRECTORIES = 256;
    private static final int ENTRIES = 200_000;

    /** One directory; guarded by itself. */
    private static final class Listing {
        private boolean loaded;
        private boolean exists;
        private final Map<String, RemoteEntry> children = new HashMap<>();

        /** Spelling by lower-case name, for services which do not tell cases apart. */
        private final Map<String, String> spellings = new HashMap<>();
    }

    private final Remote remote;
    private final boolean foldsCase;
    private final LinkedHashMap<String, Listing> listings = new LinkedHashMap<>(64, 0.75f, true);

    DirectoryCache(Remote remote) {
        this.remote = remote;
        this.foldsCase = remote.features().has("CaseInsensitive");
    }

    static String parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? "" : path.substring(0, slash);
    }

    static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static String fold(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private Listing listing(String directory) {
        synchronized (listings) {
            Listing listing = listings.computeIfAbsent(directory, key -> new Listing());
            if (listings.size() > DIRECTORIES) {
                evict();
            }
            return listing;
        }
    }

    private void evict() {
        Iterator<Listing> oldest = listings.values().iterator();
        oldest.next();
        oldest.remove();
        long entries = 0;
        for (Listing listing : listings.values()) {
            entries += listing.children.size();
        }
        while (entries > ENTRIES && oldest.hasNext()) {
            entries -= oldest.next().children.size();
            if (oldest.hasNext()) {
                oldest.remove();
            }
        }
    }

    private void load(String directory, Listing listing) throws ConnectorException {
        if (listing.loaded) {
            return;
        }
        if (!directory.isEmpty()) {
            // A directory that its own parent does not show needs no listing.
            RemoteEntry self = known(directory);
            if (self == null && parentIsLoaded(directory)) {
                listing.loaded = true;
                return;
            }
        }
        try {
            for (RemoteEntry entry : remote.list(directory)) {
                add(listing, entry);
            }
            listing.exists = true;
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
        }
        listing.loaded = true;
    }

    private @Nullable RemoteEntry known(String path) {
        Listing above;
        synchronized (listings) {
            above = listings.get(parent(path));
        }
        if (above == null) {
            return null;
        }
        synchronized (above) {
            return above.children.get(name(path));
        }
    }

    private boolean parentIsLoaded(String path) {
        Listing above;
        synchronized (listings) {
            above = listings.get(parent(path));
        }
        if (above == null) {
            return false;
        }
        synchronized (above) {
            return above.loaded;
        }
    }

    private void add(Listing listing, RemoteEntry entry) {
        listing.children.put(entry.name(), entry);
        if (foldsCase) {
            listing.spellings.put(fold(entry.name()), entry.name());
        }
    }

    /** What is at {@code path}, which is not the remote's root. */
    Optional<RemoteEntry> find(String path) throws ConnectorException {
        Listing listing = listing(parent(path));
        synchronized (listing) {
            load(parent(path), listing);
            return Optional.ofNullable(listing.children.get(name(path)));
        }
    }

    /** Whether there is a directory; the remote's root always is one. */
    boolean isDirectory(String path) throws ConnectorException {
        return path.isEmpty() || find(path).map(RemoteEntry::directory).orElse(false);
    }

    /**
     * The spelling of what stands in the way of {@code path} because the service does not tell upper from lower case;
     * empty when nothing does.
     */
    Optional<String> collision(String path) throws ConnectorException {
        if (!foldsCase) {
            return Optional.empty();
        }
        Listing listing = listing(parent(path));
        synchronized (listing) {
            load(parent(path), listing);
            String spelling = listing.spellings.get(fold(name(path)));
            return spelling == null || spelling.equals(name(path)) ? Optional.empty() : Optional.of(spelling);
        }
    }

    /** Notes a file that was stored. */
    void stored(String path, long size, Instant modTime) {
        note(new RemoteEntry(path, size, modTime, false));
    }

    /** Notes a directory that was made and is empty. */
    void made(String path) {
        note(new RemoteEntry(path, -1, Instant.EPOCH, true));
        Listing own = listing(path);
        synchronized (own) {
            own.loaded = true;
            own.exists = true;
        }
    }

    private void note(RemoteEntry entry) {
        String path = entry.path();
        while (!path.isEmpty()) {
            Listing above = listing(parent(path));
            synchronized (above) {
                boolean isNew = !above.children.containsKey(name(path));
                if (isNew || path.equals(entry.path())) {
                    add(above, path.equals(entry.path()) ? entry : new RemoteEntry(path, -1, Instant.EPOCH, true));
                }
                above.exists = true;
                if (!isNew) {
                    return;
                }
            }
            path = parent(path);
        }
    }
}
