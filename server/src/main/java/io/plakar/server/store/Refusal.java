package io.plakar.server.store;

import io.plakar.connector.ConnectorException.Reason;
import org.jspecify.annotations.Nullable;

/** A request that is not served: a status and one line that says why. */
final class Refusal extends Exception {
    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable Reason reason;
    private final @Nullable String headerName;
    private final @Nullable String headerValue;

    Refusal(int status, String message) {
        this(status, message, null);
    }

    /** @param reason for clients of ours, where the status does not say it */
    Refusal(int status, String message, @Nullable Reason reason) {
        this(status, message, reason, null, null);
    }

    private Refusal(
            int status,
            String message,
            @Nullable Reason reason,
            @Nullable String headerName,
            @Nullable String headerValue) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.headerName = headerName;
        this.headerValue = headerValue;
    }

    /** The same with one more header. */
    Refusal with(String name, String value) {
        return new Refusal(status, text(), reason, name, value);
    }

    static Refusal method(String allowed) {
        return new Refusal(405, "Method Not Allowed").with("Allow", allowed);
    }

    int status() {
        return status;
    }

    String text() {
        return String.valueOf(getMessage());
    }

    @Nullable
    Reason reason() {
        return reason;
    }

    @Nullable
    String headerName() {
        return headerName;
    }

    @Nullable
    String headerValue() {
        return headerValue;
    }
}
