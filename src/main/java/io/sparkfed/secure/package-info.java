/**
 * Sums whose terms the driver can't see, and the fixed point that all sums ride on.
 *
 * <p>Every mode is a sum of {@code long} vectors modulo 2^64: {@link
 * io.sparkfed.aggregate.InsecurePlainSum}, {@link io.sparkfed.secure.SecureWorkerSum} and {@link
 * io.sparkfed.secure.masked.MaskedSum}; {@link io.sparkfed.secure.FixedPointSum} turns any of them
 * into a sum of real numbers, so that all give the same bits.
 *
 * <p>{@link io.sparkfed.secure.SecureWorkerSum} rests on trust in one place: the executor that runs
 * the secure worker's task sees every update, and updates pass through the shuffle files of the
 * executors in the clear. What it does guarantee: no worker's vector is ever in a message to the
 * driver. What the masked sum guarantees is said in its own package.
 */
package io.sparkfed.secure;
