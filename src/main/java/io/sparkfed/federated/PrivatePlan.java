package io.sparkfed.federated;

import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.objective.RowCut;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a model is trained so that nobody who sees all that the run tells learns whether one row, or
 * one worker's rows, were there: from sums of bounded terms with the workers' noise, and nothing
 * else.
 *
 * @param unit what is hidden
 * @param method what is summed
 * @param epsilon of the run, towards everybody but the row's own worker
 * @param delta of the run
 * @param budget what its releases may cost
 * @param cut how far a row reaches; of whole workers the scaling alone is used
 * @param labelMiddle middle of the labels' public bounds; 0 for classes
 * @param labelScale half their width; 1 for classes
 * @param rows the public number of training rows; empty to buy a noisy count
 * @param honestWorkers of how many workers the noise is relied on; empty for as many as the sums
 *     can
 * @param confidenceLevel of intervals, in (0, 1)
 * @param metrics what the user chose of the metrics of two classes; of no meaning otherwise
 * @param updateNorm where updates are summed: a worker's longer one is shortened to it; empty
 *     otherwise
 */
public record PrivatePlan(
    HiddenUnit unit,
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
    MetricSettings metrics,
    OptionalDouble updateNorm) {

  /** What is summed. */
  public enum Method {
    /** Products of features once, then clipped gradients in the coordinates that they whiten. */
    GRADIENTS,
    /** Products of features and labels once: least squares. */
    STATISTICS,
    /** Clipped updates of workers' local training, each of the same weight. */
    UPDATES
  }
}
