/**
 * The pieces of work that a backup is made of, each measured alone by JMH: {@code bench/kernels} runs them, {@code bench/kernels
 * -h} lists JMH's options. {@link io.plakar.bench.kernels.ByteKernels} is all that touches each byte of a file, {@link
 * io.plakar.bench.kernels.RecordKernels} all that is done for each file, {@link io.plakar.bench.kernels.WalkKernel} the
 * walk that finds them.
 */
@NullMarked
package io.plakar.bench.kernels;

import org.jspecify.annotations.NullMarked;
