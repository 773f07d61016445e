/**
 * Where a stream of bytes is cut into chunks, and how random a chunk looks. Read {@link io.plakar.kloset.chunking.FastCdc}
 * first; {@link io.plakar.kloset.chunking.Entropy} is the second and last thing here.
 *
 * <p>Invariants: cut points depend on the bytes and the store's chunking parameters only, never on a key nor on how the
 * bytes were read; the window given to the chunker is filled to the maximum chunk size unless the stream ends in it.
 * Specification: format-storage §8.2 and §8.3, entropy format-snapshot §6.
 */
@NullMarked
package io.plakar.kloset.chunking;

import org.jspecify.annotations.NullMarked;
