package io.plakar.connector.rclone;

import io.plakar.connector.ConnectorException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;

/** What a running rclone is asked: commands, and bytes of objects. Safe for many threads. */
interface RcCalls extends AutoCloseable {
    /** Writes the members of a command's parameter object. */
    @FunctionalInterface
    interface Parameters {
        void write(JsonGenerator json);
    }

    /** Reads the answer, which the parser stands before. */
    @FunctionalInterface
    interface Answer<T> {
        T read(JsonParser json) throws ConnectorException;
    }

    /**
     * Bytes of an object on their way; closing it early is allowed and ends the transfer.
     *
     * @param total size of the whole object, -1 when rclone does not know
     */
    record Content(InputStream stream, long total) {}

    /** How long a command may take that is not about as much data as there is. */
    Duration LIMIT = Duration.ofHours(1);

    /** Runs a command of the remote control, which takes an hour at most. */
    default <T> T call(String what, String command, Parameters parameters, Answer<T> answer) throws ConnectorException {
        return call(what, command, LIMIT, parameters, answer);
    }

    /**
     * Runs a command of the remote control.
     *
     * @param what the deed and the thing, for messages: {@code list dropbox:docs}
     * @param limit when an answer is no longer expected
     * @throws ConnectorException with a {@code retryAfter} when the same call may succeed later
     */
    <T> T call(String what, String command, Duration limit, Parameters parameters, Answer<T> answer)
            throws ConnectorException;

    /**
     * Opens the bytes from {@code offset} on, at most {@code length} of them.
     *
     * @param fs the remote as rclone writes it, {@code plk:/}
     * @param path below {@code fs}, without a leading {@code /}
     * @param length -1 for all that follow
     */
    Content open(String what, String fs, String path, long offset, long length) throws ConnectorException;

    /**
     * Opens a whole file at the file server: rclone knows it from the listing and need not ask the service for it again.
     *
     * @param path below what the server shows, without a leading {@code /}
     */
    Content openServed(String what, String path) throws ConnectorException;

    /** The entries of a directory at the file server, which rclone has listed before. */
    List<RemoteEntry> listServed(String what, String directory) throws ConnectorException;

    @Override
    void close();
}
