package io.plakar.connector.fs;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.Xattr;
import java.time.Instant;

/** Something that exists and whose attributes can be set, never following a link. Used by one thread. */
interface Attributed {
    FileStat stat() throws ConnectorException;

    void chown(long uid, long gid) throws ConnectorException;

    /** Sets the low 12 bits of {@code st_mode}. */
    void chmod(int permissions) throws ConnectorException;

    /** Sets access and modification time, to the nanosecond. */
    void touch(Instant time) throws ConnectorException;

    void setXattr(Xattr xattr) throws ConnectorException;
}
