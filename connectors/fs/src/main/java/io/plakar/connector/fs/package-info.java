/**
 * Files of this machine as source, destination and store (scheme {@code fs}).
 *
 * <p>Read first: {@link io.plakar.connector.fs.FsImporter}, {@link io.plakar.connector.fs.FsExporter},
 * {@link io.plakar.connector.fs.FsStore}. All three stand on {@link io.plakar.connector.fs.FileTree}, which has two
 * implementations: {@link io.plakar.connector.fs.NativeFs} (Linux, the C library by the foreign function interface,
 * names as raw bytes, everything kept) and {@link io.plakar.connector.fs.NioFs} ({@code java.nio}, elsewhere).
 *
 * <p>Invariants: a path is a {@link io.plakar.connector.BytePath} from the location's text onwards
 * ({@link io.plakar.connector.fs.PathText} is the only place where text becomes bytes); a system's error is translated
 * once, in {@link io.plakar.connector.fs.Errno} or in {@code NioFs}; a descriptor has one owner.
 *
 * <p>Layout of a store (format-storage §2):
 *
 * <pre>
 * root/CONFIG                            wrapped configuration, written last
 * root/packfiles/00 … ff/&lt;64 hex&gt;        packfile, in the directory of its first byte
 * root/states/00 … ff/&lt;64 hex&gt;           state
 * root/locks/&lt;64 hex&gt;                    lock
 * root/tmp.N, packfiles/tmp.N, states/tmp.N   being written
 * </pre>
 */
@NullMarked
package io.plakar.connector.fs;

import org.jspecify.annotations.NullMarked;
