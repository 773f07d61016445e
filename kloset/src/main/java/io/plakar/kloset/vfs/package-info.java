/**
 * What a snapshot says about its files: entries, objects with their chunks, extended attributes, errors, summaries and
 * directory packs, as values and as bytes.
 *
 * <p>Read first {@link io.plakar.kloset.vfs.Entry}, {@link io.plakar.kloset.vfs.FileObject} and
 * {@link io.plakar.kloset.vfs.DirectoryPack}.
 *
 * <p>Invariants: what is written is the one canonical encoding, since another program re-encodes our entries and trusts
 * that the result has the same id (format-snapshot §12.1); what is read may have any order, width and unknown keys.
 * Names are bytes. Spec: format-snapshot §5 (entry), §6 (object), §7 (attributes, errors), §8 (summary), §9 (directory
 * pack). A frame of a directory pack:
 *
 * <table>
 * <caption>frame</caption>
 * <tr><td>u8</td><td>1 directory, 2 anything else</td></tr>
 * <tr><td>u32 little-endian</td><td>length of the rest: entry + 32</td></tr>
 * <tr><td>bytes</td><td>the entry blob</td></tr>
 * <tr><td>32 bytes</td><td>MAC of the entry blob</td></tr>
 * </table>
 */
@NullMarked
package io.plakar.kloset.vfs;

import org.jspecify.annotations.NullMarked;
