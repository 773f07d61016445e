package io.plakar.kloset.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import io.plakar.kloset.state.StateModel.State;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateIndexTest {
    private static final int BLOBS = 40;
    private static final int PACKFILES = 12;

    @TempDir
    private Path directory;

    private Path cache() {
        return directory.resolve("cache");
    }

    private StateIndex open() {
        return StateIndex.open(cache(), directory.resolve("temporary"));
    }

    private static void update(StateIndex index, Collection<State> states) throws KlosetException {
        Map<Mac, State> byId = new HashMap<>();
        states.forEach(state -> byId.put(state.id(), state));
        for (Mac id : index.unknown(byId.keySet())) {
            State state = Objects.requireNonNull(byId.get(id));
            index.add(id, state.version(), state.stream());
        }
        index.refresh(byId.keySet());
    }

    private static void assertAgrees(StateIndex index, Collection<State> states, Set<Mac> excluded, String seed)
            throws KlosetException {
        StateModel model = new StateModel(states);
        assertThat(index.states().stream().map(StateRecord::id)).as(seed).containsExactlyElementsOf(model.order);
        assertThat(new HashSet<>(index.snapshots())).as(seed).isEqualTo(model.snapshots());

        Map<Mac, Long> packfiles = new HashMap<>();
        for (PackfileRecord packfile : index.packfiles()) {
            packfiles.put(packfile.packfile(), packfile.timestamp());
            assertThat(packfile.colouredAt())
                    .as(seed)
                    .isEqualTo(model.colours.get(new StateModel.Colour(StateModel.PACKFILE, packfile.packfile())));
        }
        assertThat(packfiles).as(seed).isEqualTo(model.packfiles);
        Map<StateModel.Colour, Long> colours = new HashMap<>();
        index.colours().forEach(c -> colours.put(new StateModel.Colour(c.type(), c.resource()), c.when()));
        assertThat(colours).as(seed).isEqualTo(model.colours);

        Map<StateModel.Key, BlobLocation> inKnown = new HashMap<>();
        Map<StateModel.Key, BlobLocation> orphans = new HashMap<>();
        model.locations.forEach((key, location) ->
                (model.packfiles.containsKey(key.packfile()) ? inKnown : orphans).put(key, location));
        assertThat(locations(index, false)).as(seed).isEqualTo(inKnown);
        assertThat(locations(index, true)).as(seed).isEqualTo(orphans);

        Map<Long, String> ordinals = new HashMap<>();
        Set<String> readable = new HashSet<>();
        for (int type : new int[] {StateModel.SNAPSHOT, StateModel.CHUNK, 255}) {
            for (int number = 0; number < BLOBS; number++) {
                Mac blob = StateModel.blob(number);
                Set<BlobLocation> usable = model.copies(type, blob, false, excluded);
                Set<BlobLocation> coloured = model.copies(type, blob, true, excluded);
                List<BlobLocation> all = index.findAll(type, blob);
                assertThat(index.contains(type, blob)).as(seed).isEqualTo(!usable.isEmpty());
                assertThat(all).as(seed).hasSize(usable.size() + coloured.size());
                assertThat(new HashSet<>(all.subList(0, usable.size())))
                        .as(seed)
                        .isEqualTo(usable);
                assertThat(new HashSet<>(all.subList(usable.size(), all.size())))
                        .as(seed)
                        .isEqualTo(coloured);
                assertThat(index.find(type, blob)).as(seed).isEqualTo(all.isEmpty() ? null : all.getFirst());
                if (!all.isEmpty()) {
                    long ordinal = index.ordinal(type, blob);
                    assertThat(ordinal).as(seed).isBetween(0L, index.ordinals() - 1);
                    assertThat(ordinals.put(ordinal, type + " " + blob))
                            .as(seed)
                            .isNull();
                    readable.add(ordinal + " " + type + " " + blob + " " + all);
                }
            }
        }
        List<String> walked = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        index.forEachBlob((ordinal, type, blob, copies) -> {
            walked.add(ordinal + " " + type + " " + blob + " " + copies);
            keys.add("%03d %s".formatted(type, blob));
        });
        assertThat(keys).as(seed).isSorted().doesNotHaveDuplicates();
        assertThat(new HashSet<>(walked)).as(seed).isEqualTo(readable);
    }

    private static Map<StateModel.Key, BlobLocation> locations(StateIndex index, boolean orphans)
            throws KlosetException {
        Map<StateModel.Key, BlobLocation> found = new HashMap<>();
        LocationVisitor visitor = (type, blob, packfile, offset, length) -> assertThat(
                        found.put(new StateModel.Key(type, blob, packfile), new BlobLocation(packfile, offset, length)))
                .isNull();
        if (orphans) {
            index.forEachOrphan(visitor);
        } else {
            for (int number = 0; number < PACKFILES; number++) {
                index.forEachLocation(StateModel.packfile(number), visitor);
            }
        }
        return found;
    }

    @Test
    void agreesWithTheModelOnAnyHistoryHoweverItArrives() throws Exception {
        for (int round = 0; round < 20; round++) {
            long seed = new Random().nextLong();
            Random random = new Random(seed);
            String note = "seed " + seed;
            List<State> history = StateModel.history(random, 1 + random.nextInt(60), BLOBS, PACKFILES);
            List<State> stored = new ArrayList<>();
            List<State> coming = new ArrayList<>(history);
            Collections.shuffle(coming, random);
            Path cache = directory.resolve("round" + round);
            Path temporary = directory.resolve("temporary" + round);
            StateIndex one = StateIndex.open(cache, temporary.resolve("one"));
            StateIndex two = StateIndex.open(cache, temporary.resolve("two"));
            while (!coming.isEmpty()) {
                for (int take = 1 + random.nextInt(12); take > 0 && !coming.isEmpty(); take--) {
                    stored.add(coming.removeLast());
                }
                StateIndex index = random.nextBoolean() ? one : two;
                switch (random.nextInt(6)) {
                    case 0 -> {
                        one.close();
                        one = StateIndex.open(cache, temporary.resolve("one"));
                    }
                    case 1 -> {
                        two.close();
                        damage(cache, random);
                        two = StateIndex.open(cache, temporary.resolve("two"));
                        index = two;
                    }
                    default -> {}
                }
                update(index, stored);
                assertAgrees(index, stored, Set.of(), note);
                Set<Mac> excluded =
                        Set.of(StateModel.packfile(random.nextInt(3)), StateModel.packfile(3 + random.nextInt(3)));
                index.exclude(excluded);
                assertAgrees(index, stored, excluded, note);
                index.exclude(Set.of());
            }
            one.close();
            two.close();
            assertThat(directory.resolve("temporary" + round)).as(note).doesNotExist();
        }
    }

    /** Damages some of the files, by new files as a crash would: a mapped file is never changed. */
    private static void damage(Path cache, Random random) throws IOException {
        for (Path file : files(cache)) {
            byte[] bytes = Files.readAllBytes(file);
            int kind = random.nextInt(8);
            if (kind == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            } else if (kind == 1) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            } else if (kind == 2) {
                bytes = new byte[0];
            } else if (kind == 3) {
                Files.delete(file);
                continue;
            } else {
                continue;
            }
            Files.delete(file);
            Files.write(file, bytes);
        }
    }

    private static List<Path> files(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void mergesSoThatManyStatesAreFewFiles() throws Exception {
        List<State> history = StateModel.history(new Random(7), 1200, BLOBS, PACKFILES);
        try (StateIndex index = open()) {
            update(index, history);
            assertThat(files(cache())).hasSizeLessThanOrEqualTo(8);
            assertAgrees(index, history, Set.of(), "seed 7");
        }
        try (StateIndex index = open()) {
            assertThat(index.unknown(history.stream().map(State::id).toList())).isEmpty();
            update(index, history);
            assertAgrees(index, history, Set.of(), "seed 7");
        }
    }

    @Test
    void keepsTheEntriesOfStatesThatVanished() throws Exception {
        List<State> history = StateModel.history(new Random(8), 20, BLOBS, PACKFILES);
        try (StateIndex index = open()) {
            update(index, history);
            index.refresh(history.subList(0, 5).stream().map(State::id).toList());
            assertAgrees(index, history, Set.of(), "seed 8");
        }
    }

    @Test
    void choosesTheLatestStateWithoutChildrenAsParent() throws Exception {
        Mac a = Mac.of(1, 0, 0, 0);
        Mac b = Mac.of(2, 0, 0, 0);
        Mac c = Mac.of(3, 0, 0, 0);
        int version = StateReader.VERSION_WITH_PARENT;
        List<State> states = List.of(
                new State(a, version, Mac.ZERO, 50, List.of()),
                new State(b, version, a, 20, List.of()),
                new State(c, version, a, 30, List.of()));
        try (StateIndex index = open()) {
            assertThat(index.newestState()).isNull();
            update(index, states);
            assertThat(index.newestState()).isEqualTo(c);
            index.refresh(List.of(a, b));
            assertThat(index.newestState()).isEqualTo(b);
        }
    }

    @Test
    void doesNotReadAStateItKnows() throws Exception {
        State state = StateModel.history(new Random(9), 1, BLOBS, PACKFILES).getFirst();
        try (StateIndex index = open()) {
            index.add(state.id(), state.version(), state.stream());
            ByteArrayInputStream unread = new ByteArrayInputStream(new byte[1]);
            index.add(state.id(), state.version(), unread);
            index.refresh(List.of(state.id()));
            index.add(state.id(), state.version(), unread);
            assertThat(unread.available()).isEqualTo(1);
        }
    }

    @Test
    void keepsNothingOfADamagedState() throws Exception {
        State state = StateModel.history(new Random(10), 1, BLOBS, PACKFILES).getFirst();
        byte[] bytes = state.stream().readAllBytes();
        byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
        try (StateIndex index = open()) {
            assertThatThrownBy(() -> index.add(state.id(), state.version(), new ByteArrayInputStream(cut)))
                    .isInstanceOf(KlosetException.Corrupt.class)
                    .hasMessageContaining(state.id().toHex());
            assertThat(files(cache())).isEmpty();
            assertThat(index.unknown(List.of(state.id()))).containsExactly(state.id());
        }
    }

    @Test
    void isPrivateToItsOwner() throws Exception {
        assumeThat(cache().getFileSystem().supportedFileAttributeViews()).contains("posix");
        try (StateIndex index = open()) {
            update(index, StateModel.history(new Random(11), 20, BLOBS, PACKFILES));
        }
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache())))
                .isEqualTo("rwx------");
        for (Path file : files(cache())) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void worksInTheTemporaryDirectoryWhereTheCacheCannotBeMade() throws Exception {
        Files.writeString(cache(), "in the way");
        List<State> history = StateModel.history(new Random(12), 30, BLOBS, PACKFILES);
        try (StateIndex index = open()) {
            update(index, history.subList(0, 15));
            update(index, history);
            assertAgrees(index, history, Set.of(), "seed 12");
        }
        assertThat(files(directory.resolve("temporary"))).isEmpty();
    }

    @Test
    void goesOnWhenTheCacheIsDeletedUnderneath() throws Exception {
        List<State> history = StateModel.history(new Random(13), 30, BLOBS, PACKFILES);
        try (StateIndex index = open()) {
            update(index, history.subList(0, 15));
            for (Path file : files(cache())) {
                Files.delete(file);
            }
            Files.delete(cache());
            update(index, history);
            assertAgrees(index, history, Set.of(), "seed 13");
        }
    }

    @Test
    void keepsAStateWhoseDirectoryIsDeletedWhileItIsRead() throws Exception {
        State state = StateModel.history(new Random(16), 1, BLOBS, PACKFILES).getFirst();
        InputStream deleting = new FilterInputStream(state.stream()) {
            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                Files.deleteIfExists(cache());
                return super.read(bytes, offset, length);
            }
        };
        try (StateIndex index = open()) {
            index.add(state.id(), state.version(), deleting);
            update(index, List.of(state));
            assertAgrees(index, List.of(state), Set.of(), "seed 16");
        }
    }

    @Test
    void takesStatesFromSeveralThreadsAtOnce() throws Exception {
        List<State> history = StateModel.history(new Random(14), 200, BLOBS, PACKFILES);
        try (StateIndex index = open();
                ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<?>> adding = new ArrayList<>();
            for (State state : history) {
                adding.add(threads.submit(() -> {
                    index.add(state.id(), state.version(), state.stream());
                    index.contains(StateModel.CHUNK, StateModel.blob(1));
                    return null;
                }));
                if (adding.size() % 50 == 0) {
                    index.refresh(List.of());
                }
            }
            for (Future<?> added : adding) {
                added.get();
            }
            update(index, history);
            assertAgrees(index, history, Set.of(), "seed 14");
        }
    }

    @Test
    void sortsAStateOfManyRuns() throws Exception {
        int count = 300_000;
        Path file = directory.resolve("state");
        Mac id = Mac.of(1, 1, 1, 1);
        Random random = new Random(15);
        try (var out = new BufferedOutputStream(Files.newOutputStream(file))) {
            StateWriter writer = new StateWriter(out, Mac.ZERO);
            for (int i = 0; i < count; i++) {
                writer.location(5 + i % 8, 0x00010000, wide(random), StateModel.packfile(i % 100), i, i);
            }
            for (int i = 0; i < 100; i++) {
                writer.packfile(StateModel.packfile(i), id, i);
            }
            writer.finish(1, new UUID(0, 0));
        }
        try (StateIndex index = open();
                var in = Files.newInputStream(file)) {
            index.add(id, StateWriter.VERSION, in);
            index.refresh(List.of(id));
            assertThat(index.ordinals()).isEqualTo(count);
            random = new Random(15);
            for (int i = 0; i < count; i++) {
                Mac blob = wide(random);
                assertThat(index.find(5 + i % 8, blob)).isEqualTo(new BlobLocation(StateModel.packfile(i % 100), i, i));
                assertThat(index.contains(20, blob)).isFalse();
            }
            long[] last = {-1};
            index.forEachBlob(
                    (ordinal, type, blob, copies) -> assertThat(ordinal).isEqualTo(++last[0]));
            assertThat(last[0]).isEqualTo(count - 1);
        }
        assertThat(files(cache())).hasSize(1);
    }

    private static Mac wide(Random random) {
        return Mac.of(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
