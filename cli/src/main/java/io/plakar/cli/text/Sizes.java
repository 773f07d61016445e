package io.plakar.cli.text;

/** Sizes for people: base 1024, two or three digits. */
public final class Sizes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int BITS_PER_UNIT = 10;

    private Sizes() {}

    /** {@code bytes}, at least 0, as {@code 42 B}, {@code 1.0 KiB}, {@code 15 MiB}. */
    public static String format(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
        if (bytes < 10) {
            return bytes + " B";
        }
        int unit = (Long.SIZE - 1 - Long.numberOfLeadingZeros(bytes)) / BITS_PER_UNIT;
        long tenths = (long) Math.floor((double) bytes / (1L << unit * BITS_PER_UNIT) * 10 + 0.5);
        if (tenths < 100) {
            return tenths / 10 + "." + tenths % 10 + " " + UNITS[unit];
        }
        // a half goes to the even neighbour
        return (long) Math.rint(tenths / 10.0) + " " + UNITS[unit];
    }

    /** Both forms: {@code 64 MiB (67108864 bytes)}. */
    public static String formatExact(long bytes) {
        return format(bytes) + " (" + bytes + " bytes)";
    }
}
