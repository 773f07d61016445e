package io.plakar.server.store;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.StoreConnector;

/**
 * How much the store may hold. Counts what comes in; measures the store again only when that count says it is full and
 * something was removed since. Safe for many threads.
 */
final class Quota {
    /** No limit. */
    static final long NONE = Long.MAX_VALUE;

    private final StoreConnector store;
    private final long limit;
    private long used;
    private long coming;
    private boolean shrunk;

    /** @throws ConnectorException {@code UNSUPPORTED} when there is a limit and the store cannot say how large it is */
    Quota(StoreConnector store, long limit) throws ConnectorException {
        this.store = store;
        this.limit = limit;
        if (limit != NONE) {
            measure();
        }
    }

    private void measure() throws ConnectorException {
        try {
            used = store.size();
        } catch (ConnectorException e) {
            if (e.reason() != Reason.MISSING) {
                throw e;
            }
            used = 0;
        }
        if (used < 0) {
            throw new ConnectorException(
                    Reason.UNSUPPORTED, "a quota needs a store that can say how large it is; this one cannot");
        }
        shrunk = false;
    }

    /** Sets {@code bytes} aside for an object on its way in. */
    synchronized void reserve(long bytes) throws Refusal, ConnectorException {
        if (limit == NONE) {
            return;
        }
        if (bytes > limit - used - coming && shrunk) {
            measure();
        }
        if (bytes > limit - used - coming) {
            throw new Refusal(507, "the quota of " + limit + " bytes is used up", Reason.NO_SPACE);
        }
        coming += bytes;
    }

    /** The object is there, or is not coming after all. */
    synchronized void settle(long bytes, boolean stored) {
        if (limit != NONE) {
            coming -= bytes;
            used += stored ? bytes : 0;
        }
    }

    /** Something was removed or replaced. */
    synchronized void shrunk() {
        shrunk = true;
    }
}
