package io.plakar.kloset.backup;

import io.plakar.kloset.snapshot.SnapshotHeader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a snapshot is made and what its header says.
 *
 * @param timestamp forced time of the snapshot, or null for now
 * @param usePrevious compare with the newest snapshot of the same source and do not read what is unchanged
 * @param xattrs keep extended attributes
 * @param excludes what to leave out
 * @param context key/value pairs for the header (host, user, command line), in order
 */
public record BackupOptions(
        String name,
        String category,
        String environment,
        String perimeter,
        String job,
        String dataset,
        List<String> tags,
        @Nullable Instant timestamp,
        boolean usePrevious,
        boolean xattrs,
        ExcludeRules excludes,
        List<SnapshotHeader.Pair> context) {}
