package io.plakar.kloset.repository;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorFlag;
import io.plakar.connector.Mac;
import io.plakar.connector.StoreConnector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
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
     */
    private static final int BLOCK = 256 << 10;
    private static final int MOST_BLOCKS = 32;
    private static final int KEPT_BLOCKS = 192;

    private record Key(Mac packfile, long block) {}

    /** Where the last request into a packfile ended, and how many blocks it had. */
    private record Streak(long nextBlock, int blocks) {}

    private final StoreConnector store;
    private final boolean far;
    private final LinkedHashMap<Key, CompletableFuture<byte[]>> kept = new LinkedHashMap<>(16, 0.75f, true);
    private final Map<Mac, Streak> streaks = new HashMap<>();

    BlockReads(StoreConnector store) {
        this.store = store;
        this.far = !store.flags().contains(ConnectorFlag.LOCALFS);
    }

    /** As {@link StoreConnector#read}. */
    void read(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        if (!far || into.remaining() >= BLOCK * MOST_BLOCKS) {
            store.read(packfile, offset, into);
            return;
        }
        int start = into.position();
        try {
            readBlocks(packfile, offset, into);
        } catch (ConnectorException e) {
            if (e.reason() != ConnectorException.Reason.MALFORMED) {
                throw e;
            }
            // The store cannot stop at the end of an object, or the packfile is shorter than it should be.
            store.read(packfile, offset, into.position(start));
        }
    }

    private void readBlocks(Mac packfile, long offset, ByteBuffer into) throws ConnectorException {
        long at = offset;
        while (into.hasRemaining()) {
            byte[] block = block(packfile, at / BLOCK, (at + into.remaining() - 1) / BLOCK);
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
    private byte[] block(Mac packfile, long number, long last) throws ConnectorException {
        CompletableFuture<byte[]> found;
        List<CompletableFuture<byte[]>> mine = List.of();
        synchronized (kept) {
            found = kept.get(new Key(packfile, number));
            if (found == null) {
                mine = claim(packfile, number, last);
                found = mine.getFirst();
            }
        }
        if (!mine.isEmpty()) {
            fetch(packfile, number, mine);
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

    /** Reserves the blocks of one request: what is wanted, and more for a reader that goes straight on. */
    private List<CompletableFuture<byte[]>> claim(Mac packfile, long number, long last) {
        Streak before = streaks.get(packfile);
        int wanted = (int) (last - number + 1);
        int ahead = before != null && before.nextBlock() == number ? before.blocks() * 2 : 1;
        int count = Math.min(MOST_BLOCKS, Math.max(wanted, ahead));
        List<CompletableFuture<byte[]>> claimed = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Key key = new Key(packfile, number + i);
            if (kept.containsKey(key)) {
                break;
            }
            CompletableFuture<byte[]> future = new CompletableFuture<>();
            kept.put(key, future);
            claimed.add(future);
        }
        streaks.put(packfile, new Streak(number + claimed.size(), claimed.size()));
        while (kept.size() > KEPT_BLOCKS + claimed.size()) {
            kept.remove(kept.keySet().iterator().next());
        }
        return claimed;
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
