/**
 * The msgpack of the format: writes the canonical form, reads any form.
 *
 * <p>Read first {@link io.plakar.kloset.msgpack.MsgpackWriter} and {@link io.plakar.kloset.msgpack.MsgpackReader}.
 *
 * <p>Invariants: integers are written in the full width of their declared type (but for {@code smallest}); strings are
 * bytes; reading accepts every width and nil for every zero, and never allocates more than the bytes at hand can hold.
 * Spec: format-snapshot §1.
 */
@NullMarked
package io.plakar.kloset.msgpack;

import org.jspecify.annotations.NullMarked;
