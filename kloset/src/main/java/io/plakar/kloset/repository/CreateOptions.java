package io.plakar.kloset.repository;

/**
 * How a new store is made.
 *
 * @param hashing {@code BLAKE3} or {@code SHA256}, any case
 * @param compressed LZ4, or nothing
 * @param singlePackfile for a ptar: the one packfile has no size limit
 */
public record CreateOptions(String hashing, boolean compressed, boolean singlePackfile) {
    public static final CreateOptions DEFAULT = new CreateOptions("BLAKE3", true, false);
}
