/**
 * A {@link io.plakar.mount.MountedTree} over HTTP: WebDAV of class 1 that only reads (RFC 4918), for file managers and
 * rclone, and pages for browsers on the same addresses. Read first {@link io.plakar.mount.http.TreeServer},
 * {@link io.plakar.mount.http.TreeHandler}.
 *
 * <table><caption>Requests</caption>
 * <tr><td>GET, HEAD</td><td>a file, whole or one range of it; a page for a directory</td></tr>
 * <tr><td>PROPFIND</td><td>with depth 0 or 1</td></tr>
 * <tr><td>OPTIONS</td><td>what there is</td></tr>
 * <tr><td>anything else</td><td>405</td></tr>
 * </table>
 *
 * <p>Links are followed inside their snapshot. WebDAV has none: a link to a file is listed as that file, a link to a
 * directory is not listed, so that whoever walks the tree comes to an end. Pages show all names.
 */
@NullMarked
package io.plakar.mount.http;

import org.jspecify.annotations.NullMarked;
