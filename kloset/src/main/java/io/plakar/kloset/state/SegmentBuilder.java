package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.state.StateJournal.Delete;
import io.plakar.kloset.state.StateJournal.Place;
import io.plakar.kloset.state.StateJournal.Resource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Turns the stream of one state into a segment file: locations are sorted in runs of bounded size, spilled to a
 * temporary file when there is more than one run, and merged. Confined to a thread.
 */
final class SegmentBuilder implements StateVisitor, AutoCloseable {
    /*
     * A state is meant to begin with its deletes, but the stream is applied in order. To keep "net effect = deletes,
     * then additions" exact for a stream that does not, every delete after a location starts a new epoch; locations
     * refer to (packfile, epoch), and those a later delete took back are left out of the segment.
     */
    private static final int RUN_SHIFT = 16;

    private static final int RUN_RECORDS = 1 << RUN_SHIFT;

    private final Path spillDirectory;
    private final Mac id;
    private final Map<Mac, PackfileRecord> packfiles = new LinkedHashMap<>();
    private final Map<Resource, Long> colours = new LinkedHashMap<>();
    private final Set<Delete> deletes = new LinkedHashSet<>();

    private final Map<Mac, Integer> referenceOf = new HashMap<>();
    private final SegmentWriter.References references = new SegmentWriter.References();
    private int epoch;
    private boolean located;
    private final Map<Mac, Integer> packfileDeletedBefore = new HashMap<>();
    private final Map<Place, Integer> locationDeletedBefore = new HashMap<>();
    private @Nullable Mac lastPackfile;
    private int lastReference;

    private final long[] perType = new long[256];
    private byte[] run = new byte[256 * SegmentFormat.RECORD];
    private int inRun;
    private final List<Integer> runSizes = new ArrayList<>();
    private @Nullable Path spillPath;
    private @Nullable FileChannel spill;

    SegmentBuilder(Path spillDirectory, Mac id) {
        this.spillDirectory = spillDirectory;
        this.id = id;
    }

    @Override
    public void location(int type, int version, Mac blob, Mac packfile, long offset, int length, int flags) {
        int at = inRun * SegmentFormat.RECORD;
        if (at == run.length) {
            if (inRun == RUN_RECORDS) {
                spillRun();
                at = 0;
            } else {
                run = Arrays.copyOf(run, Math.min(2 * run.length, RUN_RECORDS * SegmentFormat.RECORD));
            }
        }
        MemorySegment out = MemorySegment.ofArray(run);
        out.set(SegmentFormat.BYTE, at, (byte) type);
        blob.copyTo(run, at + SegmentFormat.MAC_AT);
        out.set(SegmentFormat.INT, at + SegmentFormat.REFERENCE_AT, reference(packfile));
        out.set(SegmentFormat.LONG, at + SegmentFormat.OFFSET_AT, offset);
        out.set(SegmentFormat.INT, at + SegmentFormat.LENGTH_AT, length);
        inRun++;
        perType[type]++;
        located = true;
    }

    private int reference(Mac packfile) {
        if (lastPackfile == null || !lastPackfile.equals(packfile)) {
            Integer known = referenceOf.get(packfile);
            if (known == null) {
                known = references.add(packfile, epoch);
                referenceOf.put(packfile, known);
            }
            lastPackfile = packfile;
            lastReference = known;
        }
        return lastReference;
    }

    @Override
    public void coloured(int type, Mac resource, long when) {
        colours.putIfAbsent(new Resource(type, resource), when);
    }

    @Override
    public void packfile(Mac packfile, Mac state, long timestamp) {
        packfiles.putIfAbsent(packfile, new PackfileRecord(packfile, state, timestamp, null));
    }

    @Override
    public void deleteLocation(int type, Mac blob, Mac packfile) {
        deletes.add(new Delete(StateFormat.LOCATION, type, blob, packfile));
        if (newEpoch()) {
            locationDeletedBefore.put(new Place(type, blob, packfile), epoch);
        }
    }

    @Override
    public void deleteColour(int type, Mac resource) {
        deletes.add(new Delete(StateFormat.COLOURED, type, resource, Mac.ZERO));
        colours.remove(new Resource(type, resource));
    }

    @Override
    public void deletePackfile(Mac packfile) {
        deletes.add(new Delete(StateFormat.PACKFILE, 0, Mac.ZERO, packfile));
        packfiles.remove(packfile);
        if (newEpoch()) {
            packfileDeletedBefore.put(packfile, epoch);
        }
    }

    /** Begins an epoch if there are locations in this one; false as long as the state has none at all. */
    private boolean newEpoch() {
        if (located) {
            located = false;
            epoch++;
            referenceOf.clear();
            lastPackfile = null;
        }
        return epoch > 0;
    }

    /** Writes the segment of everything seen into a directory; may be called again when that fails. */
    void publish(Path target, StateTrailer trailer) throws IOException {
        byte[] last = sortRun();
        List<ColourRecord> colourList = new ArrayList<>();
        colours.forEach((key, when) -> colourList.add(new ColourRecord(key.type(), key.id(), when)));
        StateJournal journal = new StateJournal(
                new StateRecord(id, trailer.parent(), trailer.timestamp(), trailer.serial()),
                List.copyOf(deletes),
                colourList,
                List.copyOf(packfiles.values()));
        SegmentWriter.References written = new SegmentWriter.References();
        int[] numbers = new int[references.size()];
        for (int i = 0; i < numbers.length; i++) {
            boolean gone = packfileDeletedBefore.getOrDefault(references.packfile(i), 0) > references.state(i);
            numbers[i] = gone ? -1 : written.add(references.packfile(i), 0);
        }
        try (Arena arena = Arena.ofConfined();
                SegmentWriter out = new SegmentWriter(target, perType)) {
            List<RecordMerge.Source> sources = new ArrayList<>();
            FileChannel channel = spill;
            if (channel != null) {
                MemorySegment spilled = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
                long at = 0;
                for (int count : runSizes) {
                    long length = (long) count * SegmentFormat.RECORD;
                    sources.add(new Run(sources.size(), spilled.asSlice(at, length), count));
                    at += length;
                }
            }
            sources.add(new Run(sources.size(), MemorySegment.ofArray(last), inRun));
            RecordMerge.<IOException>run(sources, source -> {
                long at = source.position();
                int reference = source.bytes().get(SegmentFormat.INT, at + SegmentFormat.REFERENCE_AT);
                if (numbers[reference] >= 0 && !takenBack(source.bytes(), at, reference)) {
                    out.append(source.bytes(), at, numbers[reference]);
                }
            });
            out.publish(SegmentFiles.single(target, id), List.of(journal), written);
        }
    }

    private boolean takenBack(MemorySegment record, long at, int reference) {
        if (locationDeletedBefore.isEmpty()) {
            return false;
        }
        Place place = new Place(
                record.get(SegmentFormat.BYTE, at) & 0xff,
                SegmentFormat.mac(record, at + SegmentFormat.MAC_AT),
                references.packfile(reference));
        return locationDeletedBefore.getOrDefault(place, 0) > references.state(reference);
    }

    private void spillRun() {
        try {
            FileChannel channel = spill;
            if (channel == null) {
                spillPath = Files.createTempFile(spillDirectory, SegmentFiles.TEMPORARY, "");
                channel = FileChannel.open(spillPath, StandardOpenOption.READ, StandardOpenOption.WRITE);
                spill = channel;
            }
            ByteBuffer bytes = ByteBuffer.wrap(sortRun());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        runSizes.add(inRun);
        inRun = 0;
    }

    /**
     * The records of the run in stable order: sorted as integers made of type, the first MAC bits and the record's
     * number, then the rare equal prefixes by the whole MAC.
     */
    private byte[] sortRun() {
        MemorySegment bytes = MemorySegment.ofArray(run);
        long[] keys = new long[inRun];
        for (int i = 0; i < inRun; i++) {
            int at = i * SegmentFormat.RECORD;
            long type = (run[at] & 0xffL) << 56;
            long prefix = bytes.get(SegmentFormat.LONG, at + SegmentFormat.MAC_AT) >>> 8;
            keys[i] = ((type | prefix) & -RUN_RECORDS | i) ^ Long.MIN_VALUE;
        }
        Arrays.sort(keys);
        for (int from = 0; from < inRun; ) {
            int to = from + 1;
            while (to < inRun && (keys[to] ^ keys[from]) >>> RUN_SHIFT == 0) {
                to++;
            }
            if (to - from > 1) {
                sortEqualPrefixes(keys, from, to, bytes);
            }
            from = to;
        }
        byte[] sorted = new byte[inRun * SegmentFormat.RECORD];
        for (int i = 0; i < inRun; i++) {
            System.arraycopy(run, start(keys[i]), sorted, i * SegmentFormat.RECORD, SegmentFormat.RECORD);
        }
        return sorted;
    }

    private static void sortEqualPrefixes(long[] keys, int from, int to, MemorySegment bytes) {
        Long[] group = new Long[to - from];
        for (int i = from; i < to; i++) {
            group[i - from] = keys[i];
        }
        Arrays.sort(group, (left, right) -> SegmentFormat.compare(bytes, start(left), bytes, start(right)));
        for (int i = from; i < to; i++) {
            keys[i] = group[i - from];
        }
    }

    private static int start(long key) {
        return (int) (key & (RUN_RECORDS - 1)) * SegmentFormat.RECORD;
    }

    @Override
    public void close() throws IOException {
        if (spill != null) {
            spill.close();
        }
        if (spillPath != null) {
            SegmentFiles.delete(spillPath);
        }
    }

    private static final class Run extends RecordMerge.Source {
        Run(int number, MemorySegment bytes, int count) {
            super(number, bytes, 0, count);
        }

        @Override
        long at(int index) {
            return (long) index * SegmentFormat.RECORD;
        }
    }
}
