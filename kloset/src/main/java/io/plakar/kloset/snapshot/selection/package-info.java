/**
 * Chooses snapshots: one by what the user typed, many by what their headers say, and which of those to keep. Read first
 * {@link io.plakar.kloset.snapshot.selection.SnapshotSelector},
 * {@link io.plakar.kloset.snapshot.selection.SnapshotFilter}, {@link io.plakar.kloset.snapshot.selection.Retention}.
 * Everything is a pure function of the candidates and of the time given as now; all calendars are UTC. Spec:
 * format-snapshot §13.
 */
@NullMarked
package io.plakar.kloset.snapshot.selection;

import org.jspecify.annotations.NullMarked;
