package io.plakar.connector;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A place that keeps a Kloset store: one configuration and named, immutable objects of three kinds (format-storage §3).
 * Safe for use by many threads. It sees only bytes that are already encoded; it never interprets them.
 *
 * <p>An object appears complete or not at all. Listing returns every object whose commit was finished before the call
 * began. A missing object is {@link ConnectorException.Reason#MISSING}.
 */
public interface StoreConnector extends AutoCloseable {
    String origin();

    String type();

    String root();

    Set<ConnectorFlag> flags();

    /**
     * Makes the store, with {@code config} (already wrapped) written last and durably.
     *
     * @throws ConnectorException {@code EXISTS} when the place is not empty; nothing is changed then
     */
    void create(byte[] config) throws ConnectorException;

    /** Fails with {@code EXISTS} when {@link #create} would; used before a passphrase is asked for. */
    void checkCreatable() throws ConnectorException;

    /** The wrapped configuration. */
    byte[] open() throws ConnectorException;

    void ping() throws ConnectorException;

    boolean readable();

    boolean writable();

    /** Bytes used; -1 when unknown. May be costly. */
    long size() throws ConnectorException;

    /** Calls {@code each} for every object of that kind, in any order. Files of other names are passed over. */
    void list(Resource resource, Consumer<Mac> each) throws ConnectorException;

    /** Names of files in the store that belong to nothing in the format; for reports, at most {@code limit}. */
    default List<String> foreignFiles(int limit) throws ConnectorException {
        return List.of();
    }

    /** Begins a new object. */
    ObjectWriter put(Resource resource) throws ConnectorException;

    /** The whole object as a stream; the caller closes it. */
    InputStream get(Resource resource, Mac name) throws ConnectorException;

    /**
     * Reads a range of a packfile: fills {@code into} from position to limit with the bytes from {@code offset} on,
     * counted from the start of the object (wrapper included).
     *
     * @throws ConnectorException {@code MALFORMED} when the object is shorter than that
     */
    void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException;

    /**
     * As {@link #read}, but stops at the end of the object. Stores far away should have it: ranges are then read in
     * larger pieces than asked for.
     *
     * @return how many bytes were put into {@code into}; fewer than asked for only at the end
     */
    default int readUpTo(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        int wanted = into.remaining();
        read(packfile, offset, into);
        return wanted;
    }

    /** Removes an object; one that is not there is not an error. */
    void delete(Resource resource, Mac name) throws ConnectorException;

    @Override
    void close() throws ConnectorException;
}
