package io.plakar.server.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Finds a page of a sorted list while the list goes by unsorted: holds offset plus limit values at most. For one thread.
 */
final class Page<T> {
    private record Ranked<T>(T value, long rank) {}

    private final int offset;
    private final long most;
    private final Comparator<Ranked<T>> order;
    private final PriorityQueue<Ranked<T>> kept;
    private long seen;

    /** Of two that are equal, the one that came first is before the other. */
    Page(Comparator<T> order, int offset, int limit) {
        this.offset = offset;
        this.most = (long) offset + limit;
        this.order = Comparator.<Ranked<T>, T>comparing(Ranked::value, order).thenComparingLong(Ranked::rank);
        this.kept = new PriorityQueue<>(this.order.reversed());
    }

    void add(T value) {
        Ranked<T> ranked = new Ranked<>(value, seen++);
        if (kept.size() < most) {
            kept.add(ranked);
        } else if (most > 0 && order.compare(ranked, kept.element()) < 0) {
            kept.remove();
            kept.add(ranked);
        }
    }

    /** How many went by. */
    long seen() {
        return seen;
    }

    /** The page, in order. */
    List<T> values() {
        List<Ranked<T>> sorted = new ArrayList<>(kept);
        sorted.sort(order);
        return sorted.subList(Math.min(offset, sorted.size()), sorted.size()).stream()
                .map(Ranked::value)
                .toList();
    }
}
