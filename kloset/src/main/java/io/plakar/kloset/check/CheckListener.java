package io.plakar.kloset.check;

import io.plakar.connector.BytePath;
import io.plakar.kloset.snapshot.SnapshotHeader;

/** Told what a check finds, from many threads; must be quick and must not throw. */
public interface CheckListener {
    CheckListener NONE = new CheckListener() {};

    /** Work to come, in bytes of packfiles; may grow. */
    default void planned(long bytes) {}

    default void verified(long bytes) {}

    /** A path of a snapshot is whole. Called only when asked for in {@link CheckOptions#reportPaths()}. */
    default void whole(SnapshotHeader snapshot, BytePath path) {}

    /** A path of a snapshot is damaged; {@code message} names chunk or object, packfile and offset. */
    default void damaged(SnapshotHeader snapshot, BytePath path, String message) {}

    /** The snapshot as such is damaged: header, signature, a tree, an index. */
    default void damaged(SnapshotHeader snapshot, String message) {}

    /** A packfile or state is damaged, whatever it holds. */
    default void damagedStore(String message) {}

    /** All of one snapshot has been looked at. */
    default void finished(SnapshotHeader snapshot, long errors) {}

    default void warning(String message) {}
}
