package io.plakar.kloset.snapshot;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.btree.BTreeReader;
import io.plakar.kloset.btree.NodeCache;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directories of several snapshots in step, in ascending byte order of path: from their listing indexes alone, so
 * that where listings are equal no file is looked at. Holds one position per snapshot. For one thread.
 */
public final class DirectoryMerge {
    /**
     * A directory of a snapshot.
     *
     * @param top where the walk begins; the paths of all sides are compared from there on
     */
    public record Side(SnapshotTree tree, BytePath top) {}

    /** Told when the index of a side cannot be read any further; may throw to end the whole walk. */
    @FunctionalInterface
    public interface Damage {
        void damaged(int side, KlosetException failure) throws KlosetException;
    }

    private static final int CACHED_NODES = 1024;

    private final NodeCache nodes = new NodeCache(CACHED_NODES);
    private final Position[] positions;
    private final Damage damage;
    private byte @Nullable [] current;

    /** @throws KlosetException what {@code damage} throws for a snapshot without a listing index */
    public DirectoryMerge(List<Side> sides, Damage damage) throws KlosetException {
        this.positions = new Position[sides.size()];
        this.damage = damage;
        for (int i = 0; i < positions.length; i++) {
            positions[i] = new Position(sides.get(i));
            advance(i);
        }
    }

    private void advance(int side) throws KlosetException {
        try {
            positions[side].next(nodes);
        } catch (KlosetException e) {
            positions[side].end();
            damage.damaged(side, e);
        }
    }

    /** Moves to the next directory that any of them has; false when there is none. */
    public boolean next() throws KlosetException {
        if (current != null) {
            for (int i = 0; i < positions.length; i++) {
                if (positions[i].isAt(current)) {
                    advance(i);
                }
            }
        }
        byte[] least = null;
        for (Position position : positions) {
            byte[] below = position.below;
            if (below != null && (least == null || Arrays.compareUnsigned(below, least) < 0)) {
                least = below;
            }
        }
        current = least;
        return least != null;
    }

    /** Where it is, below the tops: empty for these themselves, else with a slash in front. Not to be changed. */
    public byte[] below() {
        if (current == null) {
            throw new IllegalStateException("no directory here");
        }
        return current;
    }

    /** The directory as a side calls it. */
    public BytePath path(int side) {
        byte[] top = positions[side].top;
        byte[] below = below();
        if (top.length == 0 && below.length == 0) {
            return BytePath.ROOT;
        }
        byte[] whole = Arrays.copyOf(top, top.length + below.length);
        System.arraycopy(below, 0, whole, top.length, below.length);
        return BytePath.ofClean(whole);
    }

    /** Id of the object with the listing of the directory; null on a side which does not have the directory. */
    public @Nullable Mac listing(int side) {
        return positions[side].isAt(below()) ? positions[side].listing : null;
    }

    /** Where one side is. Its directories are the top and, apart from it in the index, those that begin with top/. */
    private static final class Position {
        private final SnapshotTree tree;
        private final byte[] top;
        private BTreeReader.@Nullable Cursor keys;
        private boolean started;
        private byte @Nullable [] below;
        private Mac listing = Mac.ZERO;

        Position(Side side) {
            this.tree = side.tree();
            this.top = side.top().isRoot() ? new byte[0] : side.top().bytes();
        }

        boolean isAt(byte[] place) {
            return below != null && Arrays.equals(below, place);
        }

        void end() {
            below = null;
            keys = null;
        }

        void next(NodeCache nodes) throws KlosetException {
            if (!started) {
                started = true;
                BTreeReader index = tree.index(SnapshotHeader.Index.DIRPACK, nodes)
                        .orElseThrow(() -> new KlosetException.Missing(
                                "snapshot " + tree.header().id().toShortHex() + " has no index of its directories"));
                byte[] prefix = Arrays.copyOf(top, top.length + 1);
                prefix[top.length] = '/';
                keys = index.cursorFrom(prefix);
                Mac own = index.lookup(top.length == 0 ? prefix : top).orElse(null);
                if (own != null) {
                    below = new byte[0];
                    listing = own;
                    return;
                }
            }
            byte[] before = below;
            below = null;
            while (keys != null && keys.next()) {
                byte[] key = keys.key();
                if (key.length <= top.length
                        || key[top.length] != '/'
                        || !Arrays.equals(key, 0, top.length, top, 0, top.length)) {
                    return;
                }
                if (key.length == 1) {
                    // The root itself, which was first.
                    continue;
                }
                byte[] found = Arrays.copyOfRange(key, top.length, key.length);
                if (before != null && Arrays.compareUnsigned(before, found) >= 0) {
                    throw new KlosetException.Corrupt("the index of directories does not ascend");
                }
                below = found;
                listing = keys.value();
                return;
            }
        }
    }
}
