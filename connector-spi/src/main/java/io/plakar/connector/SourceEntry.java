package io.plakar.connector;

import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;

/**
 * One thing found by an {@link Importer}: a file, a directory, a link or a special file. Owned by the engine from the
 * moment it is handed over; its methods are called by one thread at a time, at any time before
 * {@link Importer#close()}.
 */
public interface SourceEntry {
    /** Where it lies in the snapshot. */
    BytePath path();

    /** Its attributes as seen when it was listed; {@code name} is the last component of {@link #path()}. */
    FileInfo info();

    /** The text of a symbolic link, verbatim; empty for anything else. */
    default byte[] linkTarget() {
        return new byte[0];
    }

    /**
     * Its extended attributes, in any order; empty when there are none or the source does not have them. May read from
     * the source: called once, by a worker. A failure is reported for the path and does not lose the entry.
     */
    default List<Xattr> xattrs() throws IOException {
        return List.of();
    }

    /** Opens the content of a regular file from its first byte. Called again when a file changed while being read. */
    ReadableByteChannel open() throws IOException;

    /**
     * The attributes as they are now, to notice a file which changed while it was read; empty when the source cannot
     * tell.
     */
    default Optional<FileInfo> current() throws IOException {
        return Optional.empty();
    }

    /**
     * Told once by the engine when it will not call any other method again, also when it never opened the content. A
     * {@code STREAM} source may hold back its next entry until the content of this one was closed or this was called.
     */
    default void release() {}
}
