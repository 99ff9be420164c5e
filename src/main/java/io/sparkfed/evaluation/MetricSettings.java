package io.sparkfed.evaluation;

import io.sparkfed.model.Family;
import java.io.Serializable;

/**
 * What a user may choose of the metrics of two classes.
 *
 * @param threshold a row is predicted positive when its probability, or for a support vector
 *     machine its score, is above it; of no meaning for other families
 * @param aucBins number of bins of the score for the AUC of a round, at least 2
 * @param aucError the largest error of the final model's AUC, in (0, 0.5]; bins are made narrower
 *     until their pairs allow no larger one
 */
public record MetricSettings(double threshold, int aucBins, double aucError)
    implements Serializable {
  /** Of {@code aucBins} where nothing is said. */
  public static final int AUC_BINS = 100;

  /** Of {@code aucError} where nothing is said. */
  public static final double AUC_ERROR = 0.002;

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public MetricSettings {
    if (aucBins < 2) {
      throw new IllegalArgumentException("auc-bins must be >= 2. Provided value: " + aucBins);
    }
    if (!(aucError > 0.0 && aucError <= 0.5)) {
      throw new IllegalArgumentException(
          "auc-error must be in (0, 0.5]. Provided value: " + aucError);
    }
  }

  /** Returns what holds for a family where nothing is said. */
  public static MetricSettings of(Family family) {
    return new MetricSettings(family.threshold(), AUC_BINS, AUC_ERROR);
  }
}
