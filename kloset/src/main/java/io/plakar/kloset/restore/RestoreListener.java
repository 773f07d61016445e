package io.plakar.kloset.restore;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;

/** Told what a restore does, from many threads; must be quick and must not throw. Paths are below the target. */
public interface RestoreListener {
    RestoreListener NONE = new RestoreListener() {};

    /** What happened, or would happen in a dry run, to one path. */
    enum Outcome {
        /** Was not there before. */
        CREATED,
        /** Took the place of what was there. */
        REPLACED,
        /** Left alone by the overwrite rule, without loss: it is the same already, or the user said never. */
        KEPT
    }

    /** Why a path of the snapshot cannot be at the destination as it was. */
    enum Misfit {
        /** A file or a directory whose name or size the place cannot hold; left out. */
        NAME_OR_SIZE,
        /** Left out. */
        SYMBOLIC_LINK,
        /** A pipe, a socket or a device; left out. */
        SPECIAL_FILE,
        /** One of several names of a file; stored as a file of its own. */
        HARD_LINK
    }

    default void found(BytePath path, FileInfo info) {}

    /** Content bytes were written; less than none when that many are written again. */
    default void written(long bytes) {}

    default void done(BytePath path, FileInfo info, Outcome outcome) {}

    /** The path could not be restored. */
    default void failed(BytePath path, String message, boolean corruptData) {}

    /** The path was restored but something about it was not: an owner, an attribute. */
    default void warning(BytePath path, String message) {}

    /** The destination cannot hold the path as it was; {@link #failed} or {@link #done} tells what came of it. */
    default void unfit(BytePath path, Misfit misfit) {}
}
