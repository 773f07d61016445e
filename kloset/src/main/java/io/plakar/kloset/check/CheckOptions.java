package io.plakar.kloset.check;

/**
 * How thorough a check is.
 *
 * @param fast only that everything needed is there, nothing is read but the trees
 * @param verifySignature verify the signature of signed snapshots
 * @param reportPaths tell the listener of whole paths too
 */
public record CheckOptions(boolean fast, boolean verifySignature, boolean reportPaths) {}
