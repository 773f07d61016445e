/**
 * A snapshot: its header, and the tree of files behind it.
 *
 * <p>Read first {@link io.plakar.kloset.snapshot.SnapshotHeader} and {@link io.plakar.kloset.snapshot.SnapshotTree}.
 *
 * <p>Invariants: a header has exactly one source and is written in canonical form; a tree is read through blobs only,
 * with bounded memory for directories of any size, and tolerates what older writers left out (format-snapshot §17.1).
 * Spec: format-snapshot §3 (header), §4 (trees), §12, §13.1 (paths).
 */
@NullMarked
package io.plakar.kloset.snapshot;

import org.jspecify.annotations.NullMarked;
