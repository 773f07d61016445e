package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * One immutable, memory-mapped segment file: the locations of one or more states, sorted, and their journals. Safe for
 * any number of threads; the mapping goes when the object is collected, since a lookup may be under way at any time.
 */
final class Segment {
    /** 16 MiB: read in a few milliseconds, and damage found here costs the user nothing. */
    private static final long CHECKED_AT_ONCE = 1L << 24;

    private final Path path;
    private final MemorySegment bytes;
    private final long size;
    private final int records;
    private final List<StateJournal> states;
    private final SegmentWriter.References references;
    private final int[] first = new int[257];
    private final int[] bits = new int[256];
    private final long[] fanOut = new long[256];
    private final int[] blockSums;

    /** One byte per block so that threads can set them without a lock; checking twice does no harm. */
    private final byte[] blockChecked;

    private volatile boolean damaged;

    private Segment(Path path, MemorySegment bytes) throws IOException {
        this.path = path;
        this.bytes = bytes;
        size = bytes.byteSize();
        require(size >= SegmentFormat.HEADER, "it is too short");
        require(bytes.get(SegmentFormat.LONG, 0) == SegmentFormat.MAGIC, "it is no index segment");
        require(bytes.get(SegmentFormat.INT, 8) == SegmentFormat.VERSION, "its version is unknown");
        require(
                bytes.get(SegmentFormat.INT, SegmentFormat.HEADER - 4) == sum(0, SegmentFormat.HEADER - 4),
                "its header is damaged");
        records = bytes.get(SegmentFormat.INT, 12);
        long fanOutOffset = bytes.get(SegmentFormat.LONG, 16);
        long metaOffset = bytes.get(SegmentFormat.LONG, 24);
        int metaLength = bytes.get(SegmentFormat.INT, 32);
        require(bytes.get(SegmentFormat.LONG, 40) == size, "it is truncated");
        require(
                records >= 0
                        && fanOutOffset == SegmentFormat.HEADER + (long) records * SegmentFormat.RECORD
                        && metaOffset >= fanOutOffset
                        && metaLength >= 0
                        && metaOffset + metaLength == size,
                "its header is damaged");
        require(bytes.get(SegmentFormat.INT, 36) == sum(metaOffset, metaLength), "its meta data is damaged");

        byte[] meta = bytes.asSlice(metaOffset, metaLength).toArray(SegmentFormat.BYTE);
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(meta));
        long table = fanOutOffset;
        int next = 0;
        for (int left = in.readInt(); left > 0; left--) {
            int type = in.readUnsignedByte();
            bits[type] = in.readUnsignedByte();
            int start = in.readInt();
            require(type >= next && start >= first[next] && start <= records && bits[type] <= 30, "types are wrong");
            Arrays.fill(first, next, type + 1, start);
            fanOut[type] = table;
            table += 4L * ((1L << bits[type]) + 1);
            next = type + 1;
            first[next] = start;
        }
        Arrays.fill(first, next, 257, records);
        require(
                table == metaOffset && in.readInt() == sum(fanOutOffset, table - fanOutOffset),
                "its fan-out is damaged");
        blockSums = new int[in.readInt()];
        require(
                blockSums.length == (records + SegmentFormat.BLOCK_RECORDS - 1L) >> SegmentFormat.BLOCK_SHIFT,
                "its block sums are wrong");
        for (int i = 0; i < blockSums.length; i++) {
            blockSums[i] = in.readInt();
        }
        blockChecked = new byte[blockSums.length];
        List<StateJournal> journals = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            journals.add(StateJournal.read(in));
        }
        states = List.copyOf(journals);
        references = new SegmentWriter.References();
        for (int left = in.readInt(); left > 0; left--) {
            references.add(StateJournal.mac(in), in.readInt());
        }
    }

    /** Maps a segment file. Throws an IOException for one that is missing, damaged or of another version. */
    static Segment open(Path path) throws IOException {
        return open(path, CHECKED_AT_ONCE);
    }

    /** @param checkedAtOnce records are checked here if they have no more bytes, else when they are first used */
    static Segment open(Path path, long checkedAtOnce) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            Segment segment =
                    new Segment(path, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
            if ((long) segment.records * SegmentFormat.RECORD <= checkedAtOnce) {
                for (int block = 0; block < segment.blockSums.length; block++) {
                    segment.check(block);
                }
            }
            return segment;
        } catch (RuntimeException e) {
            throw new IOException(path + ": " + e.getMessage(), e);
        }
    }

    private void require(boolean condition, String what) throws IOException {
        if (!condition) {
            throw new IOException(path + ": " + what);
        }
    }

    private int sum(long offset, long length) {
        CRC32C sum = new CRC32C();
        long step = 1 << 30;
        for (long at = 0; at < length; at += step) {
            sum.update(bytes.asSlice(offset + at, Math.min(step, length - at)).asByteBuffer());
        }
        return (int) sum.getValue();
    }

    Path path() {
        return path;
    }

    long size() {
        return size;
    }

    int records() {
        return records;
    }

    List<StateJournal> states() {
        return states;
    }

    SegmentWriter.References references() {
        return references;
    }

    /** Whether a block proved wrong; the segment must be forgotten then. */
    boolean damaged() {
        return damaged;
    }

    MemorySegment bytes() {
        return bytes;
    }

    /** The first record of a type, or of the next present one. */
    int first(int type) {
        return first[type];
    }

    /** Where record {@code index} begins in {@link #bytes()}, after its block was checked. */
    long at(int index) {
        int block = index >>> SegmentFormat.BLOCK_SHIFT;
        if (blockChecked[block] == 0) {
            check(block);
        }
        return SegmentFormat.HEADER + (long) index * SegmentFormat.RECORD;
    }

    private void check(int block) {
        int from = block << SegmentFormat.BLOCK_SHIFT;
        int count = Math.min(SegmentFormat.BLOCK_RECORDS, records - from);
        long length = (long) count * SegmentFormat.RECORD;
        if (damaged || sum(SegmentFormat.HEADER + (long) from * SegmentFormat.RECORD, length) != blockSums[block]) {
            damaged = true;
            throw new Damaged(path);
        }
        blockChecked[block] = 1;
    }

    private int find(int type, long a, long b, long c, long d) {
        int base = first[type];
        if (base == first[type + 1]) {
            return -1;
        }
        int shift = bits[type];
        long table = fanOut[type] + 4L * (shift == 0 ? 0 : a >>> (64 - shift));
        int low = base + bytes.get(SegmentFormat.INT, table);
        int high = base + bytes.get(SegmentFormat.INT, table + 4);
        int end = high;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (compare(middle, a, b, c, d) < 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < end && compare(low, a, b, c, d) == 0 ? low : -1;
    }

    private int compare(int index, long a, long b, long c, long d) {
        long at = at(index) + SegmentFormat.MAC_AT;
        int order = Long.compareUnsigned(bytes.get(SegmentFormat.LONG, at), a);
        if (order == 0) {
            order = Long.compareUnsigned(bytes.get(SegmentFormat.LONG, at + 8), b);
        }
        if (order == 0) {
            order = Long.compareUnsigned(bytes.get(SegmentFormat.LONG, at + 16), c);
        }
        return order != 0 ? order : Long.compareUnsigned(bytes.get(SegmentFormat.LONG, at + 24), d);
    }

    /** The number of the first record of a blob, or -1. */
    int find(int type, Mac blob) {
        return find(type, blob.word(0), blob.word(1), blob.word(2), blob.word(3));
    }

    /** The number of the next record of the same blob, or -1. */
    int next(int index) {
        int next = index + 1;
        return next < records && SegmentFormat.compare(bytes, at(index), bytes, at(next)) == 0 ? next : -1;
    }

    int type(int index) {
        return bytes.get(SegmentFormat.BYTE, at(index)) & 0xff;
    }

    Mac mac(int index) {
        return SegmentFormat.mac(bytes, at(index) + SegmentFormat.MAC_AT);
    }

    int reference(int index) {
        return bytes.get(SegmentFormat.INT, at(index) + SegmentFormat.REFERENCE_AT);
    }

    long offset(int index) {
        return bytes.get(SegmentFormat.LONG, at(index) + SegmentFormat.OFFSET_AT);
    }

    int length(int index) {
        return bytes.get(SegmentFormat.INT, at(index) + SegmentFormat.LENGTH_AT);
    }

    /** A block of a mapped segment is not what was written. */
    static final class Damaged extends RuntimeException {
        private static final long serialVersionUID = 1;

        Damaged(Path path) {
            super("the index file " + path + " is damaged; it is built again with the next command");
        }
    }
}
