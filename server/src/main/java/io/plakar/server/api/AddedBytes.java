package io.plakar.server.api;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.snapshot.SnapshotHeader;
import io.plakar.kloset.state.PackfileRecord;
import io.plakar.kloset.state.StateIndex;
import java.time.Duration;
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
 * How much each backup put into the store. Headers do not say; but states say when each packfile was written and what
 * lies in it, and a backup wrote what was written between its begin and its end. What two backups at the same time wrote
 * counts for the one that ended first. Safe for use by many threads.
 */
final class AddedBytes {
    /** Beyond this many blobs the walk over the index would hold up the list. */
    private static final long MOST_BLOBS = 20_000_000;

    /** A packfile is named in a state shortly after the header was sealed; clocks are coarse. */
    private static final Duration SLACK = Duration.ofSeconds(2);

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
        packfiles.sort(Comparator.comparingLong(PackfileRecord::timestamp));
        List<SnapshotHeader> byEnd = new ArrayList<>(headers);
        byEnd.sort(Comparator.comparing(AddedBytes::end));
        Map<Mac, Long> added = HashMap.newHashMap(headers.size());
        Deque<PackfileRecord> written = new ArrayDeque<>();
        int next = 0;
        for (SnapshotHeader header : byEnd) {
            Instant end = end(header).plus(SLACK);
            while (next < packfiles.size() && !time(packfiles.get(next)).isAfter(end)) {
                written.addLast(packfiles.get(next++));
            }
            Instant begin = header.timestamp().minus(SLACK);
            long sum = 0;
            boolean any = false;
            // Ascending in time: what is left begins before this backup, and may belong to a longer one.
            while (!written.isEmpty() && !time(written.getLast()).isBefore(begin)) {
                sum += sizes.getOrDefault(written.removeLast().packfile(), 0L);
                any = true;
            }
            // Every backup writes at least its header: without a packfile its time was forced, or they were repacked.
            if (any) {
                added.put(header.id(), sum);
            }
        }
        return added;
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
