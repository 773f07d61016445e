package io.plakar.server.api;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import io.plakar.kloset.vfs.Summary;
import org.jspecify.annotations.Nullable;

/** The files of one snapshot, described as the API does. Safe for use by many threads. */
final class SnapshotFiles {
    private final SnapshotCatalog catalog;
    private final SnapshotTree tree;

    SnapshotFiles(SnapshotCatalog catalog, SnapshotHeader header) throws KlosetException {
        this.catalog = catalog;
        this.tree = catalog.tree(header);
    }

    SnapshotTree tree() {
        return tree;
    }

    /** What a user means with the path; links are followed. */
    Entry resolve(BytePath path) throws ApiError, KlosetException {
        try {
            return tree.resolve(path).orElseThrow(ApiError::noSuchFile);
        } catch (KlosetException.Invalid e) {
            // Links in a circle lead nowhere.
            throw ApiError.noSuchFile();
        }
    }

    /** The entry with all that belongs to it. */
    EntryJson describe(Entry entry) throws KlosetException {
        return describe(entry, mac(entry.path()));
    }

    /** As {@link #describe(Entry)}, without what lies below. */
    EntryJson describeAlone(Entry entry) throws KlosetException {
        return new EntryJson(entry, mac(entry.path()), entry.isRegular() ? object(entry) : null, null);
    }

    /** The entry of a blob with all that belongs to it. */
    EntryJson describe(Entry entry, Mac mac) throws KlosetException {
        FileObject object = entry.isRegular() ? object(entry) : null;
        Summary summary = entry.isDirectory() ? summary(entry.path()) : null;
        return new EntryJson(entry, mac, object, summary);
    }

    Mac mac(BytePath path) throws KlosetException {
        return tree.vfs().lookup(path.bytes()).orElse(Mac.ZERO);
    }

    /** Null when there is none or it is lost: a listing shows the file all the same. */
    private @Nullable FileObject object(Entry entry) throws KlosetException {
        if (!entry.hasObject()) {
            return null;
        }
        try {
            return catalog.contents().object(entry.object());
        } catch (KlosetException.Missing | KlosetException.Corrupt e) {
            return null;
        }
    }

    /** What lies below a directory; zeros when the snapshot does not say, as readers of lists want one. */
    Summary summary(BytePath directory) throws KlosetException {
        try {
            return tree.summary(directory).orElseGet(Summary::new);
        } catch (KlosetException.Missing | KlosetException.Corrupt e) {
            return new Summary();
        }
    }
}
