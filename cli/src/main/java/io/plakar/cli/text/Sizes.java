package io.plakar.cli.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes for people: base 1024, two or three digits. */
public final class Sizes {
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final int BITS_PER_UNIT = 10;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,18})\\s*([KMGTPE]?)(I?)B?");

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

    /**
     * The bytes meant by {@code text}: a whole number, with a unit or without: {@code 500GiB} and {@code 500G} are base
     * 1024, {@code 500GB} is base 1000.
     *
     * @throws IllegalArgumentException when it is no size, or one beyond 2^63
     */
    public static long parse(String text) {
        String upper = text.strip().toUpperCase(Locale.ROOT);
        Matcher found = SIZE.matcher(upper);
        if (!found.matches() || (found.group(2).isEmpty() && !found.group(3).isEmpty())) {
            throw new IllegalArgumentException("not a size: " + text);
        }
        int power = "KMGTPE".indexOf(found.group(2)) + (found.group(2).isEmpty() ? 0 : 1);
        boolean decimal = upper.endsWith("B") && found.group(3).isEmpty();
        long bytes = Long.parseLong(found.group(1));
        try {
            for (int i = 0; i < power; i++) {
                bytes = Math.multiplyExact(bytes, decimal ? 1000L : 1024L);
            }
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("too large: " + text, e);
        }
        return bytes;
    }
}
