package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;

/** Receives the entries of one state in the order they stand in the stream. All methods do nothing by default. */
public interface StateVisitor {
    /** Called first; {@link Mac#ZERO} when the state names no parent. */
    default void parent(Mac parent) throws KlosetException {}

    /**
     * A blob lies in a packfile.
     *
     * @param offset from the start of the packfile's payload
     * @param length encoded bytes, an unsigned 32-bit number
     */
    default void location(int type, int version, Mac blob, Mac packfile, long offset, int length, int flags)
            throws KlosetException {}

    /** A resource (snapshot 5, packfile 4) is marked for deletion since {@code when} (nanoseconds). */
    default void coloured(int type, Mac resource, long when) throws KlosetException {}

    /** A packfile exists, written under {@code state}. */
    default void packfile(Mac packfile, Mac state, long timestamp) throws KlosetException {}

    /** A configuration entry; nothing writes these today. */
    default void configuration(byte[] key, byte[] value, long createdAt) throws KlosetException {}

    default void deleteLocation(int type, Mac blob, Mac packfile) throws KlosetException {}

    default void deleteColour(int type, Mac resource) throws KlosetException {}

    /** The packfile and every location in it that was known before this entry are gone. */
    default void deletePackfile(Mac packfile) throws KlosetException {}
}
