package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import java.nio.ByteBuffer;

/** Random access to the bytes of an archive, wherever it lies. Safe for use by many threads. */
interface PtarInput extends AutoCloseable {
    /** The place, for messages. */
    String name();

    /** Bytes of the whole file, as found when it was opened. */
    long size();

    /**
     * Fills {@code into} from position to limit with the bytes from {@code offset} on.
     *
     * @throws ConnectorException {@code MALFORMED} when the file ends before
     */
    void read(long offset, ByteBuffer into) throws ConnectorException;

    @Override
    void close() throws ConnectorException;
}
