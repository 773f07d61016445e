/**
 * What the command line and the server share: which store, destination or source a word means, where the program keeps
 * its files, where a passphrase comes from, and which exit status a failure has. Read first {@link
 * io.plakar.app.Connectors}, {@link io.plakar.app.StoreLocation}, {@link io.plakar.app.Passphrases} and {@link
 * io.plakar.app.ExitCode}.
 *
 * <p>Nothing here reads the environment by itself: {@link io.plakar.app.Variables} comes in, so that every rule can be
 * tested. Spec: cli §2-§6, connectors §1.
 */
@NullMarked
package io.plakar.app;

import org.jspecify.annotations.NullMarked;
