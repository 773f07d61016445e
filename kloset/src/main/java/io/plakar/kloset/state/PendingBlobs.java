package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The blobs of the current run that no stored state mentions yet: who stores a blob reserves it first, so that each is
 * stored once. Safe for any number of threads. About 64 bytes per blob, given back when a progress state was stored.
 *
 * <p>Life of a blob: {@code reserve} → its packfile is written, its location goes into the next state: {@code record} →
 * that state is stored and in the {@link StateIndex}: {@code clear(mark)}; or {@code release} if the write failed. Take
 * the {@link #mark} at the moment the entries for the progress state are set aside, under the lock that guards both
 * them and the calls of {@code record}: what is recorded later belongs to the next state and stays.
 */
public final class PendingBlobs {
    /*
     * Linear probing in stripes chosen by the top bits of the hash. A slot is five longs: the MAC, then
     * mark << 8 | type with mark RESERVED until the blob is recorded, then the number of the mark it was recorded
     * under; marks start at 2, so that a used slot is never zero in its last long.
     */
    private static final int STRIPE_BITS = 6;

    private static final int SLOT = 5;
    private static final long RESERVED = 1;

    private final Stripe[] stripes = new Stripe[1 << STRIPE_BITS];
    private final AtomicLong currentMark = new AtomicLong(2);

    /** An empty set. */
    public PendingBlobs() {
        for (int i = 0; i < stripes.length; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** True for exactly one caller until the blob is released or cleared: the one that has to store it. */
    public boolean reserve(int type, Mac blob) {
        long hash = hash(type, blob);
        Stripe stripe = stripe(hash);
        synchronized (stripe) {
            return stripe.insert(hash, type, blob);
        }
    }

    /** Gives up a reservation after a failed write. Does nothing for a blob that is not there. */
    public void release(int type, Mac blob) {
        long hash = hash(type, blob);
        Stripe stripe = stripe(hash);
        synchronized (stripe) {
            stripe.remove(hash, type, blob);
        }
    }

    /** Says that the location of a reserved blob is among the entries for the next state. */
    public void record(int type, Mac blob) {
        long hash = hash(type, blob);
        Stripe stripe = stripe(hash);
        synchronized (stripe) {
            int at = stripe.find(hash, type, blob);
            if (at >= 0) {
                stripe.slots[at + 4] = currentMark.get() << 8 | type;
            }
        }
    }

    /** Whether the blob is reserved or recorded. */
    public boolean contains(int type, Mac blob) {
        long hash = hash(type, blob);
        Stripe stripe = stripe(hash);
        synchronized (stripe) {
            return stripe.find(hash, type, blob) >= 0;
        }
    }

    /** Ends a generation: returns what {@link #clear} needs to forget the blobs recorded up to now. */
    public long mark() {
        return currentMark.getAndIncrement();
    }

    /** Forgets the blobs recorded before {@code mark} was taken; those only reserved, or recorded later, stay. */
    public void clear(long mark) {
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                stripe.clear(mark);
            }
        }
    }

    /** Blobs reserved or recorded; exact when nobody else is at work. */
    public long size() {
        long size = 0;
        for (Stripe stripe : stripes) {
            synchronized (stripe) {
                size += stripe.size;
            }
        }
        return size;
    }

    private static long hash(int type, Mac blob) {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("no such blob type: " + type);
        }
        long hash = (blob.word(0) ^ blob.word(1) + type) * 0x9e3779b97f4a7c15L;
        return hash ^ hash >>> 32;
    }

    private Stripe stripe(long hash) {
        return stripes[(int) (hash >>> (64 - STRIPE_BITS))];
    }

    /** One table with its own lock (itself). */
    private static final class Stripe {
        private long[] slots = new long[16 * SLOT];
        private int size;

        private int capacity() {
            return slots.length / SLOT;
        }

        private int home(long hash) {
            return (int) hash & (capacity() - 1);
        }

        /** Where the blob's slot begins, or -1 - the free slot where it would go. */
        private int find(long hash, int type, Mac blob) {
            int mask = capacity() - 1;
            for (int slot = home(hash); ; slot = slot + 1 & mask) {
                int at = slot * SLOT;
                long tag = slots[at + 4];
                if (tag == 0) {
                    return -1 - at;
                }
                if (slots[at] == blob.word(0)
                        && slots[at + 1] == blob.word(1)
                        && slots[at + 2] == blob.word(2)
                        && slots[at + 3] == blob.word(3)
                        && (tag & 0xff) == type) {
                    return at;
                }
            }
        }

        boolean insert(long hash, int type, Mac blob) {
            int at = find(hash, type, blob);
            if (at >= 0) {
                return false;
            }
            put(-1 - at, blob.word(0), blob.word(1), blob.word(2), blob.word(3), RESERVED << 8 | type);
            size++;
            if (4 * size > 3 * capacity()) {
                rebuild(2 * capacity(), 0);
            }
            return true;
        }

        private void put(int at, long a, long b, long c, long d, long tag) {
            slots[at] = a;
            slots[at + 1] = b;
            slots[at + 2] = c;
            slots[at + 3] = d;
            slots[at + 4] = tag;
        }

        /** Closes the gap so that no probe sequence is broken. */
        void remove(long hash, int type, Mac blob) {
            int gap = find(hash, type, blob);
            if (gap < 0) {
                return;
            }
            int mask = capacity() - 1;
            int free = gap / SLOT;
            for (int slot = free + 1 & mask; slots[slot * SLOT + 4] != 0; slot = slot + 1 & mask) {
                int home = home(hashAt(slots, slot * SLOT));
                if ((slot - home & mask) >= (slot - free & mask)) {
                    System.arraycopy(slots, slot * SLOT, slots, free * SLOT, SLOT);
                    free = slot;
                }
            }
            Arrays.fill(slots, free * SLOT, free * SLOT + SLOT, 0);
            size--;
        }

        void clear(long mark) {
            int kept = 0;
            for (int at = 4; at < slots.length; at += SLOT) {
                if (slots[at] != 0 && !isCleared(slots[at], mark)) {
                    kept++;
                }
            }
            if (kept < size) {
                rebuild(Math.max(16, Integer.highestOneBit(2 * kept + 1) << 1), mark);
            }
        }

        private static boolean isCleared(long tag, long mark) {
            return tag >>> 8 != RESERVED && tag >>> 8 <= mark;
        }

        private void rebuild(int capacity, long mark) {
            long[] old = slots;
            slots = new long[capacity * SLOT];
            size = 0;
            for (int at = 0; at < old.length; at += SLOT) {
                long tag = old[at + 4];
                if (tag != 0 && !isCleared(tag, mark)) {
                    int slot = home(hashAt(old, at));
                    while (slots[slot * SLOT + 4] != 0) {
                        slot = slot + 1 & capacity - 1;
                    }
                    System.arraycopy(old, at, slots, slot * SLOT, SLOT);
                    size++;
                }
            }
        }

        private static long hashAt(long[] slots, int at) {
            return hash((int) slots[at + 4] & 0xff, Mac.of(slots[at], slots[at + 1], slots[at + 2], slots[at + 3]));
        }
    }
}
