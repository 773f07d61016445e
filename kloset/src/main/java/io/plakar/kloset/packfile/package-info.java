/**
 * Packfiles: many encoded blobs in one store object, with an index of their own at the end (format-storage §9).
 *
 * <pre>
 * blobs ‖ enc(index) ‖ enc(footer) ‖ u32 length of enc(footer)          inside a wrapper of type 4
 *
 * index record, 56 bytes                         footer, 56 bytes
 * 0   u32  blob type                             0   i64  creation, ns
 * 4   u32  blob version                          8   u32  number of index records
 * 8   32   id                                    12  u64  size of the blob region
 * 40  u64  offset in the payload                 20  32   MAC of the plain index
 * 48  u32  length, encoded                       52  u32  flags, 0
 * 52  u32  flags, 0
 * </pre>
 *
 * Read first {@link io.plakar.kloset.packfile.PackfileWriter} and {@link io.plakar.kloset.packfile.PackfileReader}.
 * Every packfile of a store begins and ends with a blob of random bytes; at least 8192 bytes follow the last real blob
 * because Plakar's reader widens its ranges (§9.4).
 */
@NullMarked
package io.plakar.kloset.packfile;

import org.jspecify.annotations.NullMarked;
