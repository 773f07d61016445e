/**
 * Names the kind of a file's content from its first bytes. Read {@link io.plakar.kloset.mime.ContentType}. File names
 * never matter, only the first {@value io.plakar.kloset.mime.ContentType#HEAD_BYTES} bytes do; the answer is always a
 * valid media type. Spec: format-snapshot §6.
 */
@NullMarked
package io.plakar.kloset.mime;

import org.jspecify.annotations.NullMarked;
