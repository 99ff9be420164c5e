/**
 * A training as it runs, for those who watch: events on Spark's listener bus, metrics of a plugin,
 * and a listener for notebooks. Everything shown is a sum over the cohort. Runs at the driver.
 */
package io.sparkfed.spark.watch;
