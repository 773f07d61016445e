package io.plakar.kloset.codec;

/**
 * Hashes several whole BLAKE3 chunks of 1024 bytes side by side, one per lane. Holds its scratch memory, so an instance
 * belongs to one thread.
 */
interface LaneKernel {
    /** Most chunks one call takes; a power of two. */
    int lanes();

    /** Fewest chunks for which a call is faster than hashing them one by one. */
    int worthwhile();

    /**
     * Writes the chaining values of {@code count} chunks, eight words each, to the front of {@code out}.
     *
     * @param counter number of the first chunk within the whole input
     * @param flags the mode flags every block has
     */
    void chunks(byte[] data, int offset, int count, long counter, int[] key, int flags, int[] out);

    /** Replaces the first {@code 2 * count} chaining values of {@code values} by those of their {@code count} parents. */
    void parents(int[] values, int count, int[] key, int flags);
}
