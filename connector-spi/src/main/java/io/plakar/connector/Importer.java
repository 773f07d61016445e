package io.plakar.connector;

import java.util.Set;

/**
 * A source. Origin, type and root go into the snapshot's header and find the previous snapshot of the same source:
 * they must be the same string on every run against the same place. Closed once, by the caller.
 */
public interface Importer extends AutoCloseable {
    /** Host, account or bucket the data comes from. */
    String origin();

    /** The connector's name in snapshots: {@code fs}, {@code s3}, {@code dropbox}. */
    String type();

    /** The directory (or single file) to back up. */
    BytePath root();

    Set<ConnectorFlag> flags();

    /** Whether the place answers; throws if not. */
    void ping() throws ConnectorException;

    /**
     * Delivers everything below the root, with the root itself and, where they exist, its ancestors. A failure about
     * one path goes to {@link RecordSink#failure}; an exception means that the source as a whole could not be read and
     * no snapshot is made.
     *
     * @throws InterruptedException when the run was cancelled; what was delivered is dropped
     */
    void run(RecordSink sink) throws ConnectorException, InterruptedException;

    @Override
    void close() throws ConnectorException;
}
