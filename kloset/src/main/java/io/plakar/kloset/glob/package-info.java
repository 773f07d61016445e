/**
 * Shell patterns on names of bytes. Read {@link io.plakar.kloset.glob.Glob}. Used by excludes (format-snapshot §15) and
 * by {@code locate} (§14).
 */
@NullMarked
package io.plakar.kloset.glob;

import org.jspecify.annotations.NullMarked;
