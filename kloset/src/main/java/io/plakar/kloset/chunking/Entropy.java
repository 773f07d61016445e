package io.plakar.kloset.chunking;

import java.util.Arrays;

/**
 * Shannon entropy of byte ranges in bits per byte, 0 for constant data and 8 for uniform noise. Keeps its counters
 * between calls, so an instance belongs to one thread.
 */
public final class Entropy {
    private static final double LN2 = 0.693147180559945309417232121458176568;

    // Four tables, because a run of equal bytes would make each increment wait for the one before.
    private final int[] counts = new int[4 * 256];

    /** Entropy of {@code data[offset, offset + length)}; 0 if the range is empty. */
    public double of(byte[] data, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        final int[] count = counts;
        Arrays.fill(count, 0);
        int i = offset;
        final int end = offset + length;
        for (; i <= end - 4; i += 4) {
            count[data[i] & 0xff]++;
            count[256 + (data[i + 1] & 0xff)]++;
            count[512 + (data[i + 2] & 0xff)]++;
            count[768 + (data[i + 3] & 0xff)]++;
        }
        for (; i < end; i++) {
            count[data[i] & 0xff]++;
        }
        double entropy = 0;
        for (int value = 0; value < 256; value++) {
            int n = count[value] + count[256 + value] + count[512 + value] + count[768 + value];
            if (n > 0) {
                double p = (double) n / length;
                entropy -= p * log2(p);
            }
        }
        return entropy;
    }

    /** Base-2 logarithm, exact for powers of two, and the same to the last bit as in stores others wrote. */
    private static double log2(double x) {
        int exponent = Math.getExponent(x) + 1;
        double fraction = Math.scalb(x, -exponent);
        if (fraction == 0.5) {
            return exponent - 1;
        }
        return StrictMath.log(fraction) * (1 / LN2) + exponent;
    }
}
