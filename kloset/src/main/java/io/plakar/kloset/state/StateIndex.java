package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which blob lies where, according to all states of one store: the aggregate of format-storage §10 over memory-mapped
 * files in a cache directory. Safe for any number of threads, and any number of processes may share the directory.
 * Look-ups answer from the last {@link #refresh}; a refresh does not disturb look-ups that are under way.
 *
 * <p>Use: {@code open}, then for each of {@code unknown(ids)} read the state and {@code add} it, then {@code refresh}.
 */
public final class StateIndex implements AutoCloseable {
    /*
     * One immutable file per state, made from the content of the state alone; when there are more than MAX_SEGMENTS the
     * small ones are merged into one, by size, so that a location is copied a logarithmic number of times. A merge drops
     * nothing: a state that arrives late can change the order of those before it, and with it what a delete hits.
     *
     * Files appear by rename and are never changed; two processes that do the same work write the same bytes. A process
     * that finds a file gone lists the directory again: whoever deleted it had published its replacement before. There
     * is no lock and no fsync: after a crash the checksums decide what is believed, the store has the rest.
     *
     * Mappings are left to the collector since a look-up may hold an old aggregate while it is replaced; only segments
     * of the current aggregate are kept reachable.
     */
    private static final int MAX_SEGMENTS = 8;

    /** How many segments a merge leaves besides its result. */
    private static final int KEEP_SEGMENTS = 4;

    /** While reading a directory with more files than this, merge on the way: each open segment is a mapping. */
    private static final int MAX_OPEN = 512;

    private static final int SNAPSHOT = 5;

    private final Path cache;
    private final Path temporary;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Path> own = ConcurrentHashMap.newKeySet();
    private volatile boolean cacheUsable = true;

    /** Guarded by the lock, as are the two after it. */
    private List<Segment> loaded = new ArrayList<>();

    private Set<Mac> present = Set.of();
    private Set<Mac> excluded = Set.of();

    private volatile Set<Mac> known = Set.of();
    private final Set<Mac> added = ConcurrentHashMap.newKeySet();
    private volatile Aggregate aggregate = new Aggregate(List.of(), Set.of(), Set.of());

    private StateIndex(Path cache, Path temporary) {
        this.cache = cache;
        this.temporary = temporary;
    }

    /**
     * Opens the index; nothing is known before the first {@link #refresh}.
     *
     * @param cacheDirectory of this repository alone; made when missing, private to its owner. Deleting it at any time
     *     costs time only
     * @param temporaryDirectory private to this process; used, and made, when the cache directory cannot be written.
     *     What was put there is deleted by {@link #close}
     */
    public static StateIndex open(Path cacheDirectory, Path temporaryDirectory) {
        return new StateIndex(cacheDirectory, temporaryDirectory);
    }

    /** Those of the ids the index has no entries of, in their order: to be read from the store and added. */
    public List<Mac> unknown(Collection<Mac> remoteIds) {
        lock.lock();
        try {
            scan();
        } finally {
            lock.unlock();
        }
        Set<Mac> unknown = new LinkedHashSet<>(remoteIds);
        unknown.removeAll(known);
        unknown.removeAll(added);
        return List.copyOf(unknown);
    }

    /**
     * Takes in the entries of one state; they count from the next {@link #refresh} on. Does nothing, not even read,
     * when the state is known. May be called by several threads for different states.
     *
     * @param plain the decoded stream of a state whose MAC was or will be checked by the stream itself
     * @throws KlosetException.Corrupt when the stream is no state; nothing is kept then
     */
    public void add(Mac stateId, int wrapperVersion, InputStream plain) throws KlosetException {
        if (known.contains(stateId) || added.contains(stateId)) {
            return;
        }
        Path directory = writable();
        try (SegmentBuilder builder = new SegmentBuilder(directory, stateId)) {
            StateTrailer trailer = StateReader.read(stateId, wrapperVersion, plain, builder);
            try {
                builder.publish(directory, trailer);
            } catch (IOException e) {
                // The cache was deleted or is full: the stream is consumed, but another directory may do.
                cacheUsable &= !directory.equals(cache);
                directory = writable();
                builder.publish(directory, trailer);
            }
        } catch (IOException | UncheckedIOException e) {
            throw unwritable(directory, e);
        }
        if (directory.equals(temporary)) {
            own.add(SegmentFiles.single(directory, stateId));
        }
        added.add(stateId);
    }

    private KlosetException unwritable(Path directory, Exception cause) {
        if (directory.equals(cache)) {
            cacheUsable = false;
        }
        return new KlosetException.Invalid("the index cannot be written in " + directory + ": " + cause.getMessage()
                + "; free space there or choose another cache directory");
    }

    /** The cache directory if files can be made in it, else the temporary one. */
    private Path writable() throws KlosetException {
        if (cacheUsable) {
            try {
                SegmentFiles.createDirectory(cache);
                if (Files.isWritable(cache)) {
                    return cache;
                }
            } catch (IOException e) {
                // Said below by what happens: the temporary directory is used.
            }
            cacheUsable = false;
        }
        try {
            SegmentFiles.createDirectory(temporary);
        } catch (IOException e) {
            throw unwritable(temporary, e);
        }
        return temporary;
    }

    /**
     * Makes look-ups answer for the states known now.
     *
     * @param remoteIds what the store lists. States that vanished from the store keep their entries if they are known
     */
    public void refresh(Collection<Mac> remoteIds) {
        lock.lock();
        try {
            scan();
            merge(MAX_SEGMENTS, KEEP_SEGMENTS);
            present = Set.copyOf(remoteIds);
            aggregate = new Aggregate(loaded, present, excluded);
        } finally {
            lock.unlock();
        }
    }

    /** Declares packfiles missing from the store, instead of those declared before: locations in them are not usable. */
    public void exclude(Set<Mac> packfiles) {
        lock.lock();
        try {
            excluded = Set.copyOf(packfiles);
            aggregate = new Aggregate(aggregate.segments(), present, excluded);
        } finally {
            lock.unlock();
        }
    }

    /** Brings the loaded segments in step with the directories. */
    private void scan() {
        Set<Mac> published = Set.copyOf(added);
        loaded.removeIf(segment -> {
            if (segment.damaged()) {
                SegmentFiles.delete(segment.path());
            }
            return segment.damaged();
        });
        boolean again = true;
        for (int attempt = 0; again && attempt < 10; attempt++) {
            again = false;
            Set<Path> paths = new HashSet<>();
            loaded.forEach(segment -> paths.add(segment.path()));
            List<Path> found = SegmentFiles.list(cache);
            found.addAll(SegmentFiles.list(temporary));
            for (Path path : found) {
                if (!paths.contains(path)) {
                    again |= !load(path);
                }
            }
        }
        dropCovered();
        Set<Mac> ids = new HashSet<>();
        loaded.forEach(segment ->
                segment.states().forEach(journal -> ids.add(journal.state().id())));
        known = ids;
        // Their files were there before the directory was read: one that was not found must be made again.
        added.removeAll(published);
    }

    /** False when the file is gone, which means that another process has put a merged one in its place. */
    private boolean load(Path path) {
        try {
            loaded.add(Segment.open(path));
        } catch (NoSuchFileException e) {
            return false;
        } catch (AccessDeniedException e) {
            return true;
        } catch (IOException e) {
            SegmentFiles.delete(path);
        }
        if (loaded.size() > MAX_OPEN) {
            merge(MAX_SEGMENTS, KEEP_SEGMENTS);
        }
        return true;
    }

    /** Forgets and deletes segments all of whose states are in other ones, which a merge by anybody leaves behind. */
    private void dropCovered() {
        loaded.sort(
                Comparator.comparingInt((Segment segment) -> segment.states().size())
                        .reversed()
                        .thenComparing(Segment::path));
        Set<Mac> covered = new HashSet<>();
        Set<Mac> cached = new HashSet<>();
        List<Segment> kept = new ArrayList<>();
        for (Segment segment : loaded) {
            Set<Mac> ids = new HashSet<>();
            segment.states().forEach(journal -> ids.add(journal.state().id()));
            boolean inCache = segment.path().startsWith(cache);
            if (covered.addAll(ids)) {
                kept.add(segment);
            } else if (!inCache || cached.containsAll(ids)) {
                SegmentFiles.delete(segment.path());
            }
            if (inCache) {
                cached.addAll(ids);
            }
        }
        loaded = kept;
    }

    /** Merges the smallest segments when there are more than {@code most}; without success all stay as they are. */
    private void merge(int most, int keep) {
        if (loaded.size() <= most) {
            return;
        }
        List<Segment> bySize = new ArrayList<>(loaded);
        bySize.sort(Comparator.comparingLong(Segment::size).thenComparing(Segment::path));
        int count = bySize.size() - keep;
        long total = 0;
        for (int i = 0; i < count; i++) {
            total += bySize.get(i).size();
        }
        // A segment not much larger than what is merged anyway goes along; otherwise sizes would never spread.
        while (count < bySize.size() && bySize.get(count).size() < total) {
            total += bySize.get(count++).size();
        }
        List<Segment> inputs = bySize.subList(0, count);
        try {
            Path directory = writable();
            Segment merged = SegmentMerge.merge(directory, inputs);
            boolean inCache = directory.equals(cache);
            if (!inCache) {
                own.add(merged.path());
            }
            loaded.removeAll(inputs);
            loaded.add(merged);
            for (Segment input : inputs) {
                if (!input.path().equals(merged.path())
                        && (inCache || !input.path().startsWith(cache))) {
                    SegmentFiles.delete(input.path());
                }
            }
        } catch (IOException | KlosetException | Segment.Damaged e) {
            // More segments only make look-ups slower; a damaged one is dropped by the next scan.
        }
    }

    /** Whether there is a usable copy of the blob; false for one that is only in packfiles marked for deletion. */
    public boolean contains(int type, Mac blob) {
        Aggregate now = aggregate;
        for (int s = 0; s < now.segments().size(); s++) {
            try {
                Segment segment = now.segments().get(s);
                for (int i = segment.find(type, blob); i >= 0; i = segment.next(i)) {
                    if (now.status(s, i) == Aggregate.USABLE) {
                        return true;
                    }
                }
            } catch (Segment.Damaged e) {
                // It knows nothing: the blob is stored again, and its states are read again by the next command.
            }
        }
        return false;
    }

    /** Where to read the blob: the oldest usable copy, else the oldest in a packfile marked for deletion, else null. */
    public @Nullable BlobLocation find(int type, Mac blob) {
        List<BlobLocation> copies = copies(type, blob).readable();
        return copies.isEmpty() ? null : copies.getFirst();
    }

    /** Every copy {@link #find} could return, best first; one per packfile. */
    public List<BlobLocation> findAll(int type, Mac blob) {
        return copies(type, blob).readable();
    }

    private Copies copies(int type, Mac blob) {
        Aggregate now = aggregate;
        Copies copies = new Copies(now);
        for (int s = 0; s < now.segments().size(); s++) {
            try {
                Segment segment = now.segments().get(s);
                for (int i = segment.find(type, blob); i >= 0; i = segment.next(i)) {
                    copies.add(s, i);
                }
            } catch (Segment.Damaged e) {
                // As in contains; other segments may hold other copies.
            }
        }
        return copies;
    }

    /** The ids of the live snapshots, ascending: known by a location in a known packfile, and not removed. */
    public List<Mac> snapshots() throws KlosetException {
        Aggregate now = aggregate;
        Set<Mac> live = new TreeSet<>();
        try {
            for (int s = 0; s < now.segments().size(); s++) {
                Segment segment = now.segments().get(s);
                for (int i = segment.first(SNAPSHOT); i < segment.first(SNAPSHOT + 1); i++) {
                    if (now.status(s, i) > Aggregate.ORPHAN) {
                        live.add(segment.mac(i));
                    }
                }
            }
        } catch (Segment.Damaged e) {
            throw new KlosetException.Corrupt(String.valueOf(e.getMessage()), e);
        }
        live.removeIf(id -> now.colours().containsKey(new StateJournal.Resource(SNAPSHOT, id)));
        return List.copyOf(live);
    }

    /** The ids of the removed snapshots, ascending. */
    public List<Mac> removedSnapshots() {
        List<Mac> removed = new ArrayList<>();
        aggregate.colours().keySet().forEach(resource -> {
            if (resource.type() == SNAPSHOT) {
                removed.add(resource.id());
            }
        });
        removed.sort(null);
        return List.copyOf(removed);
    }

    /** The known packfiles, coloured and excluded ones included. */
    public Collection<PackfileRecord> packfiles() {
        Aggregate now = aggregate;
        List<PackfileRecord> records = new ArrayList<>(now.packfiles().size());
        for (PackfileRecord record : now.packfiles().values()) {
            Long when = now.colours().get(new StateJournal.Resource(StateFormat.PACKFILE, record.packfile()));
            records.add(new PackfileRecord(record.packfile(), record.state(), record.timestamp(), when));
        }
        return records;
    }

    /** Everything marked for deletion, packfiles no state knows included. */
    public Collection<ColourRecord> colours() {
        List<ColourRecord> records = new ArrayList<>();
        aggregate.colours().forEach((key, when) -> records.add(new ColourRecord(key.type(), key.id(), when)));
        return records;
    }

    /** All states in the order they are applied. */
    public List<StateRecord> states() {
        return List.copyOf(aggregate.states());
    }

    /** The parent for the next state: of the states in the store without children, the latest; null when there is none. */
    public @Nullable Mac newestState() {
        return aggregate.newest();
    }

    /** An upper bound of the ordinals; it changes with {@link #refresh}, and so may every ordinal. */
    public long ordinals() {
        return aggregate.ordinals();
    }

    /** A number below {@link #ordinals}, the same for all copies of the blob and no other, or -1 if no state names it. */
    public long ordinal(int type, Mac blob) {
        Aggregate now = aggregate;
        for (int s = 0; s < now.segments().size(); s++) {
            try {
                int index = now.segments().get(s).find(type, blob);
                if (index >= 0) {
                    return now.ordinal(s, index);
                }
            } catch (Segment.Damaged e) {
                // Whoever walks the index for real is told there.
            }
        }
        return -1;
    }

    /** Visits every location in one known packfile that was not deleted; one pass over the whole index. */
    public void forEachLocation(Mac packfile, LocationVisitor visitor) throws KlosetException {
        forEachLocation(Set.of(packfile), visitor);
    }

    /**
     * Visits every location in the given known packfiles that was not deleted, coloured and excluded packfiles
     * included, in (type, MAC) order; one pass over the whole index.
     */
    public void forEachLocation(Set<Mac> packfiles, LocationVisitor visitor) throws KlosetException {
        Aggregate now = aggregate;
        walk(now, segment -> now.known(segment, packfiles), locations(visitor));
    }

    /** Visits the locations in packfiles no state knows (format-storage §12.2: maintenance deletes these entries). */
    public void forEachOrphan(LocationVisitor visitor) throws KlosetException {
        Aggregate now = aggregate;
        walk(now, now::orphans, locations(visitor));
    }

    private static Walk locations(LocationVisitor visitor) {
        return (type, blob, copies) -> {
            for (int i = 0; i < copies.size(); i++) {
                BlobLocation at = copies.location(i);
                visitor.location(type, blob, at.packfile(), at.offset(), at.length());
            }
        };
    }

    /** Visits every blob that has a copy {@link #find} could return, in (type, MAC) order. */
    public void forEachBlob(BlobVisitor visitor) throws KlosetException {
        walk(aggregate, segment -> null, (type, blob, copies) -> {
            List<BlobLocation> readable = copies.readable();
            if (!readable.isEmpty()) {
                visitor.blob(copies.ordinal(), type, blob, readable);
            }
        });
    }

    private interface Walk {
        void blob(int type, Mac blob, Copies copies) throws KlosetException;
    }

    /** Which references of a segment take part in a walk; null for all. */
    private interface Choice {
        boolean @Nullable [] of(int segment);
    }

    private static void walk(Aggregate now, Choice choice, Walk visitor) throws KlosetException {
        List<SegmentMerge.Source> sources = new ArrayList<>();
        try {
            for (Segment segment : now.segments()) {
                sources.add(new SegmentMerge.Source(sources.size(), segment, choice.of(sources.size())));
            }
            Copies copies = new Copies(now);
            RecordMerge.<KlosetException>run(sources, source -> {
                if (!copies.sameBlob(source.number(), source.index())) {
                    if (copies.size() > 0) {
                        visitor.blob(copies.type(), copies.blob(), copies);
                    }
                    copies.clear();
                }
                copies.add(source.number(), source.index());
            });
            if (copies.size() > 0) {
                visitor.blob(copies.type(), copies.blob(), copies);
            }
        } catch (Segment.Damaged e) {
            throw new KlosetException.Corrupt(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Forgets everything and deletes what was put into the temporary directory. */
    @Override
    public void close() {
        lock.lock();
        try {
            loaded = new ArrayList<>();
            aggregate = new Aggregate(List.of(), Set.of(), Set.of());
            known = Set.of();
            added.clear();
            own.forEach(SegmentFiles::delete);
        } finally {
            lock.unlock();
        }
    }
}
