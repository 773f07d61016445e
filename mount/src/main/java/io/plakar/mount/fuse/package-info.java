/**
 * A {@link io.plakar.mount.MountedTree} in the kernel's name space, through libfuse3 and jfuse. Read first
 * {@link io.plakar.mount.fuse.FuseMount}, {@link io.plakar.mount.fuse.TreeOperations}.
 *
 * <p>jfuse keeps names as strings and has no setter for inode numbers; {@link io.plakar.mount.fuse.NativeRecords} goes
 * around that (docs/adr/0008). Nothing that is thrown may leave an operation: it would end the JVM.
 */
@NullMarked
package io.plakar.mount.fuse;

import org.jspecify.annotations.NullMarked;
