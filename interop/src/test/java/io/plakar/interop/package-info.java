/**
 * Tests of the program from outside: it runs as a process of its own, on stores that a real Plakar wrote, on damaged
 * ones, on hostile archives, killed at random moments; and what it writes is judged by an independent verifier.
 *
 * <p>Read {@link io.plakar.interop.PlakarProcess} and {@link io.plakar.interop.Outcome} first; {@link
 * io.plakar.interop.Shared} finds the golden stores and the verifier, and says what happens where they are absent.
 */
@NullMarked
package io.plakar.interop;

import org.jspecify.annotations.NullMarked;
