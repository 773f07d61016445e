package io.plakar.kloset.check;

import java.time.Duration;

/**
 * The verdict.
 *
 * @param snapshots looked at
 * @param snapshotsDamaged of these, how many have at least one error
 * @param errors damaged paths, trees and store objects
 * @param bytesFetched bytes read from the store
 */
public record CheckResult(
        Duration duration, long snapshots, long snapshotsDamaged, long errors, long storeErrors, long bytesFetched) {
    public boolean clean() {
        return errors == 0 && storeErrors == 0;
    }
}
