package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Writes one segment file from records that come in order. Confined to a thread; nothing is visible under the final
 * name before {@link #publish}, and {@link #close} without it leaves nothing behind.
 */
final class SegmentWriter implements AutoCloseable {
    /** Records per fan-out bucket aimed at. */
    private static final int BUCKET = 8;

    private static final int MAX_BITS = 24;

    private final Path temporary;
    private final FileChannel channel;
    private final Arena arena = Arena.ofConfined();
    private final long[] atMost;
    private final byte[] block = new byte[SegmentFormat.BLOCK_RECORDS * SegmentFormat.RECORD];
    private final MemorySegment blockSegment = MemorySegment.ofArray(block);
    private int blockUsed;
    private final ByteArrayOutputStream blockSums = new ByteArrayOutputStream();
    private final DataOutputStream blockSumsOut = new DataOutputStream(blockSums);
    private final @Nullable MemorySegment[] fanOuts = new @Nullable MemorySegment[256];
    private final int[] first = new int[256];
    private final int[] bits = new int[256];
    private int records;
    private int type = -1;
    private int bucket;
    private boolean published;

    /**
     * Starts a temporary file in the directory.
     *
     * @param atMost per type, a number its records will not exceed; sizes the fan-out
     */
    SegmentWriter(Path directory, long[] atMost) throws IOException {
        this.atMost = atMost.clone();
        temporary = Files.createTempFile(directory, SegmentFiles.TEMPORARY, "");
        try {
            channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
            writeFully(ByteBuffer.allocate(SegmentFormat.HEADER));
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }

    /** Appends the record at {@code at}, with another reference. */
    void append(MemorySegment source, long at, int reference) throws IOException {
        if (records == Integer.MAX_VALUE) {
            throw new IOException("too many locations for one index segment");
        }
        int next = source.get(SegmentFormat.BYTE, at) & 0xff;
        if (next != type) {
            startType(next);
        }
        long word = source.get(SegmentFormat.LONG, at + SegmentFormat.MAC_AT);
        int target = bits[type] == 0 ? 0 : (int) (word >>> (64 - bits[type]));
        if (target > bucket) {
            fill(target);
        }
        MemorySegment.copy(source, at, blockSegment, blockUsed, SegmentFormat.RECORD);
        blockSegment.set(SegmentFormat.INT, blockUsed + SegmentFormat.REFERENCE_AT, reference);
        blockUsed += SegmentFormat.RECORD;
        records++;
        if (blockUsed == block.length) {
            drain();
        }
    }

    private void startType(int next) {
        if (next < type) {
            throw new IllegalStateException("records come in order");
        }
        endType();
        type = next;
        first[type] = records;
        long buckets = Math.max(1, atMost[type] / BUCKET);
        bits[type] = Math.min(MAX_BITS, 64 - Long.numberOfLeadingZeros(buckets - 1));
        fanOuts[type] = arena.allocate(4L * ((1L << bits[type]) + 1));
        bucket = 0;
    }

    private void endType() {
        if (type >= 0) {
            fill((1 << bits[type]));
        }
    }

    private void fill(int to) {
        MemorySegment fanOut = Objects.requireNonNull(fanOuts[type]);
        for (int i = bucket + 1; i <= to; i++) {
            fanOut.set(SegmentFormat.INT, 4L * i, records - first[type]);
        }
        bucket = to;
    }

    /** Completes the file and gives it its name, replacing what has it. */
    void publish(Path target, List<StateJournal> states, References references) throws IOException {
        drain();
        endType();
        long fanOutOffset = channel.position();
        CRC32C sum = new CRC32C();
        ByteArrayOutputStream meta = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(meta);
        int types = 0;
        for (MemorySegment fanOut : fanOuts) {
            types += fanOut == null ? 0 : 1;
        }
        out.writeInt(types);
        for (int i = 0; i < 256; i++) {
            MemorySegment fanOut = fanOuts[i];
            if (fanOut != null) {
                out.writeByte(i);
                out.writeByte(bits[i]);
                out.writeInt(first[i]);
                ByteBuffer bytes = fanOut.asByteBuffer();
                sum.update(bytes.duplicate());
                writeFully(bytes);
            }
        }
        out.writeInt((int) sum.getValue());
        out.writeInt(blockSums.size() / 4);
        blockSums.writeTo(out);
        out.writeInt(states.size());
        for (StateJournal state : states) {
            state.write(out);
        }
        references.write(out);
        long metaOffset = channel.position();
        writeFully(ByteBuffer.wrap(meta.toByteArray()));
        sum.reset();
        sum.update(meta.toByteArray());
        ByteBuffer header = ByteBuffer.allocate(SegmentFormat.HEADER)
                .putLong(SegmentFormat.MAGIC)
                .putInt(SegmentFormat.VERSION)
                .putInt(records)
                .putLong(fanOutOffset)
                .putLong(metaOffset)
                .putInt(meta.size())
                .putInt((int) sum.getValue())
                .putLong(channel.position())
                .putInt(0);
        sum.reset();
        sum.update(header.array(), 0, SegmentFormat.HEADER - 4);
        header.putInt((int) sum.getValue()).flip();
        channel.position(0);
        writeFully(header);
        channel.close();
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // Where a mapped file cannot be replaced, another process has published the same content already.
            if (!Files.exists(target)) {
                throw e;
            }
            Files.deleteIfExists(temporary);
        }
        published = true;
    }

    private void drain() throws IOException {
        if (blockUsed > 0) {
            CRC32C sum = new CRC32C();
            sum.update(block, 0, blockUsed);
            blockSumsOut.writeInt((int) sum.getValue());
            writeFully(ByteBuffer.wrap(block, 0, blockUsed));
            blockUsed = 0;
        }
    }

    private void writeFully(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        arena.close();
        channel.close();
        if (!published) {
            Files.deleteIfExists(temporary);
        }
    }

    /** The table records refer to: a packfile and the number of the state that says so. Grows; one thread. */
    static final class References {
        private Mac[] packfiles = new Mac[8];
        private int[] states = new int[8];
        private int size;

        int add(Mac packfile, int state) {
            if (size == states.length) {
                packfiles = Arrays.copyOf(packfiles, 2 * size);
                states = Arrays.copyOf(states, 2 * size);
            }
            packfiles[size] = packfile;
            states[size] = state;
            return size++;
        }

        int size() {
            return size;
        }

        Mac packfile(int reference) {
            return packfiles[reference];
        }

        int state(int reference) {
            return states[reference];
        }

        void write(DataOutputStream out) throws IOException {
            out.writeInt(size);
            for (int i = 0; i < size; i++) {
                StateJournal.write(out, packfiles[i]);
                out.writeInt(states[i]);
            }
        }
    }
}
