/**
 * Which blob lies where: the journal of states and the local index over it. Read first
 * {@link io.plakar.kloset.state.StateIndex}, {@link io.plakar.kloset.state.StateReader} and
 * {@link io.plakar.kloset.state.PendingBlobs}.
 *
 * <p>A state is an append-only journal entry, never rewritten and never deleted; what a store holds is the union of all
 * its states applied parent before child and, among those that are ready, the oldest first (format-storage §10):
 *
 * <pre>
 * parent 32 bytes (version 1.1.0 only) | entry* | u8 1 | u32 version | i64 timestamp | serial 16 bytes
 * entry = u8 code | u32 length | data
 *   2 LOCATION  85  u8 type, u32 version, MAC blob, MAC packfile, u64 offset, u32 length, u32 flags
 *   3 COLOURED  41  u8 type, MAC resource, i64 when
 *   4 PACKFILE  72  MAC packfile, MAC state, i64 timestamp
 *   6 DELETE    66  u8 target code, u8 blob type, MAC blob, MAC packfile
 * </pre>
 *
 * <p>Invariants: a location, colour or packfile that is present already is not replaced; a delete acts on what was
 * applied before it; a blob is usable when its packfile is known and not coloured. The index files are a cache: each is
 * derived from the content of states alone, checked when used, and built again when it is missing or damaged.
 */
@NullMarked
package io.plakar.kloset.state;

import org.jspecify.annotations.NullMarked;
