package io.plakar.connector.fs;

import io.plakar.connector.ConnectorException;
import java.nio.ByteBuffer;

/** A new file being written from its start. Used by one thread. */
interface OutputFile extends Attributed, AutoCloseable {
    /** Consumes {@code bytes} from position to limit. */
    void write(ByteBuffer bytes) throws ConnectorException;

    /** Leaves a hole, which reads as zero bytes. */
    void skip(long bytes) throws ConnectorException;

    /** Makes the file as long as what was written and skipped. */
    void finish() throws ConnectorException;

    /** Returns when the content is on the disk. */
    void sync() throws ConnectorException;

    @Override
    void close() throws ConnectorException;
}
