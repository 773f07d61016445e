/**
 * Every place that the user's own {@code rclone} reaches, as a source, a destination and a store (connectors §4, §5).
 *
 * <p>Read first: {@link io.plakar.connector.rclone.RcloneDaemon}, the {@code rclone rcd} process behind one remote;
 * {@link io.plakar.connector.rclone.Remote}, what can be done at that remote; then
 * {@link io.plakar.connector.rclone.RcloneImporter}, {@link io.plakar.connector.rclone.RcloneExporter} and
 * {@link io.plakar.connector.rclone.RcloneStore}.
 *
 * <p>Invariants: a secret is never on a command line nor in a file of ours; content goes over loopback and memory only,
 * never through a temporary file; the process dies with ours, whatever ends ours; {@link
 * io.plakar.connector.rclone.RetryingCalls} alone tries again.
 *
 * <p>A store at a remote has Plakar's flat layout (connectors §4):
 *
 * <pre>
 * CONFIG
 * packfiles/&lt;64 hex digits&gt;
 * states/&lt;64 hex digits&gt;
 * locks/&lt;64 hex digits&gt;
 * </pre>
 */
@NullMarked
package io.plakar.connector.rclone;

import org.jspecify.annotations.NullMarked;
