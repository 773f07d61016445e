/**
 * What things cost. {@link io.plakar.bench.Startup} compares the program's start with that of an empty Java program, and
 * opening an encrypted store with the key derivation that it cannot do without; {@code bench/startup} runs it.
 */
@NullMarked
package io.plakar.bench;

import org.jspecify.annotations.NullMarked;
