/**
 * The border to the terminal and the standard streams: bytes out, what the streams are connected to, and signals. Read
 * first {@link io.plakar.cli.terminal.Output}. Nothing here asks the terminal a question.
 */
@NullMarked
package io.plakar.cli.terminal;

import org.jspecify.annotations.NullMarked;
