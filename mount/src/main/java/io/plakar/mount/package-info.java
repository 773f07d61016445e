/**
 * Snapshots as a file system that can be read: {@link io.plakar.mount.MountedTree} is what is shown, whatever shows it.
 * {@code fuse} shows it to the kernel, {@code http} to WebDAV clients and browsers. Read first
 * {@link io.plakar.mount.MountedTree}, {@link io.plakar.mount.Node}. Spec: http-api §3, cli §10.21.
 *
 * <p>Invariants: nothing is ever written; no byte is shown that was not verified; names are bytes; memory is bounded
 * whatever the number of files: entries, chunks and trees are kept in caches of a fixed size.
 */
@NullMarked
package io.plakar.mount;

import org.jspecify.annotations.NullMarked;
