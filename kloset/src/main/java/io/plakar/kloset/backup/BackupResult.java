package io.plakar.kloset.backup;

import io.plakar.connector.Mac;
import java.time.Duration;

/**
 * What a backup did. Counts are paths, sizes are bytes.
 *
 * @param contentBytes size of all regular files in the snapshot
 * @param contentRead content bytes read from the source; 0 when nothing changed
 * @param filesRead regular files whose content was read
 * @param bytesStored bytes sent to the store by this run
 * @param bytesFetched bytes read from the store by this run
 */
public record BackupResult(
        Mac snapshot,
        Duration duration,
        long filesNew,
        long filesChanged,
        long filesUnchanged,
        long directories,
        long others,
        long errors,
        long contentBytes,
        long contentRead,
        long filesRead,
        long chunksNew,
        long bytesStored,
        long bytesFetched) {}
