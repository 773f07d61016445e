/**
 * The content of files: objects and their chunks read back and verified. Read first
 * {@link io.plakar.kloset.content.ContentReader}. Spec: format-snapshot §6.
 */
@NullMarked
package io.plakar.kloset.content;

import org.jspecify.annotations.NullMarked;
