/**
 * Honest stand-ins for real places: a store, a source and a destination in memory, and a store that fails on demand.
 * Each runs the conformance suite of its kind, so that what is proved on them holds for the real ones.
 */
@NullMarked
package io.plakar.testkit;

import org.jspecify.annotations.NullMarked;
