/**
 * Tar archives as a source and as a destination, and the writers for tar and zip that {@code archive} uses.
 *
 * <p>Read first: {@link io.plakar.connector.tar.TarImporter}, {@link io.plakar.connector.tar.TarExporter} and
 * {@link io.plakar.connector.tar.TarWriter}; the bytes are known to {@code TarReader} and {@code TarWriter}.
 *
 * <p>A tar archive is a row of 512-byte blocks: a header, then the content padded to whole blocks, and two blocks of
 * zeros at the end. The fields of a header which matter here (POSIX ustar, GNU):
 *
 * <pre>
 * offset  size  field
 * 0       100   name
 * 100     8     mode, octal
 * 108     8     uid           116  8  gid
 * 124     12    size, octal, or base 256 when the first bit is set
 * 136     12    mtime, seconds
 * 148     8     checksum: sum of all bytes, this field taken as blanks
 * 156     1     type: 0 file, 1 hard link, 2 symlink, 3 char, 4 block, 5 directory, 6 fifo, x g PAX, L K GNU long name, S sparse
 * 157     100   link name
 * 257     8     "ustar\\0" "00" (POSIX), "ustar  \\0" (GNU)
 * 265     32    user name     297  32  group name
 * 345     155   prefix of the name (POSIX)
 * </pre>
 *
 * <p>Invariants: names, link texts and attribute values are bytes and never decoded; a name never leaves the root;
 * whatever the archive claims, memory for headers is bounded; no archive gives another error than a
 * {@link io.plakar.connector.ConnectorException}.
 */
@NullMarked
package io.plakar.connector.tar;

import org.jspecify.annotations.NullMarked;
