/**
 * Fits to the optimum of all rows from secure sums of derivatives, and what statistics says of it.
 *
 * <p>Place: the driver; the derivatives are {@link io.sparkfed.federated.SummedDerivatives} at the
 * workers.
 */
package io.sparkfed.federated.exact;
