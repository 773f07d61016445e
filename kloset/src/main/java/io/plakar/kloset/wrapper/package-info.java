/**
 * The envelope of every object in a store (format-storage §4):
 *
 * <pre>
 * 0      8  "_KLOSET_" (readers accept "_PLAKAR_")
 * 8      4  u32 little-endian resource type: 1 config, 2 lock, 3 state, 4 packfile
 * 12     4  u32 little-endian version of that type, major &lt;&lt; 16 | minor &lt;&lt; 8 | patch
 * 16     n  payload
 * 16+n  32  MAC over all before it
 * </pre>
 *
 * Read first {@link io.plakar.kloset.wrapper.Wrapper}; {@link io.plakar.kloset.wrapper.WrapperInputStream} and
 * {@link io.plakar.kloset.wrapper.WrapperOutputStream} are the same for objects that do not fit in memory.
 */
@NullMarked
package io.plakar.kloset.wrapper;

import org.jspecify.annotations.NullMarked;
