package io.plakar.kloset.sort;

import io.plakar.kloset.KlosetException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Collects records of a key and a value and gives them back once, in unsigned byte order of the keys, ascending or
 * descending. Records of equal keys come in the order in which they were added. Adding is safe from many threads;
 * reading is not and ends the adding. Uses at most about the given memory; what does not fit is spilled, sorted, into
 * files of a directory that belongs to the run. Closing removes them.
 */
public final class ExternalSorter implements AutoCloseable {
    /*
     * Records lie one after the other in an arena as they come; an int per record tells where. Sorting moves only these
     * ints, by a merge sort which leaves runs that are in order already untouched: sources mostly deliver in order.
     */

    private static final int RECORD_HEADER = 8;
    private static final int FIRST_ARENA = 64 << 10;

    private final Path directory;
    private final String name;
    private final int memoryBytes;
    private final boolean descending;
    private final List<Path> runs = new ArrayList<>();

    private byte[] arena = new byte[FIRST_ARENA];
    private int used;
    private int[] offsets = new int[1024];
    private int count;
    private long total;
    private @Nullable Records reading;

    /**
     * @param directory existing private directory for spilled runs
     * @param name prefix of their names, unique in that directory
     * @param memoryBytes arena size at which a run is spilled; a single larger record is allowed
     */
    public ExternalSorter(Path directory, String name, int memoryBytes, boolean descending) {
        this.directory = directory;
        this.name = name;
        this.memoryBytes = memoryBytes;
        this.descending = descending;
    }

    /** Number of records added. */
    public synchronized long size() {
        return total;
    }

    public synchronized void add(byte[] key, byte[] value) throws KlosetException {
        add(key, value, value.length);
    }

    /** Adds a record whose value is the first {@code valueLength} bytes of {@code value}; both are copied. */
    public synchronized void add(byte[] key, byte[] value, int valueLength) throws KlosetException {
        long need = (long) RECORD_HEADER + key.length + valueLength;
        if (used > 0 && (used + need > memoryBytes || (long) count * Integer.BYTES > memoryBytes / 4)) {
            spill();
        }
        if (used + need > arena.length) {
            long grown = Math.max(used + need, Math.min(memoryBytes, arena.length * 2L));
            arena = Arrays.copyOf(arena, Math.toIntExact(grown));
        }
        if (count == offsets.length) {
            offsets = Arrays.copyOf(offsets, count * 2);
        }
        offsets[count++] = used;
        used = putInt(key.length, used);
        used = putInt(valueLength, used);
        System.arraycopy(key, 0, arena, used, key.length);
        used += key.length;
        System.arraycopy(value, 0, arena, used, valueLength);
        used += valueLength;
        total++;
    }

    /** Begins to hand the records back; nothing can be added afterwards. Call once. */
    public synchronized Records sorted() throws KlosetException {
        sortArena();
        try {
            reading = new Records();
            return reading;
        } catch (IOException e) {
            throw scratchFailure(e);
        }
    }

    private int putInt(int value, int at) {
        arena[at] = (byte) (value >>> 24);
        arena[at + 1] = (byte) (value >>> 16);
        arena[at + 2] = (byte) (value >>> 8);
        arena[at + 3] = (byte) value;
        return at + 4;
    }

    private int intAt(int at) {
        return (arena[at] & 0xff) << 24
                | (arena[at + 1] & 0xff) << 16
                | (arena[at + 2] & 0xff) << 8
                | arena[at + 3] & 0xff;
    }

    private int compare(int left, int right) {
        int leftKey = left + RECORD_HEADER;
        int rightKey = right + RECORD_HEADER;
        int order =
                Arrays.compareUnsigned(arena, leftKey, leftKey + intAt(left), arena, rightKey, rightKey + intAt(right));
        return descending ? -order : order;
    }

    private void sortArena() {
        int[] from = Arrays.copyOf(offsets, count);
        mergeSort(from, offsets, 0, count);
    }

    /** Sorts {@code from[low..high)} into {@code to}; both hold the same ints there. Stable. */
    private void mergeSort(int[] from, int[] to, int low, int high) {
        if (high - low < 2) {
            return;
        }
        int middle = (low + high) >>> 1;
        mergeSort(to, from, low, middle);
        mergeSort(to, from, middle, high);
        if (compare(from[middle - 1], from[middle]) <= 0) {
            System.arraycopy(from, low, to, low, high - low);
            return;
        }
        int left = low;
        int right = middle;
        for (int i = low; i < high; i++) {
            if (left < middle && (right >= high || compare(from[left], from[right]) <= 0)) {
                to[i] = from[left++];
            } else {
                to[i] = from[right++];
            }
        }
    }

    private void spill() throws KlosetException {
        sortArena();
        Path run = directory.resolve(name + "." + runs.size());
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(
                Files.newOutputStream(run, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), 1 << 18))) {
            runs.add(run);
            for (int i = 0; i < count; i++) {
                int at = offsets[i];
                out.write(arena, at, RECORD_HEADER + intAt(at) + intAt(at + 4));
            }
        } catch (IOException e) {
            throw scratchFailure(e);
        }
        used = 0;
        count = 0;
    }

    private KlosetException scratchFailure(IOException e) {
        return new KlosetException.Invalid("cannot use the temporary directory " + directory + ": " + e.getMessage()
                + "; give another one, or more space");
    }

    @Override
    public synchronized void close() throws KlosetException {
        arena = new byte[0];
        offsets = new int[0];
        used = 0;
        count = 0;
        try {
            if (reading != null) {
                reading.closeRuns();
            }
            for (Path run : runs) {
                Files.deleteIfExists(run);
            }
        } catch (IOException e) {
            throw scratchFailure(e);
        }
        runs.clear();
    }

    /** The sorted records; one is current after each {@link #next()} that returned true. */
    public final class Records {
        private final PriorityQueue<Run> heads;
        private final List<DataInputStream> streams = new ArrayList<>();
        private byte[] key = new byte[0];
        private byte[] value = new byte[0];

        private Records() throws IOException {
            heads = new PriorityQueue<>((left, right) -> {
                int order = Arrays.compareUnsigned(left.key, right.key);
                order = descending ? -order : order;
                return order != 0 ? order : Integer.compare(left.number, right.number);
            });
            for (int i = 0; i < runs.size(); i++) {
                DataInputStream stream =
                        new DataInputStream(new BufferedInputStream(Files.newInputStream(runs.get(i)), 1 << 16));
                streams.add(stream);
                enqueue(new Run(i, stream));
            }
            enqueue(new Run(runs.size(), null));
        }

        private void enqueue(Run run) throws IOException {
            if (run.advance()) {
                heads.add(run);
            }
        }

        /** Moves to the next record; false when there is none. */
        public boolean next() throws KlosetException {
            Run head = heads.poll();
            if (head == null) {
                return false;
            }
            key = head.key;
            value = head.value;
            try {
                enqueue(head);
            } catch (IOException e) {
                throw scratchFailure(e);
            }
            return true;
        }

        /** The current key; a fresh array. */
        public byte[] key() {
            return key;
        }

        /** The current value; a fresh array. */
        public byte[] value() {
            return value;
        }

        private void closeRuns() throws IOException {
            for (DataInputStream stream : streams) {
                stream.close();
            }
        }

        /** One sorted run: a file, or (without a stream) what is still in memory. */
        private final class Run {
            private final int number;
            private final @Nullable DataInputStream stream;
            private int position;
            private byte[] key = new byte[0];
            private byte[] value = new byte[0];

            Run(int number, @Nullable DataInputStream stream) {
                this.number = number;
                this.stream = stream;
            }

            boolean advance() throws IOException {
                if (stream == null) {
                    if (position == count) {
                        return false;
                    }
                    int at = offsets[position++];
                    int keyLength = intAt(at);
                    int valueLength = intAt(at + 4);
                    key = Arrays.copyOfRange(arena, at + RECORD_HEADER, at + RECORD_HEADER + keyLength);
                    value = Arrays.copyOfRange(
                            arena, at + RECORD_HEADER + keyLength, at + RECORD_HEADER + keyLength + valueLength);
                    return true;
                }
                int first = stream.read();
                if (first < 0) {
                    return false;
                }
                byte[] rest = stream.readNBytes(RECORD_HEADER - 1);
                if (rest.length < RECORD_HEADER - 1) {
                    throw new EOFException("a spilled run ends early");
                }
                int keyLength = first << 24 | (rest[0] & 0xff) << 16 | (rest[1] & 0xff) << 8 | rest[2] & 0xff;
                int valueLength =
                        (rest[3] & 0xff) << 24 | (rest[4] & 0xff) << 16 | (rest[5] & 0xff) << 8 | rest[6] & 0xff;
                key = stream.readNBytes(keyLength);
                value = stream.readNBytes(valueLength);
                if (value.length < valueLength) {
                    throw new EOFException("a spilled run ends early");
                }
                return true;
            }
        }
    }
}
