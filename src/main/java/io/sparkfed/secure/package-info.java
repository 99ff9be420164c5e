/**
 * Sums whose terms the driver can't see, and the fixed point that all sums ride on.
 *
 * <p>Every mode is a sum of {@code long} vectors modulo 2^64: {@link
 * io.sparkfed.aggregate.InsecurePlainSum}, {@link io.sparkfed.secure.sealed.SealedSum} (secure
 * worker and committee) and {@link io.sparkfed.secure.masked.MaskedSum}; {@link
 * io.sparkfed.secure.FixedPointSum} turns any of them into a sum of real numbers, so that all give
 * the same bits. What each guarantees is said in its own package.
 */
package io.sparkfed.secure;
