package io.plakar.kloset.snapshot;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.vfs.Entry;

/**
 * The children of one directory, one in memory at a time; in ascending byte order of name, as every writer lists them
 * (not checked here). For one thread; to be closed.
 *
 * <p>After a failure of {@link #next()} it may be called again: it goes on behind the child which failed where that is
 * possible, and says false where it is not.
 */
public interface DirectoryCursor extends AutoCloseable {
    /** Moves to the next child; false when there is none. */
    boolean next() throws KlosetException;

    /** The child at the cursor. */
    Entry entry();

    /** The id of the child's entry blob, as the listing or the tree says. */
    Mac mac();

    /** The bytes of the child's entry blob, a fresh array. */
    byte[] encoded();

    @Override
    void close() throws KlosetException;
}
