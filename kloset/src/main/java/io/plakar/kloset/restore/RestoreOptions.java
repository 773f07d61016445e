package io.plakar.kloset.restore;

/**
 * How a restore treats what is there already.
 *
 * @param dryRun tell what would be done and write nothing
 */
public record RestoreOptions(Overwrite overwrite, boolean dryRun) {
    /** What to do with an existing file, link or special file. */
    public enum Overwrite {
        /** Replace what is as old as or older than the snapshot's copy; a newer one is kept and reported as failed. */
        PROTECT_NEWER,
        /** Replace it. */
        ALWAYS,
        /** Keep it. */
        NEVER,
        /** Replace it when the snapshot's copy is newer, keep it otherwise. */
        IF_NEWER,
        /** Replace it when type, size or time differ. */
        IF_CHANGED
    }
}
