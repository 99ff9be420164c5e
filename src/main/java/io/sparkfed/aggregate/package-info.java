/**
 * The port to the cluster and the spine of aggregation.
 *
 * <p>A {@link io.sparkfed.aggregate.Question} is what a worker is asked, as a value with canonical
 * bytes; its {@link io.sparkfed.aggregate.Layout} names all numbers of the answer. A {@link
 * io.sparkfed.aggregate.VectorSum} asks each worker of a cohort and opens the sum of the answers.
 * It encodes them as integers at the worker and hands these to a {@link
 * io.sparkfed.aggregate.RingSum}, which decides who sees what: {@link
 * io.sparkfed.aggregate.InsecurePlainSum} here, the protected ones in {@code io.sparkfed.secure}.
 *
 * <p>Place: {@link io.sparkfed.aggregate.WorkerTask}s run at workers, {@link
 * io.sparkfed.aggregate.AggregatorTask}s away from the driver too, everything else at the driver.
 */
package io.sparkfed.aggregate;
