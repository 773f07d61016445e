/**
 * The forms in which the program writes and reads sizes, times, durations and names, and its judgement of passphrases.
 * Pure functions; time and zone come in. Scripts read these forms, so they are those of the reference to the byte:
 * {@link io.plakar.cli.text.Sizes}, {@link io.plakar.cli.text.Times}, {@link io.plakar.cli.text.Durations},
 * {@link io.plakar.cli.text.DisplayNames}, {@link io.plakar.cli.text.PassphraseStrength}. Spec: cli §3.1, §8.
 */
@NullMarked
package io.plakar.cli.text;

import org.jspecify.annotations.NullMarked;
