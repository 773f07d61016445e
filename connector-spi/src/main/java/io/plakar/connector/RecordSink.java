package io.plakar.connector;

/** Where an {@link Importer} puts what it finds. Safe for use by many threads; blocks while the engine is busy. */
public interface RecordSink {
    /**
     * Takes one entry. Each path is given once; any order is allowed, but giving the children of one directory one
     * after the other in byte order is fastest.
     */
    void entry(SourceEntry entry) throws InterruptedException;

    /**
     * Takes one failure: it becomes an entry of the snapshot's error tree.
     *
     * @param message the cause as people know it: {@code open /srv/secret: permission denied}
     */
    void failure(BytePath path, String message) throws InterruptedException;

    /** Whether the user asked to leave this path out; an excluded directory need not be descended into. */
    boolean excluded(BytePath path, boolean directory);
}
