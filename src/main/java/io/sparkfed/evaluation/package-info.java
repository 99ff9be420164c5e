/**
 * Federated evaluation: additive sums at the workers ({@link
 * io.sparkfed.evaluation.MetricSums#add}), metrics of the cohort at the driver ({@link
 * io.sparkfed.evaluation.MetricSums#metrics}), the statistics of an exact fit ({@link
 * io.sparkfed.evaluation.FitStatistics}), and the report of a run. A worker's own figures never
 * leave it.
 */
package io.sparkfed.evaluation;
