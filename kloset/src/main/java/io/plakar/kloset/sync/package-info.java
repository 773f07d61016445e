/**
 * Copies snapshots from one store into another: decoded, and stored anew under the other store's keys and parameters.
 * Read first {@link io.plakar.kloset.sync.SnapshotCopy}. Spec: format-snapshot §11.1.
 */
@NullMarked
package io.plakar.kloset.sync;

import org.jspecify.annotations.NullMarked;
