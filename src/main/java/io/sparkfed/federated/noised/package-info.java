/**
 * Fits whose sums have the workers' noise, so that nobody who sees all that a run tells learns
 * whether one row was there: at the driver, from {@link io.sparkfed.federated.ProductsWithin} and
 * {@link io.sparkfed.federated.GradientWithin}.
 */
package io.sparkfed.federated.noised;
