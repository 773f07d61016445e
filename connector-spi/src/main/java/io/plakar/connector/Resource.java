package io.plakar.connector;

/** The three kinds of named objects in a store (format-storage §3); the configuration is not one of them. */
public enum Resource {
    PACKFILE(1),
    STATE(2),
    LOCK(3);

    private final int number;

    Resource(int number) {
        this.number = number;
    }

    /** The connector protocol's number. */
    public int number() {
        return number;
    }
}
