/**
 * How a long run shows itself: as lines, as one moving line on a terminal, or as JSON objects. Read first {@link
 * io.plakar.cli.render.RunDisplay}, then {@link io.plakar.cli.render.LineDisplay}, {@link
 * io.plakar.cli.render.ProgressDisplay} and {@link io.plakar.cli.render.JsonDisplay}. Displays are fed by many threads,
 * never block the run for long, and are drained before the program ends. Spec: cli §9, §14.
 */
@NullMarked
package io.plakar.cli.render;

import org.jspecify.annotations.NullMarked;
