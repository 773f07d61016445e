package io.plakar.server.store;

/** What a client may do; each includes those before it. */
public enum Rights {
    /** Read everything. */
    READ,
    /** Add objects, and keep and remove locks. */
    APPEND,
    /** Remove and replace objects. */
    DELETE;

    boolean include(Rights other) {
        return compareTo(other) >= 0;
    }
}
