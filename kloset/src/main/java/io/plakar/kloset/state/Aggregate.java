package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import io.plakar.kloset.state.StateJournal.Delete;
import io.plakar.kloset.state.StateJournal.Place;
import io.plakar.kloset.state.StateJournal.Resource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all states together say (format-storage §10.2 to §10.4), over one fixed set of segments. Immutable, safe for any
 * number of threads.
 */
final class Aggregate {
    /*
     * Small entries are replayed on the heap in the order of application. Locations stay where they are: a location of
     * the state at position p is there iff no delete of its packfile and none of itself stands at a later position
     * (deletes of its own state come first, see StateJournal). Whether the packfile is deleted, known, coloured or
     * excluded depends on the reference alone and is worked out once per reference.
     */
    static final byte DEAD = 0;
    static final byte ORPHAN = 1;
    static final byte EXCLUDED = 2;
    static final byte COLOURED = 3;
    static final byte USABLE = 4;

    private static final Comparator<StateJournal> OLDEST_FIRST = Comparator.comparingLong(
                    (StateJournal journal) -> journal.state().timestamp())
            .thenComparing(journal -> journal.state().id());

    private final List<Segment> segments;
    private final List<StateRecord> states = new ArrayList<>();
    private final @Nullable Mac newest;
    private final Map<Mac, PackfileRecord> packfiles = new LinkedHashMap<>();
    private final Map<Resource, Long> colours = new LinkedHashMap<>();
    private final Map<Mac, Integer> packfileDeletedAt = new HashMap<>();
    private final Map<Place, Integer> locationDeletedAt = new HashMap<>();

    /** Per segment and reference. */
    private final byte[][] status;

    private final int[][] position;
    private final long[] ordinalBase;

    /** @param present the states the store lists; the parent of the next state is chosen among them */
    Aggregate(List<Segment> segments, Set<Mac> present, Set<Mac> excluded) {
        this.segments = List.copyOf(segments);
        Map<Mac, StateJournal> journals = new HashMap<>();
        for (Segment segment : segments) {
            segment.states()
                    .forEach(journal -> journals.putIfAbsent(journal.state().id(), journal));
        }
        Map<Mac, Integer> positionOf = new HashMap<>();
        replay(inOrder(journals.values()), positionOf);
        newest = newestLeaf(present);

        status = new byte[segments.size()][];
        position = new int[segments.size()][];
        ordinalBase = new long[segments.size() + 1];
        for (int i = 0; i < status.length; i++) {
            Segment segment = segments.get(i);
            SegmentWriter.References references = segment.references();
            status[i] = new byte[references.size()];
            position[i] = new int[references.size()];
            for (int r = 0; r < references.size(); r++) {
                Mac packfile = references.packfile(r);
                Mac state = segment.states().get(references.state(r)).state().id();
                int at = positionOf.getOrDefault(state, 0);
                position[i][r] = at;
                status[i][r] = status(packfile, at, excluded);
            }
            ordinalBase[i + 1] = ordinalBase[i] + segment.records();
        }
    }

    private byte status(Mac packfile, int at, Set<Mac> excluded) {
        if (packfileDeletedAt.getOrDefault(packfile, -1) > at) {
            return DEAD;
        }
        if (!packfiles.containsKey(packfile)) {
            return ORPHAN;
        }
        if (excluded.contains(packfile)) {
            return EXCLUDED;
        }
        return colours.containsKey(new Resource(StateFormat.PACKFILE, packfile)) ? COLOURED : USABLE;
    }

    /** Parents before children and the oldest first among those that are ready; then what hangs on a loop, oldest first. */
    static List<StateJournal> inOrder(Collection<StateJournal> journals) {
        Map<Mac, StateJournal> waiting = new HashMap<>();
        journals.forEach(journal -> waiting.put(journal.state().id(), journal));
        Map<Mac, List<StateJournal>> children = new HashMap<>();
        PriorityQueue<StateJournal> ready = new PriorityQueue<>(OLDEST_FIRST);
        for (StateJournal journal : journals) {
            Mac parent = journal.state().parent();
            if (waiting.containsKey(parent)) {
                children.computeIfAbsent(parent, key -> new ArrayList<>()).add(journal);
            } else {
                ready.add(journal);
            }
        }
        List<StateJournal> ordered = new ArrayList<>(journals.size());
        for (StateJournal next = ready.poll(); next != null; next = ready.poll()) {
            Mac id = next.state().id();
            ordered.add(next);
            waiting.remove(id);
            ready.addAll(children.getOrDefault(id, List.of()));
        }
        List<StateJournal> left = new ArrayList<>(waiting.values());
        left.sort(OLDEST_FIRST);
        ordered.addAll(left);
        return ordered;
    }

    private void replay(List<StateJournal> ordered, Map<Mac, Integer> positionOf) {
        Map<Mac, Long> packfileDeletedTime = new HashMap<>();
        Map<Mac, Long> packfileColouredTime = new HashMap<>();
        for (int at = 0; at < ordered.size(); at++) {
            StateJournal journal = ordered.get(at);
            long time = journal.state().timestamp();
            states.add(journal.state());
            positionOf.put(journal.state().id(), at);
            for (Delete delete : journal.deletes()) {
                switch (delete.target()) {
                    case StateFormat.LOCATION ->
                        locationDeletedAt.put(new Place(delete.type(), delete.blob(), delete.packfile()), at);
                    case StateFormat.COLOURED -> colours.remove(new Resource(delete.type(), delete.blob()));
                    default -> {
                        packfiles.remove(delete.packfile());
                        packfileDeletedAt.put(delete.packfile(), at);
                        packfileDeletedTime.merge(delete.packfile(), time, Math::max);
                    }
                }
            }
            for (ColourRecord colour : journal.colours()) {
                Resource resource = new Resource(colour.type(), colour.resource());
                if (colours.putIfAbsent(resource, colour.when()) == null && colour.type() == StateFormat.PACKFILE) {
                    packfileColouredTime.put(colour.resource(), time);
                }
            }
            journal.packfiles().forEach(packfile -> packfiles.putIfAbsent(packfile.packfile(), packfile));
        }
        // A client can see the delete before the colour when both states have the same parent.
        packfileDeletedTime.forEach((packfile, time) -> {
            if (!packfiles.containsKey(packfile)
                    && time >= packfileColouredTime.getOrDefault(packfile, Long.MAX_VALUE)) {
                colours.remove(new Resource(StateFormat.PACKFILE, packfile));
            }
        });
    }

    private @Nullable Mac newestLeaf(Set<Mac> present) {
        Set<Mac> parents = new HashSet<>();
        for (StateRecord state : states) {
            if (present.contains(state.id()) && !state.id().equals(state.parent())) {
                parents.add(state.parent());
            }
        }
        StateRecord best = null;
        StateRecord last = null;
        for (StateRecord state : states) {
            if (present.contains(state.id())) {
                last = state;
                if (!parents.contains(state.id()) && (best == null || state.timestamp() >= best.timestamp())) {
                    best = state;
                }
            }
        }
        return best != null ? best.id() : last != null ? last.id() : null;
    }

    List<Segment> segments() {
        return segments;
    }

    List<StateRecord> states() {
        return states;
    }

    @Nullable
    Mac newest() {
        return newest;
    }

    Map<Mac, PackfileRecord> packfiles() {
        return packfiles;
    }

    Map<Resource, Long> colours() {
        return colours;
    }

    long ordinals() {
        return ordinalBase[segments.size()];
    }

    long ordinal(int segment, int index) {
        return ordinalBase[segment] + index;
    }

    /** By reference of a segment: whether its packfile is among those given and known, but for deletes of one blob. */
    boolean[] known(int segment, Set<Mac> chosen) {
        boolean[] wanted = new boolean[status[segment].length];
        for (int r = 0; r < wanted.length; r++) {
            wanted[r] = status[segment][r] > ORPHAN
                    && chosen.contains(segments.get(segment).references().packfile(r));
        }
        return wanted;
    }

    /** By reference of a segment: whether no state knows its packfile. */
    boolean[] orphans(int segment) {
        boolean[] wanted = new boolean[status[segment].length];
        for (int r = 0; r < wanted.length; r++) {
            wanted[r] = status[segment][r] == ORPHAN;
        }
        return wanted;
    }

    /** The position of the state that put record {@code index} there. */
    int position(int segment, int index) {
        return position[segment][segments.get(segment).reference(index)];
    }

    /** What record {@code index} is worth. */
    byte status(int segment, int index) {
        Segment from = segments.get(segment);
        int reference = from.reference(index);
        byte result = status[segment][reference];
        if (result != DEAD && !locationDeletedAt.isEmpty()) {
            Place place = new Place(
                    from.type(index), from.mac(index), from.references().packfile(reference));
            if (locationDeletedAt.getOrDefault(place, -1) > position[segment][reference]) {
                return DEAD;
            }
        }
        return result;
    }

    Mac packfile(int segment, int index) {
        Segment from = segments.get(segment);
        return from.references().packfile(from.reference(index));
    }

    BlobLocation location(int segment, int index) {
        Segment from = segments.get(segment);
        return new BlobLocation(packfile(segment, index), from.offset(index), from.length(index));
    }
}
