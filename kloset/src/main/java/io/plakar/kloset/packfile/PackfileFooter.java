package io.plakar.kloset.packfile;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The footer of a packfile.
 *
 * @param timestampNanos Unix nanoseconds; 0 in a ptar
 * @param count index records
 * @param indexOffset size of the blob region
 */
public record PackfileFooter(long timestampNanos, long count, long indexOffset, Mac indexMac, int flags) {
    static final int BYTES = 56;

    static PackfileFooter decode(byte[] plain, String what) throws KlosetException {
        if (plain.length != BYTES) {
            throw new KlosetException.Corrupt(what + ": its footer has " + plain.length + " bytes instead of " + BYTES);
        }
        ByteBuffer in = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
        long timestamp = in.getLong();
        long count = Integer.toUnsignedLong(in.getInt());
        long offset = in.getLong();
        return new PackfileFooter(timestamp, count, offset, Mac.of(plain, 20), in.getInt(52));
    }
}
