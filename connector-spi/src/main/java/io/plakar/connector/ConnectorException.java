package io.plakar.connector;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A failure of the place behind a connector, translated once at the connector's border. The message is one line which
 * names the thing and the cause; {@link #reason()} is for programs.
 */
public final class ConnectorException extends IOException {
    private static final long serialVersionUID = 1;

    /** Why it failed; decides the exit code and whether trying again makes sense. */
    public enum Reason {
        /** The thing is not there. */
        MISSING,
        /** Something is there which must not be. */
        EXISTS,
        /** Permission was refused, by the system or by the service. */
        DENIED,
        /** The place no longer lets us in: whatever is tried there fails until the user has done something. */
        LOCKED_OUT,
        /** The place is read-only, or the connector cannot write. */
        READ_ONLY,
        /** No space or quota left. */
        NO_SPACE,
        /** The place could not be reached, or broke off. */
        UNREACHABLE,
        /** The place answered with something which is not what it should be. */
        MALFORMED,
        /** The location or an option cannot be used. */
        INVALID,
        /** The connector does not do this. */
        UNSUPPORTED,
        /** Any other failure. */
        FAILED
    }

    private final Reason reason;
    private final transient @Nullable Duration retryAfter;

    public ConnectorException(Reason reason, String message) {
        this(reason, message, null, null);
    }

    public ConnectorException(Reason reason, String message, @Nullable Throwable cause) {
        this(reason, message, cause, null);
    }

    public ConnectorException(Reason reason, String message, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(message, cause);
        this.reason = reason;
        this.retryAfter = retryAfter;
    }

    public Reason reason() {
        return reason;
    }

    /** Present when trying again may help; the server's advice, or zero when it gave none. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
