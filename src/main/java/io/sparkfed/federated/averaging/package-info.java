/**
 * Rounds of local training whose updates are averaged.
 *
 * <p>Place: the driver; the training itself is a {@link io.sparkfed.federated.LocalTraining} at the
 * worker.
 */
package io.sparkfed.federated.averaging;
