package io.plakar.server.job;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last events, numbered from 1 on, for any number of readers who each remember where they are. Safe for use by many
 * threads; closing it ends all waiting.
 */
public final class EventLog implements AutoCloseable {
    /** How many events are kept. */
    public static final int KEPT = 1000;

    /** Something that happened; the data is not to be changed. */
    public record Event(long number, String type, byte[] data) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final Deque<Event> events = new ArrayDeque<>();
    private long last;
    private boolean closed;

    public void add(String type, byte[] data) {
        lock.lock();
        try {
            last++;
            events.addLast(new Event(last, type, data));
            if (events.size() > KEPT) {
                events.removeFirst();
            }
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number of the newest event, 0 before the first. */
    public long last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    /** Whether every event behind {@code number} is still here. */
    public boolean hasAllBehind(long number) {
        lock.lock();
        try {
            return number <= last && number >= last - events.size();
        } finally {
            lock.unlock();
        }
    }

    /** The events behind {@code number}; waits for one when there is none, and gives none when the time is over. */
    public List<Event> behind(long number, long timeout, TimeUnit unit) throws InterruptedException {
        lock.lock();
        try {
            long nanos = unit.toNanos(timeout);
            while (last <= number && !closed && nanos > 0) {
                nanos = more.awaitNanos(nanos);
            }
            List<Event> found = new ArrayList<>();
            for (Event event : events) {
                if (event.number() > number) {
                    found.add(event);
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    public boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
