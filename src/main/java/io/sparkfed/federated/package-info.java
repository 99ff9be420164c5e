/**
 * Preprocessing and the training loop. A round has four slots, called in order: local work at the
 * workers, aggregation, server optimizer, stop or go on. Nothing here knows which sum it holds or
 * that there is a cluster.
 *
 * <p>Two kinds of work fill them: local training and averaging, or sums of derivatives and a step
 * on the objective of all rows ({@link io.sparkfed.federated.ExactPlan}).
 *
 * <p>Place: what workers are asked is a {@link io.sparkfed.federated.Statement}, and its answer is
 * computed there; everything else runs at the driver.
 */
package io.sparkfed.federated;
