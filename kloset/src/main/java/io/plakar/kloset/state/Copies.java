package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The records of one blob, one per packfile: of several the one applied first, as it stays. One thread, reused. */
final class Copies {
    private final Aggregate aggregate;
    private int[] segments = new int[4];
    private int[] indexes = new int[4];
    private byte[] statuses = new byte[4];
    private int[] positions = new int[4];
    private int size;
    private long ordinal = -1;
    private int firstSegment;
    private int firstIndex;

    Copies(Aggregate aggregate) {
        this.aggregate = aggregate;
    }

    void clear() {
        size = 0;
        ordinal = -1;
    }

    /** Adds a record of the blob; deleted ones only tell its number. */
    void add(int segment, int index) {
        if (ordinal < 0) {
            ordinal = aggregate.ordinal(segment, index);
            firstSegment = segment;
            firstIndex = index;
        }
        byte status = aggregate.status(segment, index);
        if (status == Aggregate.DEAD) {
            return;
        }
        int position = aggregate.position(segment, index);
        Mac packfile = aggregate.packfile(segment, index);
        int at = 0;
        while (at < size && !aggregate.packfile(segments[at], indexes[at]).equals(packfile)) {
            at++;
        }
        if (at < size && positions[at] <= position) {
            return;
        }
        if (at == segments.length) {
            segments = Arrays.copyOf(segments, 2 * at);
            indexes = Arrays.copyOf(indexes, 2 * at);
            statuses = Arrays.copyOf(statuses, 2 * at);
            positions = Arrays.copyOf(positions, 2 * at);
        }
        segments[at] = segment;
        indexes[at] = index;
        statuses[at] = status;
        positions[at] = position;
        size = Math.max(size, at + 1);
    }

    /** Whether the record is about the blob the first one added was about. */
    boolean sameBlob(int segment, int index) {
        if (ordinal < 0) {
            return false;
        }
        Segment left = aggregate.segments().get(firstSegment);
        Segment right = aggregate.segments().get(segment);
        return SegmentFormat.compare(left.bytes(), left.at(firstIndex), right.bytes(), right.at(index)) == 0;
    }

    int size() {
        return size;
    }

    byte status(int i) {
        return statuses[i];
    }

    BlobLocation location(int i) {
        return aggregate.location(segments[i], indexes[i]);
    }

    int type() {
        return aggregate.segments().get(firstSegment).type(firstIndex);
    }

    Mac blob() {
        return aggregate.segments().get(firstSegment).mac(firstIndex);
    }

    long ordinal() {
        return ordinal;
    }

    /** Usable copies by age, then those in coloured packfiles by age. */
    List<BlobLocation> readable() {
        if (size == 1) {
            return statuses[0] >= Aggregate.COLOURED ? List.of(location(0)) : List.of();
        }
        List<Integer> chosen = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            if (statuses[i] >= Aggregate.COLOURED) {
                chosen.add(i);
            }
        }
        chosen.sort((left, right) -> statuses[left] != statuses[right]
                ? statuses[right] - statuses[left]
                : positions[left] - positions[right]);
        List<BlobLocation> out = new ArrayList<>();
        chosen.forEach(i -> out.add(location(i)));
        return out;
    }
}
