package io.plakar.kloset.diff;

import io.plakar.connector.BytePath;
import io.plakar.connector.GoMode;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.blob.BlobType;
import io.plakar.kloset.snapshot.DirectoryCursor;
import io.plakar.kloset.snapshot.DirectoryMerge;
import io.plakar.kloset.snapshot.SnapshotTree;
import io.plakar.kloset.vfs.Entry;
import io.plakar.kloset.vfs.FileObject;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The differences of two directories of snapshots, found by comparing what is stored: no file content is read, nor any
 * listing which is the same on both sides. Directories come in ascending byte order of path, names in them likewise. For
 * one thread.
 */
public final class TreeDiff {
    /** What became of a path. */
    public enum Kind {
        ADDED,
        REMOVED,
        /** Another content, target or type. */
        CHANGED,
        /** Other attributes. */
        METADATA
    }

    /** What two entries differ in. Device and inode numbers are no difference, nor is the size of a directory. */
    public enum Aspect {
        CONTENT,
        SIZE,
        TYPE,
        TARGET,
        MODE,
        OWNER,
        TIME,
        /** Other names of extended attributes; their values are not compared. */
        XATTRS,
        /** Another number of hard links. */
        LINKS
    }

    private static final Set<Aspect> ESSENTIAL = EnumSet.of(Aspect.CONTENT, Aspect.SIZE, Aspect.TYPE, Aspect.TARGET);

    /** An entry and the id of its blob. */
    public record Version(Entry entry, Mac mac) {}

    /**
     * One difference; at least one side is there.
     *
     * @param below the path below the compared directories: empty for these themselves, else with a slash in front
     * @param aspects what differs when both are there
     */
    public record Difference(
            Kind kind,
            byte[] below,
            @Nullable Version before,
            @Nullable Version after,
            Set<Aspect> aspects) {
        /** The side that is there; the later one of two. */
        public Version present() {
            Version there = after != null ? after : before;
            if (there == null) {
                throw new IllegalStateException("a difference of nothing");
            }
            return there;
        }
    }

    /** Takes the differences in order. */
    @FunctionalInterface
    public interface Sink {
        void accept(Difference difference) throws KlosetException;
    }

    private final DirectoryMerge.Side before;
    private final DirectoryMerge.Side after;
    private final Sink sink;

    private TreeDiff(DirectoryMerge.Side before, DirectoryMerge.Side after, Sink sink) {
        this.before = before;
        this.after = after;
        this.sink = sink;
    }

    /**
     * Compares what is at {@code before} with what is at {@code after}, and all that is below.
     *
     * @throws KlosetException.Invalid when one of them is not there, or the thread was interrupted
     * @throws KlosetException when one of them is damaged where they may differ
     */
    public static void run(DirectoryMerge.Side before, DirectoryMerge.Side after, Sink sink) throws KlosetException {
        new TreeDiff(before, after, sink).run();
    }

    private void run() throws KlosetException {
        boolean sameTree = before.top().equals(after.top())
                && before.tree().vfs().root().equals(after.tree().vfs().root());
        Version left = top(before);
        Version right = top(after);
        if (sameTree) {
            return;
        }
        both(new byte[0], left, right);
        if (!left.entry().isDirectory() && !right.entry().isDirectory()) {
            return;
        }
        DirectoryMerge merge = new DirectoryMerge(List.of(before, after), (side, failure) -> {
            throw failure;
        });
        while (merge.next()) {
            if (Thread.interrupted()) {
                throw new KlosetException.Cancelled("interrupted while comparing snapshots");
            }
            Mac one = merge.listing(0);
            Mac two = merge.listing(1);
            if (!Objects.equals(one, two)) {
                directory(merge, one != null, two != null);
            }
        }
    }

    private static Version top(DirectoryMerge.Side side) throws KlosetException {
        Optional<Entry> entry = side.tree().lookup(side.top());
        Optional<Mac> mac = side.tree().vfs().lookup(side.top().bytes());
        if (entry.isEmpty() || mac.isEmpty()) {
            throw new KlosetException.Invalid(side.top() + ": no such file or directory in snapshot "
                    + side.tree().header().id().toShortHex());
        }
        return new Version(entry.get(), mac.get());
    }

    private void directory(DirectoryMerge merge, boolean hasLeft, boolean hasRight) throws KlosetException {
        byte[] below = merge.below();
        try (Names left = hasLeft ? new Names(before.tree(), merge.path(0)) : null;
                Names right = hasRight ? new Names(after.tree(), merge.path(1)) : null) {
            Version l = left == null ? null : left.next();
            Version r = right == null ? null : right.next();
            while (l != null || r != null) {
                int order = l == null
                        ? 1
                        : r == null
                                ? -1
                                : Arrays.compareUnsigned(
                                        l.entry().name(), r.entry().name());
                if (l != null && order < 0) {
                    sink.accept(new Difference(Kind.REMOVED, child(below, l), l, null, Set.of()));
                } else if (r != null && order > 0) {
                    sink.accept(new Difference(Kind.ADDED, child(below, r), null, r, Set.of()));
                } else if (l != null && r != null && !l.mac().equals(r.mac())) {
                    both(child(below, r), l, r);
                }
                l = left != null && order <= 0 ? left.next() : l;
                r = right != null && order >= 0 ? right.next() : r;
            }
        }
    }

    private static byte[] child(byte[] below, Version version) {
        byte[] name = version.entry().name();
        byte[] path = Arrays.copyOf(below, below.length + 1 + name.length);
        path[below.length] = '/';
        System.arraycopy(name, 0, path, below.length + 1, name.length);
        return path;
    }

    private void both(byte[] below, Version left, Version right) throws KlosetException {
        Set<Aspect> aspects = aspects(before.tree(), left.entry(), after.tree(), right.entry());
        if (!aspects.isEmpty()) {
            sink.accept(new Difference(kind(aspects), below, left, right, aspects));
        }
    }

    /** Whether these differences are of what an entry holds, or of its attributes alone. */
    public static Kind kind(Set<Aspect> aspects) {
        for (Aspect aspect : aspects) {
            if (ESSENTIAL.contains(aspect)) {
                return Kind.CHANGED;
            }
        }
        return Kind.METADATA;
    }

    /** What two entries, each of its own tree, differ in; names are not looked at. */
    public static Set<Aspect> aspects(SnapshotTree leftTree, Entry left, SnapshotTree rightTree, Entry right)
            throws KlosetException {
        EnumSet<Aspect> aspects = EnumSet.noneOf(Aspect.class);
        int mode = left.info().mode() ^ right.info().mode();
        if ((mode & GoMode.TYPE) != 0) {
            aspects.add(Aspect.TYPE);
        } else if (left.isRegular()) {
            content(aspects, leftTree, left, rightTree, right);
        } else if (!Arrays.equals(left.symlinkTarget(), right.symlinkTarget())) {
            aspects.add(Aspect.TARGET);
        }
        if ((mode & ~GoMode.TYPE) != 0) {
            aspects.add(Aspect.MODE);
        }
        if (left.info().uid() != right.info().uid()
                || left.info().gid() != right.info().gid()
                || !left.info().username().equals(right.info().username())
                || !left.info().groupname().equals(right.info().groupname())) {
            aspects.add(Aspect.OWNER);
        }
        if (!left.info().modTime().equals(right.info().modTime())) {
            aspects.add(Aspect.TIME);
        }
        if (left.isRegular() && left.info().nlink() != right.info().nlink()) {
            aspects.add(Aspect.LINKS);
        }
        if (!Arrays.deepEquals(left.xattrNames().toArray(), right.xattrNames().toArray())) {
            aspects.add(Aspect.XATTRS);
        }
        return aspects;
    }

    private static void content(
            Set<Aspect> aspects, SnapshotTree leftTree, Entry left, SnapshotTree rightTree, Entry right)
            throws KlosetException {
        if (left.info().size() != right.info().size()) {
            aspects.add(Aspect.SIZE);
            aspects.add(Aspect.CONTENT);
        } else if (!left.object().equals(right.object())
                && !(left.hasObject()
                        && right.hasObject()
                        && contentMac(leftTree, left).equals(contentMac(rightTree, right)))) {
            aspects.add(Aspect.CONTENT);
        }
    }

    /** Objects can differ and hold the same: in how it is cut, or in the type that was recognized. */
    private static Mac contentMac(SnapshotTree tree, Entry entry) throws KlosetException {
        return FileObject.decode(tree.source().get(BlobType.OBJECT, entry.object()))
                .contentMac();
    }

    /** The children of a directory, one ahead. */
    private static final class Names implements AutoCloseable {
        private final DirectoryCursor cursor;

        Names(SnapshotTree tree, BytePath directory) throws KlosetException {
            this.cursor = tree.children(directory);
        }

        @Nullable
        Version next() throws KlosetException {
            while (true) {
                try {
                    return cursor.next() ? new Version(cursor.entry(), cursor.mac()) : null;
                } catch (KlosetException.UnsafeName e) {
                    // No file of this name can be read or restored: there is nothing to compare.
                    continue;
                }
            }
        }

        @Override
        public void close() throws KlosetException {
            cursor.close();
        }
    }
}
