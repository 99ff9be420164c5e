/**
 * Federated evaluation: additive sums at the workers ({@link
 * io.sparkfed.evaluation.MetricSums#add}), metrics of the cohort at the driver ({@link
 * io.sparkfed.evaluation.MetricSums#metrics}), and the statistics of an exact fit ({@link
 * io.sparkfed.evaluation.FitStatistics}). A worker's own figures never leave it.
 */
package io.sparkfed.evaluation;
