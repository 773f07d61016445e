/** The engine as a library: opens a Kloset store, backs up into it, lists, restores and checks what it holds. */
@NullMarked
package io.plakar.kloset;

import org.jspecify.annotations.NullMarked;
