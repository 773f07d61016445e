/**
 * The single-file store: a container which holds one configuration, one packfile and one state.
 *
 * <p>Read first: {@link io.plakar.connector.ptar.PtarStore}, then {@code PtarLayout} for the bytes. The bytes
 * (format-storage §13):
 *
 * <pre>
 * offset      size  content
 * 0           8     "_PLATAR_"
 * 8           4     u32 version 1.0.0 = 00 00 01 00, not checked by readers
 * 12          c     configuration, wrapped
 * 12+c        p     the packfile, wrapped
 * 12+c+p      s     the state, wrapped
 * size-48     48    i64 configOffset, configLength, packfileOffset, packfileLength, stateOffset, stateLength
 * </pre>
 *
 * All numbers are little-endian.
 *
 * <p>Invariants: a file with a final name is whole, because it is written under another name and renamed after its
 * trailer was made durable; no number of a trailer is used before it was checked against the size of the file.
 */
@NullMarked
package io.plakar.connector.ptar;

import org.jspecify.annotations.NullMarked;
