package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The layout of a segment file, ours alone and free to change with {@link #VERSION}. Integers are big-endian.
 *
 * <pre>
 * 0   magic u64 | version u32 | records u32 | fan-out offset u64 | meta offset u64 | meta length u32 | meta CRC u32 |
 *     file length u64 | zero u32 | header CRC u32 over the bytes before it                             (56 bytes)
 * 56  records, 49 bytes each, by (type, MAC) unsigned: type u8, MAC 32, reference u32, offset u64, length u32
 *     fan-out: per type 2^bits + 1 record numbers u32, relative to the type's first record
 *     meta: types, block CRCs, states with their journals, references (packfile MAC, number of the state)
 * </pre>
 *
 * CRCs are CRC-32C: one over header, meta and fan-out each, and one per block of 1,024 records, checked when the block
 * is first used.
 */
final class SegmentFormat {
    /** "plkstidx". */
    static final long MAGIC = 0x706c6b7374696478L;

    static final int VERSION = 1;
    static final int HEADER = 56;

    static final int RECORD = 49;
    static final int MAC_AT = 1;
    static final int REFERENCE_AT = 33;
    static final int OFFSET_AT = 37;
    static final int LENGTH_AT = 45;

    static final int BLOCK_SHIFT = 10;
    static final int BLOCK_RECORDS = 1 << BLOCK_SHIFT;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private SegmentFormat() {}

    static Mac mac(MemorySegment bytes, long at) {
        return Mac.of(bytes.get(LONG, at), bytes.get(LONG, at + 8), bytes.get(LONG, at + 16), bytes.get(LONG, at + 24));
    }

    /** Orders two records by type and MAC. */
    static int compare(MemorySegment left, long leftAt, MemorySegment right, long rightAt) {
        int order = (left.get(BYTE, leftAt) & 0xff) - (right.get(BYTE, rightAt) & 0xff);
        for (int word = 0; order == 0 && word < 4; word++) {
            order = Long.compareUnsigned(
                    left.get(LONG, leftAt + MAC_AT + 8 * word), right.get(LONG, rightAt + MAC_AT + 8 * word));
        }
        return order;
    }
}
