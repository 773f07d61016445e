package io.plakar.kloset.state;

import io.plakar.connector.Mac;
import java.io.IOException;
import java.io.OutputStream;
import java.util.UUID;

/**
 * Writes the plain stream of one state, version 1.1.0 (format-storage §10.1). Confined to a thread; entries must come
 * as deletes, locations, colours, packfiles, because a delete acts on what was known before this state. Memory does not
 * depend on the number of entries. The output is neither flushed nor closed before or after {@link #finish}.
 */
public final class StateWriter {
    /** The version written into the stream and to be put into the wrapper. */
    public static final int VERSION = 0x00010100;

    private static final int DELETES = 0;
    private static final int LOCATIONS = 1;
    private static final int COLOURS = 2;
    private static final int PACKFILES = 3;
    private static final int FINISHED = 4;

    private final OutputStream out;
    private final byte[] buffer = new byte[1 << 15];
    private int position;
    private int stage = DELETES;

    /** A stream that begins with the parent; {@link Mac#ZERO} for none. */
    public StateWriter(OutputStream out, Mac parent) {
        this.out = out;
        parent.copyTo(buffer, 0);
        position = Mac.BYTES;
    }

    /** Removes the location of a blob in one packfile. */
    public void deleteLocation(int type, Mac blob, Mac packfile) throws IOException {
        delete(StateFormat.LOCATION, type, blob, packfile);
    }

    /** Removes the colour of a resource. */
    public void deleteColour(int type, Mac resource) throws IOException {
        delete(StateFormat.COLOURED, type, resource, Mac.ZERO);
    }

    /** Removes a packfile and every location in it. */
    public void deletePackfile(Mac packfile) throws IOException {
        delete(StateFormat.PACKFILE, 0, Mac.ZERO, packfile);
    }

    private void delete(int target, int type, Mac blob, Mac packfile) throws IOException {
        int at = entry(DELETES, StateFormat.DELETE, StateFormat.DELETE_LENGTH);
        buffer[at] = (byte) target;
        buffer[at + 1] = octet(type);
        blob.copyTo(buffer, at + 2);
        packfile.copyTo(buffer, at + 34);
    }

    /**
     * Says where a blob lies.
     *
     * @param version of the blob type
     * @param offset from the start of the packfile's payload
     * @param length encoded bytes, an unsigned 32-bit number
     */
    public void location(int type, int version, Mac blob, Mac packfile, long offset, int length) throws IOException {
        int at = entry(LOCATIONS, StateFormat.LOCATION, StateFormat.LOCATION_LENGTH);
        buffer[at] = octet(type);
        StateFormat.INT.set(buffer, at + 1, version);
        blob.copyTo(buffer, at + 5);
        packfile.copyTo(buffer, at + 37);
        StateFormat.LONG.set(buffer, at + 69, offset);
        StateFormat.INT.set(buffer, at + 77, length);
        StateFormat.INT.set(buffer, at + 81, 0);
    }

    /** Marks a resource for deletion since {@code when} (nanoseconds since the epoch). */
    public void coloured(int type, Mac resource, long when) throws IOException {
        int at = entry(COLOURS, StateFormat.COLOURED, StateFormat.COLOURED_LENGTH);
        buffer[at] = octet(type);
        resource.copyTo(buffer, at + 1);
        StateFormat.LONG.set(buffer, at + 33, when);
    }

    /** Says that a packfile exists, written under {@code state} (the id this state will be stored under). */
    public void packfile(Mac packfile, Mac state, long timestamp) throws IOException {
        int at = entry(PACKFILES, StateFormat.PACKFILE, StateFormat.PACKFILE_LENGTH);
        packfile.copyTo(buffer, at);
        state.copyTo(buffer, at + 32);
        StateFormat.LONG.set(buffer, at + 64, timestamp);
    }

    /** Writes the end of the stream; nothing may follow. */
    public void finish(long timestamp, UUID serial) throws IOException {
        advance(FINISHED);
        reserve(1 + StateFormat.TRAILER_LENGTH);
        buffer[position] = StateFormat.END;
        StateFormat.INT.set(buffer, position + 1, VERSION);
        StateFormat.LONG.set(buffer, position + 5, timestamp);
        StateFormat.LONG_BIG.set(buffer, position + 13, serial.getMostSignificantBits());
        StateFormat.LONG_BIG.set(buffer, position + 21, serial.getLeastSignificantBits());
        position += 1 + StateFormat.TRAILER_LENGTH;
        drain();
    }

    private int entry(int entryStage, int code, int length) throws IOException {
        advance(entryStage);
        reserve(5 + length);
        buffer[position] = (byte) code;
        StateFormat.INT.set(buffer, position + 1, length);
        int at = position + 5;
        position = at + length;
        return at;
    }

    private void advance(int next) {
        if (next < stage || stage == FINISHED) {
            throw new IllegalStateException("state entries come as deletes, locations, colours, packfiles, end");
        }
        stage = next;
    }

    private static byte octet(int type) {
        if (type < 0 || type > 255) {
            throw new IllegalArgumentException("no such resource type: " + type);
        }
        return (byte) type;
    }

    private void reserve(int count) throws IOException {
        if (buffer.length - position < count) {
            drain();
        }
    }

    private void drain() throws IOException {
        out.write(buffer, 0, position);
        position = 0;
    }
}
