/**
 * Sorting of more records than fit in memory: {@link io.plakar.kloset.sort.ExternalSorter} collects key/value byte
 * records and hands them back in key order. The order itself is put into the keys ({@link io.plakar.kloset.sort.SortKeys}).
 */
@NullMarked
package io.plakar.kloset.sort;

import org.jspecify.annotations.NullMarked;
