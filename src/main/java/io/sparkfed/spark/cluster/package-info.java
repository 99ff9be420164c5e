/**
 * The port to the cluster: workers' partitions visited with a broadcast and an action, a task for
 * each worker, and their answers collected. Knows workers, hosts and bytes, no configuration, no
 * columns and no algorithm.
 *
 * <p>Place: {@code WorkerPartition}, {@code Held} and {@code Place} run in tasks at workers, the
 * rest at the driver. Spark is a guest: nothing creates or stops a session, and job groups are
 * restored.
 */
package io.sparkfed.spark.cluster;
