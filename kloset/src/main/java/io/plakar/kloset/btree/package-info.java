/**
 * The B+trees of a snapshot: sorted keys, each with the id of a blob, in nodes which are blobs themselves.
 *
 * <p>Read first {@link io.plakar.kloset.btree.TreeKind}, {@link io.plakar.kloset.btree.BTreeWriter} and
 * {@link io.plakar.kloset.btree.BTreeReader}.
 *
 * <p>Invariants: a node names its children and its right neighbour by MAC, so trees are written from the right-most
 * leaf to the left and from the leaves to the root. Reading keeps a bounded number of nodes and follows a tree of at
 * most {@link io.plakar.kloset.btree.BTreeReader#DEEPEST} levels. Spec: format-snapshot §4; nodes §4.3:
 *
 * <table>
 * <caption>node</caption>
 * <tr><td>{@code version}</td><td>u32, 0</td></tr>
 * <tr><td>{@code keys}</td><td>array of str, nil when empty</td></tr>
 * <tr><td>{@code pointers}</td><td>array of MAC, one more than keys; nil in a leaf</td></tr>
 * <tr><td>{@code values}</td><td>array of MAC, as many as keys; nil in an inner node</td></tr>
 * <tr><td>{@code next}</td><td>MAC of the leaf to the right; absent in the last leaf and in inner nodes</td></tr>
 * </table>
 */
@NullMarked
package io.plakar.kloset.btree;

import org.jspecify.annotations.NullMarked;
