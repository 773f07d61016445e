package io.plakar.kloset.codec;

import io.plakar.connector.Mac;
import java.nio.ByteBuffer;

/** A MAC fed in pieces. Belongs to one thread at a time; {@link #finish} makes it ready for the next input. */
public interface MacStream {
    /** Feeds {@code data[offset, offset + length)}. */
    void update(byte[] data, int offset, int length);

    /** Feeds the bytes between position and limit, and moves the position to the limit. */
    void update(ByteBuffer data);

    /** The MAC of everything fed since the last {@code finish}. */
    Mac finish();
}
