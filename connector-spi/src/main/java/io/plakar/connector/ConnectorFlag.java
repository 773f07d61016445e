package io.plakar.connector;

/** What a connector says about itself (connectors §1.3). */
public enum ConnectorFlag {
    /** The location is a path of this machine. */
    LOCALFS(1),
    /** The whole store is one file. */
    FILE(2),
    /** The source can be read only once. */
    STREAM(4),
    /** The source waits for a result after every record. */
    NEEDACK(8),
    /** The source cannot share a snapshot with another one. */
    NOMERGE(16);

    private final int bit;

    ConnectorFlag(int bit) {
        this.bit = bit;
    }

    public int bit() {
        return bit;
    }
}
