package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.Resource;
import io.plakar.connector.StoreConnector;
import io.plakar.kloset.state.BlobLocation;
import io.plakar.kloset.wrapper.Wrapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Reads ranges of packfiles. Near ones go straight to the store; from a store far away whole blocks are fetched and kept
 * for a while, since blobs that are needed together lie together. Safe for use by many threads.
 */
final class BlockReads {
    /*
     * A request to a store far away costs tens of milliseconds whatever it brings. A first look into a packfile brings
     * one block; a reader that goes on where the last request ended gets twice as many each time. Two threads that need
     * the same block wait for one request.
     *
     * Who knows what it will need says so with expect(): blocks that are wanted and lie near each other come in one
     * request, and a packfile of which much is wanted is fetched as a stream from its beginning; readers go on as soon as
     * their block has come by. Twice at most for each packfile: when that was not enough, memory is too small for it.
     */
    private static final int BLOCK = 256 << 10;
    private static final int MOST_BLOCKS = 32;
    private static final int KEPT_BLOCKS = 384;

    /** Blocks nobody asked for that a request may bring along to spare another one. */
    private static final int GAP = 8;

    /** From so many wanted blocks on a packfile is fetched whole. */
    private static final int MUCH = 48;

    private static final int MOST_STREAMS = 2;

    /** Packfiles with more blocks are not fetched whole; no store of ours has any. */
    private static final int LONGEST_STREAM = 320;

    /** What else of the packfile the reader will need. */
    enum Expected {
        NOTHING,
        /** What lies around. */
        NEARBY,
        ALL
    }

    private record Key(Mac packfile, long block) {}

    /** Blocks of one request, from {@code first} on. */
    private record Claim(long first, List<CompletableFuture<byte[]>> blocks) {}

    /** Where the last request into a packfile ended, and how many blocks it had. */
    private record Streak(long nextBlock, int blocks) {}

    private final StoreConnector store;
    private final boolean far;

    /** The one packfile of an archive holds everything. */
    private final boolean archive;

    private final LinkedHashMap<Key, CompletableFuture<byte[]>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Mac, Streak> streaks = new HashMap<>();
    private final Map<Mac, Stream> streams = new HashMap<>();
    private Map<Mac, Plan> plans = Map.of();

    /** What will be wanted of a packfile: all of it, or the marked blocks. */
    private record Plan(boolean whole, BitSet blocks) {}

    /** A packfile on its way; guarded by {@code kept}. */
    private static final class Stream {
        private int started;
        private boolean running;
        private long arrived;
    }

    BlockReads(StoreConnector store) {
        this.store = store;
        this.far = !store.flags().contains(ConnectorFlag.LOCALFS);
        this.archive = store.flags().contains(ConnectorFlag.FILE);
    }

    boolean far() {
        return far;
    }

    /** Takes note of what will be read soon, instead of what was expected before. */
    void expect(List<BlobLocation> places) {
        if (!far) {
            return;
        }
        Map<Mac, BitSet> wanted = new HashMap<>();
        for (BlobLocation place : places) {
            long first = (Wrapper.HEADER_BYTES + place.offset()) / BLOCK;
            long last = (Wrapper.HEADER_BYTES + place.offset() + place.length() - 1) / BLOCK;
            if (place.offset() >= 0 && last < Integer.MAX_VALUE / 2 && place.length() > 0) {
                wanted.computeIfAbsent(place.packfile(), p -> new BitSet()).set((int) first, (int) last + 1);
            }
        }
        Map<Mac, Plan> next = new HashMap<>();
        wanted.forEach((packfile, blocks) -> {
            for (int end = blocks.nextClearBit(blocks.nextSetBit(0)); ; ) {
                int start = blocks.nextSetBit(end);
                if (start < 0) {
                    break;
                }
                if (start - end <= GAP) {
                    blocks.set(end, start);
                }
                end = blocks.nextClearBit(start);
            }
            next.put(packfile, new Plan(blocks.cardinality() >= MUCH, blocks));
        });
        synchronized (kept) {
            plans = next;
        }
    }

    /**
     * As {@link StoreConnector#read}.
     *
     * @param expected what else of the packfile will be needed
     */
    void read(Mac packfile, long offset, ByteBuffer into, Expected expected) throws ConnectorException {
        if (!far || into.remaining() >= BLOCK * MOST_BLOCKS) {
            store.read(packfile, offset, into);
            return;
        }
        int start = into.position();
        try {
            readBlocks(packfile, offset, into, expected);
        } catch (ConnectorException e) {
            if (e.reason() != ConnectorException.Reason.MALFORMED) {
                throw e;
            }
            // The store cannot stop at the end of an object, or the packfile is shorter than it should be.
            store.read(packfile, offset, into.position(start));
        }
    }

    private void readBlocks(Mac packfile, long offset, ByteBuffer into, Expected expected) throws ConnectorException {
        long at = offset;
        while (into.hasRemaining()) {
            byte[] block = block(packfile, at / BLOCK, (at + into.remaining() - 1) / BLOCK, expected);
            int from = (int) (at % BLOCK);
            int n = Math.min(into.remaining(), block.length - from);
            if (n <= 0) {
                throw new ConnectorException(
                        ConnectorException.Reason.MALFORMED,
                        "packfile " + packfile + " is truncated: it ends before byte " + (at + into.remaining()));
            }
            into.put(block, from, n);
            at += n;
        }
    }

    /** The bytes of a block, short at the end of the packfile; {@code last} is the last block wanted soon. */
    private byte[] block(Mac packfile, long number, long last, Expected expected) throws ConnectorException {
        CompletableFuture<byte[]> found;
        Claim mine = null;
        synchronized (kept) {
            found = kept.get(new Key(packfile, number));
            if (found == null) {
                found = streamed(packfile, number, expected == Expected.ALL);
            }
            if (found == null) {
                mine = claim(packfile, number, last, expected == Expected.NEARBY);
                found = mine.blocks().get((int) (number - mine.first()));
            }
        }
        if (mine != null) {
            fetch(packfile, mine.first(), mine.blocks());
        }
        try {
            return found.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof ConnectorException failure) {
                throw failure;
            }
            throw e;
        }
    }

    /** The block from the stream of its packfile, which is begun when there is reason to; null when it does not come. */
    private @Nullable CompletableFuture<byte[]> streamed(Mac packfile, long number, boolean whole)
            throws ConnectorException {
        Plan plan = plans.get(packfile);
        Stream stream = streams.computeIfAbsent(packfile, p -> new Stream());
        if (!stream.running) {
            boolean wanted = whole || (plan != null && plan.whole());
            if (!wanted || stream.started == MOST_STREAMS || number >= LONGEST_STREAM || archive) {
                return null;
            }
            stream.started++;
            stream.running = true;
            stream.arrived = 0;
            Thread.ofVirtual().name("packfile").start(() -> fetchAll(packfile, stream));
        }
        try {
            while (stream.running && stream.arrived <= number) {
                kept.wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ConnectorException(ConnectorException.Reason.FAILED, "reading was interrupted", e);
        }
        return kept.get(new Key(packfile, number));
    }

    /** Brings a whole packfile. A failure is not told: whoever misses a block then asks for it, and hears of it. */
    private void fetchAll(Mac packfile, Stream stream) {
        try (InputStream in = store.get(Resource.PACKFILE, packfile)) {
            byte[] block;
            do {
                block = in.readNBytes(BLOCK);
                synchronized (kept) {
                    kept.put(new Key(packfile, stream.arrived), CompletableFuture.completedFuture(block));
                    stream.arrived++;
                    trim(0);
                    kept.notifyAll();
                }
            } while (block.length == BLOCK);
        } catch (IOException | RuntimeException e) {
            // The next reader finds out.
        } finally {
            synchronized (kept) {
                stream.running = false;
                kept.notifyAll();
            }
        }
    }

    private void trim(int more) {
        while (kept.size() > KEPT_BLOCKS + more) {
            kept.remove(kept.keySet().iterator().next());
        }
    }

    /**
     * Reserves the blocks of one request around {@code number}: what is planned, or else what is wanted now and more for a
     * reader that goes straight on.
     */
    private Claim claim(Mac packfile, long number, long last, boolean around) {
        long first = number;
        long end;
        Plan plan = plans.get(packfile);
        if (plan != null && number < Integer.MAX_VALUE && plan.blocks().get((int) number)) {
            long planned = plan.blocks().previousClearBit((int) number) + 1;
            while (first > planned && number - first < MUCH / 2 && !kept.containsKey(new Key(packfile, first - 1))) {
                first--;
            }
            end = Math.min(first + MUCH, plan.blocks().nextClearBit((int) number));
        } else {
            Streak before = streaks.get(packfile);
            int ahead = before != null && before.nextBlock() == number ? before.blocks() * 2 : 1;
            end = number + (around ? Math.max(GAP, ahead) : ahead);
            while (around && first > 0 && number - first < GAP && !kept.containsKey(new Key(packfile, first - 1))) {
                first--;
            }
        }
        end = Math.max(end, Math.min(last + 1, number + MOST_BLOCKS));
        List<CompletableFuture<byte[]>> claimed = new ArrayList<>();
        for (long block = first; block < end; block++) {
            Key key = new Key(packfile, block);
            if (kept.containsKey(key)) {
                break;
            }
            CompletableFuture<byte[]> future = new CompletableFuture<>();
            kept.put(key, future);
            claimed.add(future);
        }
        streaks.put(packfile, new Streak(first + claimed.size(), Math.min(MOST_BLOCKS / 2, claimed.size())));
        trim(claimed.size());
        return new Claim(first, claimed);
    }

    private void fetch(Mac packfile, long number, List<CompletableFuture<byte[]>> claimed) {
        ByteBuffer bytes = ByteBuffer.allocate(claimed.size() * BLOCK);
        Throwable failure = null;
        try {
            store.readUpTo(packfile, number * BLOCK, bytes);
        } catch (ConnectorException | RuntimeException e) {
            failure = e;
        }
        for (int i = 0; i < claimed.size(); i++) {
            complete(
                    claimed.get(i),
                    failure,
                    bytes.array(),
                    i * BLOCK,
                    Math.clamp(bytes.position() - (long) i * BLOCK, 0, BLOCK));
        }
        if (failure != null) {
            synchronized (kept) {
                kept.values().removeAll(claimed);
            }
        }
    }

    private static void complete(
            CompletableFuture<byte[]> future, @Nullable Throwable failure, byte[] bytes, int from, int length) {
        if (failure != null) {
            future.completeExceptionally(failure);
        } else {
            byte[] block = new byte[length];
            System.arraycopy(bytes, from, block, 0, length);
            future.complete(block);
        }
    }
}
