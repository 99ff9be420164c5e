/**
 * The port to the cluster and the spine of aggregation.
 *
 * <p>An {@link io.sparkfed.aggregate.Aggregation} turns one value of each worker of a cohort into
 * one result at the driver. Aggregations nest: a wrapper encodes the value at the worker, hands it
 * to the inner aggregation, and decodes the inner result at the driver, so what is done last at the
 * worker is undone first at the driver. The innermost one is a sum of vectors and decides who sees
 * what: {@link io.sparkfed.aggregate.InsecurePlainSum} here, the protected ones in {@code
 * io.sparkfed.secure}.
 *
 * <p>Site: {@link io.sparkfed.aggregate.WorkerTask}s run at workers, {@link
 * io.sparkfed.aggregate.AggregatorTask}s away from the driver too, everything else at the driver.
 */
package io.sparkfed.aggregate;
