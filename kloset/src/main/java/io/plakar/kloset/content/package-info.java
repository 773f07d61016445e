/**
 * The content of files: objects and their chunks read back and verified. Read first
 * {@link io.plakar.kloset.content.ContentReader}, for reading at any position {@link io.plakar.kloset.content.SeekingReader}. Spec: format-snapshot §6.
 */
@NullMarked
package io.plakar.kloset.content;

import org.jspecify.annotations.NullMarked;
