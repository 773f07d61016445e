/**
 * Puts and gets blobs: the store as the layers above see it. Read first {@link io.plakar.kloset.repository.BlobSource},
 * {@link io.plakar.kloset.repository.BlobSink} and {@code Repository}. Spec: format-storage §5, §8, §14.
 */
@NullMarked
package io.plakar.kloset.repository;

import org.jspecify.annotations.NullMarked;
