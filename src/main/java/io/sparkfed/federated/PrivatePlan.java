package io.sparkfed.federated;

import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * How a model is trained so that nobody who sees all that the run tells learns whether one row was
 * there: from sums of bounded terms with the workers' noise, and nothing else.
 *
 * @param method what is summed
 * @param epsilon of the run, towards everybody but the row's own worker
 * @param delta of the run
 * @param training what all releases about training rows may cost
 * @param evaluation what the release about test rows may cost; nothing where there is none. A row
 *     is in one of both parts, and which depends on that row alone, so the run costs the larger
 * @param cut how far a row reaches
 * @param labelMiddle middle of the labels' public bounds; 0 for classes
 * @param labelScale half their width; 1 for classes
 * @param rows the public number of training rows; empty to buy a noisy count
 * @param honestWorkers of how many workers the noise is relied on; empty for as many as the sums
 *     can
 * @param gramShare of the budget for training rows: for the features' products, in [0, 1)
 * @param countShare of it: for the count of rows, where that is bought, in [0, 1)
 */
public record PrivatePlan(
    Method method,
    double epsilon,
    double delta,
    Zcdp training,
    Zcdp evaluation,
    RowCut cut,
    double labelMiddle,
    double labelScale,
    OptionalLong rows,
    OptionalInt honestWorkers,
    double gramShare,
    double countShare) {

  /** What is summed. */
  public enum Method {
    /** Products of features once, then clipped gradients in the coordinates that they whiten. */
    GRADIENTS,
    /** Products of features and labels once: least squares. */
    STATISTICS
  }
}
