/**
 * Compares two texts line by line. Read first {@link io.plakar.cli.diff.LineDiff} and {@link
 * io.plakar.cli.diff.UnifiedDiff}. Lines are bytes; nothing is decoded.
 */
@NullMarked
package io.plakar.cli.diff;

import org.jspecify.annotations.NullMarked;
