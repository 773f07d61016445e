package io.plakar.kloset.restore;

import java.time.Duration;

/**
 * What a restore did; counts are paths.
 *
 * @param kept left alone by the overwrite rule
 * @param errors paths which could not be restored
 * @param corrupt those of them whose data in the store is damaged or missing
 * @param warnings attributes which could not be set
 */
public record RestoreResult(
        Duration duration,
        long files,
        long directories,
        long others,
        long kept,
        long bytesWritten,
        long errors,
        long corrupt,
        long warnings,
        long bytesFetched) {}
