/**
 * Looking for files in many snapshots at once. Read first {@link io.plakar.kloset.search.SnapshotSearch}.
 *
 * <p>Invariants: a listing which several snapshots share is read once; each distinct entry is found once, together with
 * the snapshots which have it.
 */
@NullMarked
package io.plakar.kloset.search;

import org.jspecify.annotations.NullMarked;
