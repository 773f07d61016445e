package io.plakar.kloset.backup;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;

/** Told what a backup does, from many threads; must be quick and must not throw. */
public interface BackupListener {
    BackupListener NONE = new BackupListener() {};

    /** What became of one path. */
    enum Outcome {
        /** Not in the previous snapshot. */
        NEW,
        /** Differs from the previous snapshot. */
        CHANGED,
        /** The same as in the previous snapshot; its content was not read. */
        UNCHANGED
    }

    /** Where the run is. */
    enum Phase {
        SCANNING,
        BUILDING,
        COMMITTING,
        CHECKING
    }

    /** The id of the snapshot being made; called once, first. */
    default void started(Mac snapshot) {}

    default void phase(Phase phase) {}

    /** The source named one more path of {@code size} content bytes (0 for anything but regular files, -1 unknown). */
    default void found(BytePath path, FileInfo info, long size) {}

    /** Content bytes were read from the source, or were known to be unchanged. */
    default void processed(long bytes) {}

    default void done(BytePath path, FileInfo info, Outcome outcome) {}

    default void failed(BytePath path, String message) {}

    /** Something worth telling which is no failure of a path. */
    default void warning(String message) {}
}
