/**
 * A Dropbox on this machine: the HTTP API v2 with accounts, folders, revisions, cursors and upload sessions, reached by any
 * client that honours {@code HTTPS_PROXY} and {@code SSL_CERT_FILE}, the real rclone among them. Start at
 * {@link io.plakar.testkit.dropbox.DropboxEmulator}, then {@link io.plakar.testkit.dropbox.DropboxAccount} for what lies in it and
 * {@link io.plakar.testkit.dropbox.Faults} for what goes wrong.
 *
 * <p>A request takes this way: {@link io.plakar.testkit.dropbox.ConnectProxy} (which leads to no other host) → TLS →
 * {@link io.plakar.testkit.dropbox.ApiServer} (counts, faults, authentication, argument) → one method of
 * {@link io.plakar.testkit.dropbox.FileRoutes}, {@link io.plakar.testkit.dropbox.SharingRoutes} or
 * {@link io.plakar.testkit.dropbox.UserRoutes} → {@link io.plakar.testkit.dropbox.DropboxTree}.
 *
 * <p>Invariants: it listens on the loopback address only and never contacts anything; contents are immutable once committed and live
 * until the emulator is closed; every change has a number, and a cursor is the number of the last change it has told. The API is the one
 * of {@code spec/connectors.md} §6.
 */
@NullMarked
package io.plakar.testkit.dropbox;

import org.jspecify.annotations.NullMarked;
