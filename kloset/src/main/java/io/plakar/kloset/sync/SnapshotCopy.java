package io.plakar.kloset.sync;

import io.plakar.kloset.KlosetException;
import io.plakar.kloset.backup.Backup;
import io.plakar.kloset.backup.BackupListener;
import io.plakar.kloset.backup.BackupOptions;
import io.plakar.kloset.backup.BackupResult;
import io.plakar.kloset.backup.ExcludeRules;
import io.plakar.kloset.repository.Repository;
import io.plakar.kloset.repository.RepositoryWriter;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.vfs.Summary;
import java.util.List;

/** Copies one snapshot at a time, keeping its id, times and names. Stateless. */
public final class SnapshotCopy {
    private static final BackupOptions AS_IT_IS =
            new BackupOptions("", "", "", "", "", "", List.of(), null, true, true, ExcludeRules.NONE, List.of());

    private SnapshotCopy() {}

    /**
     * Adds a copy to what {@code writer} writes into {@code to}; it exists there when the caller has committed. A
     * signature does not survive, since it covers trees that are different in the copy; the copy is unsigned.
     *
     * @throws KlosetException.Corrupt when something of the original cannot be read: a copy is whole or is not made
     */
    public static BackupResult add(
            Repository from, SnapshotHeader original, Repository to, RepositoryWriter writer, BackupListener listener)
            throws KlosetException {
        SnapshotSource source = new SnapshotSource(from, original);
        BackupResult result = Backup.add(
                to, writer, List.of(source), AS_IT_IS, original.withIdentity(SnapshotHeader.Identity.none()), listener);
        long recorded = original.source().summary().total(Summary.Field.ERRORS);
        if (result.errors() != recorded) {
            throw new KlosetException.Corrupt("snapshot " + original.id().toShortHex() + " was not copied: it records "
                    + recorded + " errors, the copy has " + result.errors());
        }
        return result;
    }
}
