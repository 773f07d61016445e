/** Brings a snapshot, or part of it, back to a destination. Read first {@code Restore}. Spec: format-snapshot §14. */
@NullMarked
package io.plakar.kloset.restore;

import org.jspecify.annotations.NullMarked;
