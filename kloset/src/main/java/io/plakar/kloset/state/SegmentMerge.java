package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes one segment of several, with every state once and every location kept. */
final class SegmentMerge {
    private SegmentMerge() {}

    static Segment merge(Path directory, List<Segment> inputs) throws IOException {
        long[] perType = new long[256];
        List<StateJournal> states = new ArrayList<>();
        Map<Mac, Integer> numberOf = new HashMap<>();
        SegmentWriter.References references = new SegmentWriter.References();
        List<Source> sources = new ArrayList<>();
        List<int[]> referenceOf = new ArrayList<>();
        for (Segment input : inputs) {
            int[] stateOf = new int[input.states().size()];
            for (int i = 0; i < stateOf.length; i++) {
                StateJournal journal = input.states().get(i);
                boolean seen = numberOf.putIfAbsent(journal.state().id(), states.size()) != null;
                stateOf[i] = seen ? -1 : states.size();
                if (!seen) {
                    states.add(journal);
                }
            }
            int[] mapped = new int[input.references().size()];
            for (int r = 0; r < mapped.length; r++) {
                int state = stateOf[input.references().state(r)];
                mapped[r] = state < 0 ? -1 : references.add(input.references().packfile(r), state);
            }
            referenceOf.add(mapped);
            sources.add(new Source(sources.size(), input));
            for (int type = 0; type < 256; type++) {
                perType[type] += input.first(type + 1) - input.first(type);
            }
        }
        Path target = SegmentFiles.merged(directory, states);
        try (SegmentWriter out = new SegmentWriter(directory, perType)) {
            RecordMerge.<IOException>run(sources, source -> {
                long at = source.position();
                int reference = source.bytes().get(SegmentFormat.INT, at + SegmentFormat.REFERENCE_AT);
                int mapped = referenceOf.get(source.number())[reference];
                if (mapped >= 0) {
                    out.append(source.bytes(), at, mapped);
                }
            });
            out.publish(target, states, references);
        }
        SegmentFiles.sweepTemporary(directory, Files.getLastModifiedTime(target));
        return Segment.open(target);
    }

    /** The records of a segment, their blocks checked on the way. */
    static final class Source extends RecordMerge.Source {
        private final Segment segment;
        private final boolean @Nullable [] wanted;

        Source(int number, Segment segment) {
            this(number, segment, null);
        }

        /** @param wanted by reference, whether its records take part */
        Source(int number, Segment segment, boolean @Nullable [] wanted) {
            super(number, segment.bytes(), 0, segment.records());
            this.segment = segment;
            this.wanted = wanted;
        }

        @Override
        int next(int from, int end) {
            int index = from;
            if (wanted != null) {
                while (index < end && !wanted[segment.reference(index)]) {
                    index++;
                }
            }
            return index;
        }

        @Override
        long at(int index) {
            return segment.at(index);
        }
    }
}
