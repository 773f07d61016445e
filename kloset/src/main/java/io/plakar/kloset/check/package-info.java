/** Proves that snapshots are whole. Read first {@code Check}. Spec: format-snapshot §12.2, design §3. */
@NullMarked
package io.plakar.kloset.check;

import org.jspecify.annotations.NullMarked;
