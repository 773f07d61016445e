package io.plakar.server.api;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.state.PackfileRecord;
import io.plakar.kloset.state.StateIndex;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How much each backup put into the store. Headers do not say; but states say what lies in each packfile, and under
 * which state and when it was written. A backup wrote what its last state names, and what was named between its begin
 * and its end by states of no other. Safe for use by many threads.
 */
final class AddedBytes {
    /** Beyond this many blobs the walk over the index would hold up the list. */
    private static final long MOST_BLOBS = 20_000_000;

    private final StateIndex index;

    /** Bytes by packfile, kept for those that are still there. */
    private Map<Mac, Long> sizes = Map.of();

    AddedBytes(StateIndex index) {
        this.index = index;
    }

    /** Bytes by snapshot; empty when they cannot be told. */
    synchronized Map<Mac, Long> of(List<SnapshotHeader> headers) throws KlosetException {
        if (index.ordinals() > MOST_BLOBS) {
            return Map.of();
        }
        List<PackfileRecord> packfiles = new ArrayList<>(index.packfiles());
        measure(packfiles);
        Map<Mac, SnapshotHeader> byState = byState(headers, packfiles);
        Map<Mac, Long> added = HashMap.newHashMap(headers.size());
        List<PackfileRecord> others = new ArrayList<>();
        for (PackfileRecord packfile : packfiles) {
            SnapshotHeader header = byState.get(packfile.state());
            if (header == null) {
                others.add(packfile);
            } else {
                added.merge(header.id(), size(packfile), Long::sum);
            }
        }
        addByTime(headers, others, added);
        return added;
    }

    /** The backup that wrote each state: the one whose header lies in one of its packfiles, when it is one alone. */
    private Map<Mac, SnapshotHeader> byState(List<SnapshotHeader> headers, List<PackfileRecord> packfiles) {
        Map<Mac, Mac> states = HashMap.newHashMap(packfiles.size());
        packfiles.forEach(packfile -> states.put(packfile.packfile(), packfile.state()));
        Map<Mac, SnapshotHeader> byState = new HashMap<>();
        Set<Mac> shared = new HashSet<>();
        for (SnapshotHeader header : headers) {
            BlobLocation at = index.find(BlobType.SNAPSHOT.number(), header.id());
            Mac state = at == null ? null : states.get(at.packfile());
            if (state != null && byState.put(state, header) != null) {
                shared.add(state);
            }
        }
        // Maintenance has put them together; what each of them added is not known any more.
        byState.keySet().removeAll(shared);
        return byState;
    }

    /** A long backup writes states on the way, which name no header. */
    private void addByTime(List<SnapshotHeader> headers, List<PackfileRecord> packfiles, Map<Mac, Long> added) {
        packfiles.sort(Comparator.comparingLong(PackfileRecord::timestamp));
        List<SnapshotHeader> byEnd = new ArrayList<>(headers);
        byEnd.removeIf(header -> !added.containsKey(header.id()));
        byEnd.sort(Comparator.comparing(AddedBytes::end));
        Deque<PackfileRecord> written = new ArrayDeque<>();
        int next = 0;
        for (SnapshotHeader header : byEnd) {
            Instant end = end(header);
            while (next < packfiles.size() && !time(packfiles.get(next)).isAfter(end)) {
                written.addLast(packfiles.get(next++));
            }
            // Ascending in time: what is left begins before this backup, and may belong to a longer one.
            while (!written.isEmpty() && !time(written.getLast()).isBefore(header.timestamp())) {
                added.merge(header.id(), size(written.removeLast()), Long::sum);
            }
        }
    }

    private long size(PackfileRecord packfile) {
        return sizes.getOrDefault(packfile.packfile(), 0L);
    }

    private static Instant end(SnapshotHeader header) {
        return header.timestamp().plus(header.duration());
    }

    private static Instant time(PackfileRecord packfile) {
        return Instant.ofEpochSecond(0, packfile.timestamp());
    }

    /** One walk over the index for the packfiles that are new. */
    private void measure(List<PackfileRecord> packfiles) throws KlosetException {
        Map<Mac, Long> known = HashMap.newHashMap(packfiles.size());
        Set<Mac> unknown = new HashSet<>();
        for (PackfileRecord packfile : packfiles) {
            Long size = sizes.get(packfile.packfile());
            if (size == null) {
                unknown.add(packfile.packfile());
            } else {
                known.put(packfile.packfile(), size);
            }
        }
        if (!unknown.isEmpty()) {
            index.forEachLocation(
                    unknown,
                    (type, blob, packfile, offset, length) ->
                            known.merge(packfile, Integer.toUnsignedLong(length), Long::sum));
        }
        sizes = known;
    }
}
