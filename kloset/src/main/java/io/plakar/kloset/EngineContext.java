package io.plakar.kloset;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * What the engine takes from outside instead of from globals.
 *
 * @param clock the time of snapshots, states and locks
 * @param random subkeys, nonces, ids and padding
 * @param cacheDirectory holds one directory per store with the local index; rebuildable, may be shared by processes
 * @param scratchDirectory parent of this run's private temporary directory (spilled sort runs)
 * @param concurrency worker threads, at least 1
 * @param hostname written into locks
 * @param locking false leaves locks alone
 */
public record EngineContext(
        InstantSource clock,
        SecureRandom random,
        Path cacheDirectory,
        Path scratchDirectory,
        int concurrency,
        String hostname,
        boolean locking) {}
