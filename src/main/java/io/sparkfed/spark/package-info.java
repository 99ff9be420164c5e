/**
 * The federation on Spark, and nothing of the algorithms: reading rows into one partition a worker,
 * visiting workers with a broadcast and an action, turning coefficients into MLlib models, and the
 * estimators that do all of it behind MLlib's own params.
 *
 * <p>Place: {@code RowParser} and {@code WorkerPartition} run in tasks at workers, the rest at the
 * driver. Spark is a guest here: nothing creates or stops a session, and job groups are restored.
 */
package io.sparkfed.spark;
