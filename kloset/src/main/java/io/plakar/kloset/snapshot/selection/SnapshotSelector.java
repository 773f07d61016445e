package io.plakar.kloset.snapshot.selection;

import io.plakar.connector.BytePath;
import io.plakar.connector.Mac;
import io.plakar.kloset.KlosetException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One snapshot and a path in it, as typed: {@code SNAPSHOT[:PATH]}. SNAPSHOT is any number of leading digits of an id,
 * or {@code latest}, or {@code latest~N} for the N-th before the latest. Immutable.
 */
public final class SnapshotSelector {
    private static final String LATEST = "latest";

    private final String snapshot;
    private final byte[] path;
    /** How many snapshots before the latest; -1 if an id was given. */
    private final int back;

    private SnapshotSelector(String snapshot, byte[] path) {
        this.snapshot = snapshot;
        this.path = path;
        this.back = stepsBack(snapshot);
    }

    /**
     * Splits what was typed at the first {@code :}; what begins with {@code /} is all path. Nothing is checked yet, as
     * whatever names no snapshot is reported by {@link #resolve}.
     */
    public static SnapshotSelector parse(byte[] argument) {
        if (argument.length > 0 && argument[0] == '/') {
            return new SnapshotSelector("", argument.clone());
        }
        int colon = 0;
        while (colon < argument.length && argument[colon] != ':') {
            colon++;
        }
        String snapshot = new String(argument, 0, colon, StandardCharsets.UTF_8);
        byte[] path = colon < argument.length ? Arrays.copyOfRange(argument, colon + 1, argument.length) : new byte[0];
        return new SnapshotSelector(snapshot, path);
    }

    private static int stepsBack(String snapshot) {
        if (!snapshot.startsWith(LATEST)) {
            return -1;
        }
        String rest = snapshot.substring(LATEST.length());
        if (rest.isEmpty()) {
            return 0;
        }
        // nine digits always fit
        if (rest.length() < 2 || rest.length() > 10 || rest.charAt(0) != '~') {
            return -1;
        }
        int back = 0;
        for (int i = 1; i < rest.length(); i++) {
            char digit = rest.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            back = back * 10 + (digit - '0');
        }
        return back;
    }

    /** The part before the colon: leading digits of an id, possibly none, or {@code latest}. */
    public String prefix() {
        return snapshot;
    }

    /** Whether the snapshot is named by its place in time, not by its id. */
    public boolean isRelative() {
        return back >= 0;
    }

    /** The path exactly as typed, empty if there was none; a fresh array. */
    public byte[] pathBytes() {
        return path.clone();
    }

    /** Whether a path was typed. */
    public boolean hasPath() {
        return path.length > 0;
    }

    /** The path meant: as typed if absolute, otherwise below the directory of the snapshot's source. */
    public BytePath path(BytePath sourceDirectory) {
        if (path.length > 0 && path[0] == '/') {
            return BytePath.clean(path);
        }
        byte[] base = sourceDirectory.bytes();
        byte[] joined = Arrays.copyOf(base, base.length + 1 + path.length);
        joined[base.length] = '/';
        System.arraycopy(path, 0, joined, base.length + 1, path.length);
        return BytePath.clean(joined);
    }

    /**
     * The one snapshot meant, among all ids of a store, newest first.
     *
     * @throws KlosetException.Invalid if there is none, or more than one
     */
    public Mac resolve(List<Mac> newestFirst) throws KlosetException.Invalid {
        List<Mac> matches = matches(newestFirst);
        if (matches.isEmpty()) {
            throw new KlosetException.Invalid(
                    back < 0
                            ? "no snapshot has prefix: " + snapshot
                            : "no snapshot is " + snapshot + ": the store holds " + newestFirst.size());
        }
        if (matches.size() > 1) {
            throw new KlosetException.Invalid(
                    "snapshot ID is ambiguous: " + snapshot + " (matches " + matches.size() + " snapshots)");
        }
        return matches.getFirst();
    }

    /** All snapshots which may be meant, in the order given: newest first. */
    public List<Mac> matches(List<Mac> newestFirst) {
        if (back >= 0) {
            return back < newestFirst.size() ? List.of(newestFirst.get(back)) : List.of();
        }
        List<Mac> matches = new ArrayList<>();
        for (Mac id : newestFirst) {
            if (id.toHex().startsWith(snapshot)) {
                matches.add(id);
            }
        }
        return matches;
    }

    /** What was typed, for messages. */
    @Override
    public String toString() {
        return path.length == 0 ? snapshot : snapshot + ":" + new String(path, StandardCharsets.UTF_8);
    }
}
