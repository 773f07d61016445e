package io.plakar.cli.render;

import io.plakar.connector.BytePath;
import io.plakar.connector.FileInfo;
import io.plakar.connector.Mac;

/**
 * Shows one run (a backup, a restore, a check) while it goes on. Its methods are called from many threads. Closed once
 * by the command, which then prints its last line.
 */
public interface RunDisplay extends AutoCloseable {
    /** The snapshot worked on; the zero id until it is known. */
    void snapshot(Mac id);

    /** A word for what goes on now. */
    void phase(String phase);

    /** More work was found, in bytes; may grow during the whole run. */
    void planned(long bytes);

    /** Bytes of that work are done. */
    void processed(long bytes);

    /** A path is about to be worked on. */
    void current(BytePath path);

    /** A path is done. */
    void ok(Mac snapshot, BytePath path, FileInfo info, String outcome);

    /** A path is done, and nothing but its name is known. */
    void ok(Mac snapshot, BytePath path);

    /** A path failed. */
    void failed(Mac snapshot, BytePath path, String message);

    /** Something which is no path failed. */
    void failed(Mac snapshot, String message);

    /** Something worth telling which is no failure. */
    void warning(String message);

    /** Number of failures so far. */
    long errors();

    /** The last line of a run over one snapshot; nothing when the user wants silence. */
    void completed(Mac snapshot, Completion completion);

    /** Ends what moves and shows what is held back. */
    @Override
    void close();
}
