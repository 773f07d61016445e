/**
 * What a blob is: its type, and how it is put and got by id, whatever keeps it. Read first
 * {@link io.plakar.kloset.blob.BlobSource} and {@link io.plakar.kloset.blob.BlobSink}. Spec: format-storage §5, §8.
 */
@NullMarked
package io.plakar.kloset.blob;

import org.jspecify.annotations.NullMarked;
