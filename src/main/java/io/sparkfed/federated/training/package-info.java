/**
 * The training loop, and evaluation of a model without one. A round has four slots, filled in
 * order: who takes part, work at the workers, aggregation, server optimizer.
 *
 * <p>Place: the driver.
 */
package io.sparkfed.federated.training;
