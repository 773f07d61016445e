package io.plakar.server.job;

import io.plakar.connector.BytePath;
import io.plakar.connector.ExportOptions;
import io.plakar.kloset.restore.RestoreOptions;
import io.plakar.kloset.snapshot.SnapshotHeader;
import java.util.List;

/**
 * What is to be restored, and where to. Immutable.
 *
 * @param items paths in the snapshot, at least one
 * @param place of the destination, as it would be written on the command line
 */
public record RestoreRequest(
        SnapshotHeader snapshot,
        List<BytePath> items,
        String place,
        Layout layout,
        RestoreOptions.Overwrite overwrite,
        ExportOptions export) {
    /** Where an item lands below the destination. */
    public enum Layout {
        /** What is in a directory lands in the destination itself, anything else there under its name. */
        CONTENT,
        /** Under its name. */
        NAMES,
        /** Under its whole path. */
        PATHS
    }

    public RestoreRequest {
        items = List.copyOf(items);
    }

    /** The directory of the destination below which {@code item} is restored. */
    BytePath below(BytePath item, boolean isDirectory) {
        return switch (layout) {
            case CONTENT -> BytePath.ROOT;
            case NAMES -> isDirectory && !item.isRoot() ? BytePath.ROOT.child(item.name()) : BytePath.ROOT;
            case PATHS -> isDirectory ? item : item.parent();
        };
    }
}
