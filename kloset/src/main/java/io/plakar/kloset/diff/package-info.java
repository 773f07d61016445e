/**
 * What is different between two snapshots, and between two texts. Read first {@link io.plakar.kloset.diff.TreeDiff} and
 * {@link io.plakar.kloset.diff.UnifiedDiff}.
 *
 * <p>Invariants: names and lines are bytes, nothing is decoded; directories with equal listings are not read; nothing
 * proportional to the number of files is held.
 */
@NullMarked
package io.plakar.kloset.diff;

import org.jspecify.annotations.NullMarked;
