package io.plakar.kloset;

import io.plakar.connector.ConnectorException;
import org.jspecify.annotations.Nullable;

/**
 * What can go wrong in the engine, as a closed family. The message is one line: what failed, on what, why; each kind
 * has one exit code and one remedy.
 */
public abstract sealed class KlosetException extends Exception {
    private static final long serialVersionUID = 1;

    protected KlosetException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /** Something the store should hold is not there. */
    public static final class Missing extends KlosetException {
        private static final long serialVersionUID = 1;

        public Missing(String message) {
            this(message, null);
        }

        public Missing(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** Bytes are not what they must be: damaged, truncated or not of this format. */
    public static sealed class Corrupt extends KlosetException permits UnsafeName {
        private static final long serialVersionUID = 1;

        public Corrupt(String message) {
            this(message, null);
        }

        public Corrupt(String message, @Nullable Throwable cause) {
            super(message, cause);
        }
    }

    /** A name in a snapshot is not one component of a path: whoever wrote it meant to reach another place. */
    public static final class UnsafeName extends Corrupt {
        private static final long serialVersionUID = 1;

        public UnsafeName(String message) {
            super(message);
        }
    }

    /** The passphrase is wrong, or is needed and was not given. */
    public static final class NotAuthentic extends KlosetException {
        private static final long serialVersionUID = 1;

        public NotAuthentic(String message) {
            super(message, null);
        }
    }

    /** Somebody else holds the store. */
    public static final class Locked extends KlosetException {
        private static final long serialVersionUID = 1;

        public Locked(String message) {
            super(message, null);
        }
    }

    /** Written by a newer program, or with an algorithm this one does not have. */
    public static final class UnsupportedVersion extends KlosetException {
        private static final long serialVersionUID = 1;

        public UnsupportedVersion(String message) {
            super(message, null);
        }
    }

    /** The place behind a connector failed; the cause tells why and whether a retry may help. */
    public static final class Unreachable extends KlosetException {
        private static final long serialVersionUID = 1;

        public Unreachable(String message, ConnectorException cause) {
            super(message, cause);
        }

        public ConnectorException connectorFailure() {
            return (ConnectorException) java.util.Objects.requireNonNull(getCause());
        }
    }

    /** The request itself cannot be carried out: no such snapshot, an ambiguous id, a bad pattern. */
    public static final class Invalid extends KlosetException {
        private static final long serialVersionUID = 1;

        public Invalid(String message) {
            super(message, null);
        }
    }

    /** The run was cancelled. */
    public static final class Cancelled extends KlosetException {
        private static final long serialVersionUID = 1;

        public Cancelled(String message) {
            super(message, null);
        }
    }
}
