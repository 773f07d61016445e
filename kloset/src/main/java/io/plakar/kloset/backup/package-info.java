/** Makes a snapshot of a source. Read first {@code Backup}, {@code FileWorker}. Spec: format-snapshot §11. */
@NullMarked
package io.plakar.kloset.backup;

import org.jspecify.annotations.NullMarked;
