package io.plakar.bench.peers;

import java.util.List;

/**
 * What a process took.
 *
 * @param wall seconds
 * @param cpu seconds, user and system, children included
 * @param peak largest resident set of the process or one of its children, bytes
 * @param store size of the store afterwards, bytes
 */
record Usage(double wall, double cpu, long peak, long store) {
    /** The median of each figure by itself. */
    static Usage median(List<Usage> of) {
        return new Usage(
                middle(of.stream().mapToDouble(Usage::wall).sorted().toArray()),
                middle(of.stream().mapToDouble(Usage::cpu).sorted().toArray()),
                (long) middle(of.stream().mapToDouble(Usage::peak).sorted().toArray()),
                (long) middle(of.stream().mapToDouble(Usage::store).sorted().toArray()));
    }

    private static double middle(double[] sorted) {
        int half = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
    }
}
