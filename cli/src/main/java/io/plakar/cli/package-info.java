/**
 * The {@code plakar} command: words in, exit status out. Read first {@link io.plakar.cli.Plakar}, {@link
 * io.plakar.cli.Program}, {@link io.plakar.cli.CommandTable} and {@link io.plakar.cli.Invocation}.
 *
 * <p>One command table is the source of parsing, help and examples. Only the invoked command's options are built.
 * Results go to standard output, everything else to standard error. Spec: cli §1, §6, §13, §14.
 */
@NullMarked
package io.plakar.cli;

import org.jspecify.annotations.NullMarked;
