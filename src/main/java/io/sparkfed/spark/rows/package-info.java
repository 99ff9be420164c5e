/**
 * Rows read in place, and never moved: each worker's files or table become one partition, its
 * columns numbers, and the numbers a packed shard. Predictions are made of the same rows in the
 * same way.
 *
 * <p>Place: {@code RowParser}, {@code CsvRows} and {@code PartitionPacking} run in tasks at
 * workers, the rest at the driver.
 */
package io.sparkfed.spark.rows;
