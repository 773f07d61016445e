/**
 * One class per command: its description for the command table and what it does. Read first {@link
 * io.plakar.cli.command.LsCommand}. A command holds no logic a server would need too. Spec: cli §10.
 */
@NullMarked
package io.plakar.cli.command;

import org.jspecify.annotations.NullMarked;
