/**
 * Kernels on plain arrays, symmetric matrices and their solves, what L-BFGS and OWL-QN are made of,
 * and seeded randomness. Runs at workers and at the driver alike.
 *
 * <p>Every loop fixes the order of its floating-point operations in the source, and {@code exp} and
 * {@code log} are {@link io.sparkfed.math.Elementary}'s or {@link java.lang.StrictMath}'s, so that
 * a re-executed task gives the same bits on any executor.
 */
package io.sparkfed.math;
