package io.plakar.connector;

import java.util.List;

/**
 * One thing to be restored.
 *
 * @param path below the destination's root, as an absolute path
 * @param info attributes from the snapshot
 * @param linkTarget text of a symbolic link, empty otherwise
 * @param xattrs extended attributes to set
 */
public record ExportEntry(BytePath path, FileInfo info, byte[] linkTarget, List<Xattr> xattrs) {}
