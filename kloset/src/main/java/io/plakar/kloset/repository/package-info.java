/**
 * The open store: configuration, key, states, locks; blobs and snapshots in and out. Read first
 * {@link io.plakar.kloset.repository.Repository} and {@link io.plakar.kloset.repository.RepositoryWriter}. Spec:
 * format-storage §6, §11, §14.
 */
@NullMarked
package io.plakar.kloset.repository;

import org.jspecify.annotations.NullMarked;
