package io.plakar.kloset.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Codes, lengths and integer layout of the state stream (format-storage §10.1); all integers are little-endian. */
final class StateFormat {
    static final int END = 1;
    static final int LOCATION = 2;
    static final int COLOURED = 3;
    static final int PACKFILE = 4;
    static final int CONFIGURATION = 5;
    static final int DELETE = 6;

    static final int LOCATION_LENGTH = 85;
    static final int COLOURED_LENGTH = 41;
    static final int PACKFILE_LENGTH = 72;
    static final int DELETE_LENGTH = 66;
    static final int TRAILER_LENGTH = 28;

    /** Key and value at their longest, their two lengths and the time. */
    static final int CONFIGURATION_MAX = 1 + 255 + 2 + 65535 + 8;

    /** 16 MiB: more than any entry of a later version can sensibly need. */
    static final int UNKNOWN_MAX = 1 << 24;

    static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    static final VarHandle LONG_BIG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private StateFormat() {}
}
