package io.plakar.connector.fs;

import io.plakar.connector.ConnectorException;
import java.nio.ByteBuffer;

/** A file open for reading at any offset. Safe for many threads; must not be closed while one of them reads. */
interface InputFile extends AutoCloseable {
    /** Reads at least one byte into {@code into} from {@code offset} on; -1 at the end. */
    int read(ByteBuffer into, long offset) throws ConnectorException;

    /** Bytes in the file now. */
    long size() throws ConnectorException;

    @Override
    void close();
}
