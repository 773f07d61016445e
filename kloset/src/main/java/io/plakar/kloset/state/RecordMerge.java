package io.plakar.kloset.state;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.PriorityQueue;

/** Walks several sorted sequences of records as one, stable: of equal blobs the earlier source comes first. */
final class RecordMerge {
    /** One sorted sequence of records and how far the walk is in it. */
    abstract static class Source {
        private final int number;
        private final MemorySegment bytes;
        private final int end;
        private int index;

        Source(int number, MemorySegment bytes, int start, int end) {
            this.number = number;
            this.bytes = bytes;
            this.index = start;
            this.end = end;
        }

        /** Where record {@code index} begins in the bytes. */
        abstract long at(int index);

        /** The first record from {@code from} on that takes part, at most {@code end}. */
        int next(int from, int end) {
            return from;
        }

        final int number() {
            return number;
        }

        final int index() {
            return index;
        }

        final MemorySegment bytes() {
            return bytes;
        }

        final long position() {
            return at(index);
        }
    }

    /** Receives the records in order; the source stands at the record. */
    interface Sink<E extends Exception> {
        void record(Source source) throws E, IOException;
    }

    private RecordMerge() {}

    static <E extends Exception> void run(List<? extends Source> sources, Sink<E> sink) throws E, IOException {
        PriorityQueue<Source> queue = new PriorityQueue<>(Math.max(1, sources.size()), RecordMerge::compare);
        for (Source source : sources) {
            source.index = source.next(source.index, source.end);
            if (source.index < source.end) {
                queue.add(source);
            }
        }
        Source current = queue.poll();
        while (current != null) {
            sink.record(current);
            current.index = current.next(current.index + 1, current.end);
            if (current.index == current.end) {
                current = queue.poll();
            } else {
                // Runs of one source are common; the queue is touched only when another one is ahead.
                Source head = queue.peek();
                if (head != null && compare(head, current) < 0) {
                    queue.poll();
                    queue.add(current);
                    current = head;
                }
            }
        }
    }

    private static int compare(Source left, Source right) {
        int order = SegmentFormat.compare(left.bytes, left.position(), right.bytes, right.position());
        return order != 0 ? order : Integer.compare(left.number, right.number);
    }
}
