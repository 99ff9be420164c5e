package io.sparkfed.federated;

import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.objective.RowCut;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a model is trained so that nobody who sees all that the run tells learns whether one row was
 * there: from sums of bounded terms with the workers' noise, and nothing else.
 *
 * @param unit what is hidden: {@code row}, or {@code person} with all rows of one
 * @param method what is summed
 * @param epsilon of the run, towards everybody but the row's own worker
 * @param delta of the run
 * @param budget what its releases may cost
 * @param cut how far a row reaches
 * @param labelMiddle middle of the labels' public bounds; 0 for classes
 * @param labelScale half their width; 1 for classes
 * @param rows the public number of training rows; empty to buy a noisy count
 * @param honestWorkers of how many workers the noise is relied on; empty for as many as the sums
 *     can
 * @param confidenceLevel of intervals, in (0, 1)
 * @param metrics what the user chose of the metrics of two classes; of no meaning otherwise
 */
public record PrivatePlan(
    String unit,
    Method method,
    double epsilon,
    double delta,
    RunBudget budget,
    RowCut cut,
    double labelMiddle,
    double labelScale,
    OptionalLong rows,
    OptionalInt honestWorkers,
    double confidenceLevel,
    MetricSettings metrics) {

  /** What is summed. */
  public enum Method {
    /** Products of features once, then clipped gradients in the coordinates that they whiten. */
    GRADIENTS,
    /** Products of features and labels once: least squares. */
    STATISTICS
  }
}
