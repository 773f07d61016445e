package io.plakar.testkit.dropbox;

import java.time.Duration;

/** Something that goes wrong with a call. */
public sealed interface Fault {
    /** Status 429 with {@code too_many_requests} and {@code Retry-After}; nothing was done. */
    record TooManyRequests(Duration retryAfter) implements Fault {}

    /** Status 429 with {@code too_many_write_operations} and {@code Retry-After}; nothing was done. Writing calls only. */
    record TooManyWriteOperations(Duration retryAfter) implements Fault {}

    /**
     * A write error {@code too_many_write_operations} with status 409, or in a batch as the failure of every entry; nothing was done.
     * Writing calls only.
     */
    record WriteContention() implements Fault {}

    /** A status of 500 and above with plain text; nothing was done. */
    record ServerError(int status) implements Fault {}

    /** The connection breaks before anything was done or answered. */
    record DroppedConnection() implements Fault {}

    /** The call is carried out, then the connection breaks before the answer. */
    record LostAnswer() implements Fault {}

    /** The answer of a download breaks off in the middle. Downloads only. */
    record TruncatedBody() implements Fault {}
}
