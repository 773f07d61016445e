package io.plakar.connector;

import java.nio.ByteBuffer;

/**
 * One object on its way into a store. Bytes are appended in order; nothing is visible until {@link #commit}. Used by one
 * thread. Closing without a commit drops the bytes.
 */
public interface ObjectWriter extends AutoCloseable {
    /** Consumes {@code bytes} from position to limit. */
    void write(ByteBuffer bytes) throws ConnectorException;

    /**
     * Makes the object appear under {@code name}, whole and durable, replacing one of the same name. When this returns
     * the object survives a power cut.
     */
    void commit(Mac name) throws ConnectorException;

    @Override
    void close() throws ConnectorException;
}
