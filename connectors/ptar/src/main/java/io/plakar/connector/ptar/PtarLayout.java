package io.plakar.connector.ptar;

import io.plakar.connector.ConnectorException;
import io.plakar.connector.ConnectorException.Reason;
import io.plakar.connector.Mac;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Where the three sections of an archive lie, checked against the size of the file. Immutable. */
record PtarLayout(Section config, Section packfile, Section state) {
    static final int HEADER_BYTES = 12;
    static final int TRAILER_BYTES = 48;
    static final int MAX_CONFIG_BYTES = 32768;

    /** The one name under which the state is listed. */
    static final Mac STATE_ID = Mac.of(0x0f0e0d0c0b0a0908L, 0x0706050403020100L, 0, 0);

    /** The one name under which the packfile is listed; it is served under any name. */
    static final Mac PACKFILE_ID = Mac.of(0x0001020304050607L, 0x08090a0b0c0d0e0fL, 0, 0);

    private static final byte[] MAGIC = {'_', 'P', 'L', 'A', 'T', 'A', 'R', '_', 0, 0, 1, 0};
    private static final int MAGIC_BYTES = 8;

    /** A run of bytes of the file. */
    record Section(long offset, long length) {}

    static ByteBuffer header() {
        return ByteBuffer.wrap(MAGIC.clone());
    }

    /** Reads header and trailer; any bytes which are not a whole archive are {@code MALFORMED}. */
    static PtarLayout read(PtarInput input) throws ConnectorException {
        long size = input.size();
        byte[] magic = new byte[MAGIC_BYTES];
        if (size < HEADER_BYTES) {
            throw malformed(input, "invalid magic, this is not a ptar archive");
        }
        input.read(0, ByteBuffer.wrap(magic));
        if (!Arrays.equals(magic, 0, MAGIC_BYTES, MAGIC, 0, MAGIC_BYTES)) {
            throw malformed(input, "invalid magic, this is not a ptar archive");
        }
        if (size < HEADER_BYTES + TRAILER_BYTES) {
            throw malformed(input, "the archive is truncated or was never finished");
        }
        ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        input.read(size - TRAILER_BYTES, trailer);
        trailer.flip();
        long end = size - TRAILER_BYTES;
        Section config = new Section(trailer.getLong(), trailer.getLong());
        if (config.length < 1 || config.length > MAX_CONFIG_BYTES) {
            throw malformed(input, "invalid configuration length: " + config.length + ", file corrupted");
        }
        Section packfile = new Section(trailer.getLong(), trailer.getLong());
        Section state = new Section(trailer.getLong(), trailer.getLong());
        check(input, "configuration", config, end);
        check(input, "packfile", packfile, end);
        check(input, "state", state, end);
        return new PtarLayout(config, packfile, state);
    }

    private static void check(PtarInput input, String what, Section section, long end) throws ConnectorException {
        if (section.offset < HEADER_BYTES
                || section.length < 0
                || section.offset > end
                || section.length > end - section.offset) {
            throw malformed(
                    input,
                    "the " + what + " section (" + section.length + " bytes at offset " + section.offset
                            + ") does not lie in the file, file corrupted");
        }
    }

    private static ConnectorException malformed(PtarInput input, String why) {
        return new ConnectorException(Reason.MALFORMED, input.name() + ": " + why);
    }

    /** The last 48 bytes of the file, ready to be written. */
    ByteBuffer trailer() {
        ByteBuffer out = ByteBuffer.allocate(TRAILER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (Section section : new Section[] {config, packfile, state}) {
            out.putLong(section.offset).putLong(section.length);
        }
        return out.flip();
    }
}
