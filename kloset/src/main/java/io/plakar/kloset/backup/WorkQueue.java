package io.plakar.kloset.backup;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue between those who find work and those who do it. Who finds it full waits until it is half empty:
 * otherwise the two sides would wake each other for every single item. Safe for many threads.
 */
final class WorkQueue<T> {
    private final int capacity;
    private final ArrayDeque<T> items;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private int waiting;
    private boolean closed;

    WorkQueue(int capacity) {
        this.capacity = capacity;
        this.items = new ArrayDeque<>(capacity);
    }

    /** Adds an item, waiting while there is no room. */
    void put(T item) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (items.size() >= capacity) {
                waiting++;
                try {
                    do {
                        drained.await();
                    } while (items.size() >= capacity);
                } finally {
                    waiting--;
                }
            }
            items.add(item);
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next item, waiting for it; null when there will be no more. */
    @Nullable
    T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (items.isEmpty()) {
                if (closed) {
                    return null;
                }
                filled.await();
            }
            T item = items.remove();
            if (waiting > 0 && items.size() <= capacity / 2) {
                drained.signalAll();
            }
            return item;
        } finally {
            lock.unlock();
        }
    }

    /** No more items come. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
