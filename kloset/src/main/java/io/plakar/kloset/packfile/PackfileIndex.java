package io.plakar.kloset.packfile;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The table of blobs of one packfile: fixed records in a byte array, in the order of their offsets. Not safe for use by
 * several threads while records are added.
 */
public final class PackfileIndex {
    /** Bytes of one record. */
    public static final int RECORD_BYTES = 56;

    private byte[] records;
    private int count;

    public PackfileIndex() {
        records = new byte[RECORD_BYTES * 64];
    }

    private PackfileIndex(byte[] records) {
        this.records = records;
        this.count = records.length / RECORD_BYTES;
    }

    /** Reads plain index bytes; the length must be a multiple of a record. */
    public static PackfileIndex decode(byte[] plain, String what) throws KlosetException {
        if (plain.length % RECORD_BYTES != 0) {
            throw new KlosetException.Corrupt(
                    what + ": its index has " + plain.length + " bytes, not a multiple of 56");
        }
        return new PackfileIndex(plain);
    }

    void add(int type, int version, Mac id, long offset, int length) {
        int at = count * RECORD_BYTES;
        if (at == records.length) {
            records = Arrays.copyOf(records, records.length * 2);
        }
        ByteBuffer record = ByteBuffer.wrap(records, at, RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        record.putInt(type).putInt(version);
        id.copyTo(records, at + 8);
        record.position(at + 40);
        record.putLong(offset).putInt(length).putInt(0);
        count++;
    }

    /** Number of blobs, random ones included. */
    public int size() {
        return count;
    }

    public int type(int i) {
        return buffer().getInt(i * RECORD_BYTES);
    }

    public int version(int i) {
        return buffer().getInt(i * RECORD_BYTES + 4);
    }

    public Mac id(int i) {
        return Mac.of(records, i * RECORD_BYTES + 8);
    }

    /** Offset in the payload, that is without the wrapper's header. */
    public long offset(int i) {
        return buffer().getLong(i * RECORD_BYTES + 40);
    }

    /** Encoded bytes, unsigned. */
    public long length(int i) {
        return Integer.toUnsignedLong(buffer().getInt(i * RECORD_BYTES + 48));
    }

    private ByteBuffer buffer() {
        return ByteBuffer.wrap(records).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The plain bytes as they are encoded into the packfile. */
    public byte[] toByteArray() {
        return Arrays.copyOf(records, count * RECORD_BYTES);
    }

    /** The same records sorted by type (as decimal text) and id, the order inside a ptar (format-storage §13). */
    PackfileIndex sortedForPtar() {
        Integer[] order = new Integer[count];
        for (int i = 0; i < count; i++) {
            order[i] = i;
        }
        Arrays.sort(order, (left, right) -> {
            int byType = Integer.toString(type(left)).compareTo(Integer.toString(type(right)));
            return byType != 0 ? byType : id(left).compareTo(id(right));
        });
        byte[] sorted = new byte[count * RECORD_BYTES];
        for (int i = 0; i < count; i++) {
            System.arraycopy(records, order[i] * RECORD_BYTES, sorted, i * RECORD_BYTES, RECORD_BYTES);
        }
        return new PackfileIndex(sorted);
    }
}
