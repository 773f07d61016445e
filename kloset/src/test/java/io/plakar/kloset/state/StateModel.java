package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** The aggregate of format-storage §10.2 to §10.4 written down naively, and a generator of histories to try it on. */
final class StateModel {
    static final int CHUNK = 9;
    static final int SNAPSHOT = 5;
    static final int PACKFILE = 4;

    /** One entry; unused fields are zero. */
    record Entry(int code, int target, int type, Mac blob, Mac packfile, long number, int length) {}

    /** One state as stored. */
    record State(Mac id, int version, Mac parent, long timestamp, List<Entry> entries) {
        InputStream stream() {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (version == StateReader.VERSION_WITH_PARENT) {
                out.writeBytes(parent.bytes());
            }
            for (Entry entry : entries) {
                byte[] data = bytes(entry);
                out.write(entry.code());
                out.writeBytes(little(4, data.length));
                out.writeBytes(data);
            }
            out.write(1);
            out.writeBytes(little(4, version));
            out.writeBytes(little(8, timestamp));
            out.writeBytes(new byte[16]);
            return new ByteArrayInputStream(out.toByteArray());
        }
    }

    record Key(int type, Mac blob, Mac packfile) {}

    record Colour(int type, Mac resource) {}

    final Map<Key, BlobLocation> locations = new LinkedHashMap<>();
    final Map<Colour, Long> colours = new HashMap<>();
    final Map<Mac, Long> packfiles = new HashMap<>();
    final List<Mac> order = new ArrayList<>();

    StateModel(Collection<State> states) {
        Map<Mac, State> left = new HashMap<>();
        states.forEach(state -> left.put(state.id(), state));
        Comparator<State> oldest = Comparator.comparingLong(State::timestamp).thenComparing(State::id);
        List<State> ordered = new ArrayList<>();
        while (!left.isEmpty()) {
            State next = left.values().stream()
                    .filter(state -> !left.containsKey(state.parent()))
                    .min(oldest)
                    .orElse(null);
            if (next == null) {
                left.values().stream().sorted(oldest).forEach(ordered::add);
                break;
            }
            ordered.add(next);
            left.remove(next.id());
        }
        Map<Mac, Long> deletedAt = new HashMap<>();
        Map<Colour, Long> colouredAt = new HashMap<>();
        for (State state : ordered) {
            order.add(state.id());
            state.entries().forEach(entry -> apply(state, entry, deletedAt, colouredAt));
        }
        deletedAt.forEach((packfile, time) -> {
            Colour colour = new Colour(PACKFILE, packfile);
            if (!packfiles.containsKey(packfile)
                    && colours.containsKey(colour)
                    && time >= colouredAt.getOrDefault(colour, Long.MAX_VALUE)) {
                colours.remove(colour);
            }
        });
    }

    private void apply(State state, Entry entry, Map<Mac, Long> deletedAt, Map<Colour, Long> colouredAt) {
        switch (entry.code() * 10 + entry.target()) {
            case 20 ->
                locations.putIfAbsent(
                        new Key(entry.type(), entry.blob(), entry.packfile()),
                        new BlobLocation(entry.packfile(), entry.number(), entry.length()));
            case 30 -> {
                Colour colour = new Colour(entry.type(), entry.blob());
                if (colours.putIfAbsent(colour, entry.number()) == null) {
                    colouredAt.put(colour, state.timestamp());
                }
            }
            case 40 -> packfiles.putIfAbsent(entry.packfile(), entry.number());
            case 62 -> locations.remove(new Key(entry.type(), entry.blob(), entry.packfile()));
            case 63 -> colours.remove(new Colour(entry.type(), entry.blob()));
            case 64 -> {
                packfiles.remove(entry.packfile());
                locations.keySet().removeIf(key -> key.packfile().equals(entry.packfile()));
                deletedAt.merge(entry.packfile(), state.timestamp(), Math::max);
            }
            default -> throw new IllegalStateException(entry.toString());
        }
    }

    boolean coloured(Mac packfile) {
        return colours.containsKey(new Colour(PACKFILE, packfile));
    }

    /** The copies of a blob in known packfiles, by whether they are coloured. */
    Set<BlobLocation> copies(int type, Mac blob, boolean coloured, Set<Mac> excluded) {
        Set<BlobLocation> found = new HashSet<>();
        locations.forEach((key, location) -> {
            if (key.type() == type
                    && key.blob().equals(blob)
                    && packfiles.containsKey(key.packfile())
                    && !excluded.contains(key.packfile())
                    && coloured(key.packfile()) == coloured) {
                found.add(location);
            }
        });
        return found;
    }

    Set<Mac> snapshots() {
        Set<Mac> live = new HashSet<>();
        locations.keySet().forEach(key -> {
            if (key.type() == SNAPSHOT
                    && packfiles.containsKey(key.packfile())
                    && !colours.containsKey(new Colour(SNAPSHOT, key.blob()))) {
                live.add(key.blob());
            }
        });
        return live;
    }

    static Mac blob(int number) {
        // Few first bytes, so that MACs share prefixes of every length.
        return Mac.of(number % 3 == 0 ? -1L << 20 : number % 3, number % 2, number / 4, number);
    }

    static Mac packfile(int number) {
        return Mac.of(number, 7, 7, 7);
    }

    /** A history with siblings, missing parents, loops, old versions, and entries in any order. */
    static List<State> history(Random random, int count, int blobs, int packfileCount) {
        List<State> states = new ArrayList<>();
        List<Mac> ids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ids.add(Mac.of(random.nextLong(), random.nextLong(), 0, i));
        }
        for (int i = 0; i < count; i++) {
            int version = random.nextInt(8) == 0 ? 0x00010000 : StateReader.VERSION_WITH_PARENT;
            Mac parent = ids.get(Math.max(0, i - 1 - random.nextInt(3)));
            int kind = random.nextInt(20);
            if (version != StateReader.VERSION_WITH_PARENT || kind == 0) {
                parent = Mac.ZERO;
            } else if (kind == 1) {
                parent = Mac.of(random.nextLong(), 0, 0, 0);
            } else if (kind == 2) {
                parent = ids.get(random.nextInt(count));
            }
            List<Entry> entries = new ArrayList<>();
            for (int left = random.nextInt(30); left > 0; left--) {
                entries.add(entry(random, version, blobs, packfileCount));
            }
            if (random.nextBoolean()) {
                entries.sort(Comparator.comparingInt(entry -> entry.code() == 6 ? 0 : entry.code()));
            }
            states.add(new State(ids.get(i), version, parent, random.nextInt(count), entries));
        }
        return states;
    }

    private static Entry entry(Random random, int version, int blobs, int packfileCount) {
        Mac packfile = packfile(random.nextInt(packfileCount));
        Mac blob = blob(random.nextInt(blobs));
        int type = random.nextInt(6) == 0 ? SNAPSHOT : random.nextInt(6) == 0 ? 255 : CHUNK;
        int kind = random.nextInt(version == StateReader.VERSION_WITH_PARENT ? 16 : 13);
        if (kind < 9) {
            return new Entry(2, 0, type, blob, packfile, random.nextLong(1L << 40), random.nextInt());
        } else if (kind < 11) {
            return new Entry(4, 0, 0, Mac.ZERO, packfile, random.nextLong(), 0);
        } else if (kind < 13) {
            boolean snapshot = random.nextBoolean();
            return new Entry(
                    3, 0, snapshot ? SNAPSHOT : PACKFILE, snapshot ? blob : packfile, Mac.ZERO, random.nextLong(), 0);
        } else if (kind == 13) {
            return new Entry(6, 2, type, blob, packfile, 0, 0);
        } else if (kind == 14) {
            boolean snapshot = random.nextBoolean();
            return new Entry(6, 3, snapshot ? SNAPSHOT : PACKFILE, snapshot ? blob : packfile, Mac.ZERO, 0, 0);
        }
        return new Entry(6, 4, 0, Mac.ZERO, packfile, 0, 0);
    }

    private static byte[] bytes(Entry entry) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        switch (entry.code()) {
            case 2 -> {
                out.write(entry.type());
                out.writeBytes(little(4, 0x00010000));
                out.writeBytes(entry.blob().bytes());
                out.writeBytes(entry.packfile().bytes());
                out.writeBytes(little(8, entry.number()));
                out.writeBytes(little(4, entry.length()));
                out.writeBytes(little(4, 0));
            }
            case 3 -> {
                out.write(entry.type());
                out.writeBytes(entry.blob().bytes());
                out.writeBytes(little(8, entry.number()));
            }
            case 4 -> {
                out.writeBytes(entry.packfile().bytes());
                out.writeBytes(new byte[32]);
                out.writeBytes(little(8, entry.number()));
            }
            default -> {
                out.write(entry.target());
                out.write(entry.type());
                out.writeBytes(entry.blob().bytes());
                out.writeBytes(entry.packfile().bytes());
            }
        }
        return out.toByteArray();
    }

    private static byte[] little(int width, long value) {
        byte[] out = new byte[width];
        for (int i = 0; i < width; i++) {
            out[i] = (byte) (value >>> 8 * i);
        }
        return out;
    }
}
