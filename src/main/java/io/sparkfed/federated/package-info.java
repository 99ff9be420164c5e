/**
 * Preprocessing and the training loop. A round has four slots, called in order: local work at the
 * workers, aggregation, server optimizer, stop or go on. Nothing here knows which sum it holds or
 * that there is a cluster.
 *
 * <p>Two kinds of work fill them: local training and averaging, or sums of derivatives and a step
 * on the pooled objective ({@link io.sparkfed.federated.PooledPlan}).
 *
 * <p>Site: {@link io.sparkfed.federated.LocalWork}, {@link io.sparkfed.federated.PooledWork}, the
 * work of {@link io.sparkfed.federated.FederatedInference}, the lambdas of the standardisation and
 * of the preprocessing, and methods that say so run at workers, everything else at the driver.
 */
package io.sparkfed.federated;
