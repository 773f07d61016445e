/**
 * Backup programs side by side, from end to end: the same corpora, the same steps, by turns. {@link
 * io.plakar.bench.peers.Peers} is the driver that {@code bench/peers} runs, {@link io.plakar.bench.peers.Corpus} makes the
 * data, {@link io.plakar.bench.peers.Tool} knows the words each program wants. All stores are encrypted, and what merely
 * opening one costs is measured as a step of its own, so that each figure can be told with and without it.
 */
@NullMarked
package io.plakar.bench.peers;

import org.jspecify.annotations.NullMarked;
