package io.sparkfed.evaluation;

import java.util.Map;

/** The sums {@code [tp, fp, fn, tn]} of two classes, and the metrics that are made of them. */
final class Confusion {
  /** Number of sums. */
  static final int LENGTH = 4;

  private static final int TRUE_POSITIVES = 0;
  private static final int FALSE_POSITIVES = 1;
  private static final int FALSE_NEGATIVES = 2;
  private static final int TRUE_NEGATIVES = 3;

  private Confusion() {}

  /** Returns which sum a row counts in. */
  static int cell(boolean positive, boolean predicted) {
    if (positive) {
      return predicted ? TRUE_POSITIVES : FALSE_NEGATIVES;
    }
    return predicted ? FALSE_POSITIVES : TRUE_NEGATIVES;
  }

  /** Puts accuracy, precision and recall of the sums from {@code offset} on. */
  static void put(Map<String, Double> metrics, double[] sums, int offset, double totalWeight) {
    double tp = sums[offset + TRUE_POSITIVES];
    metrics.put("accuracy", (tp + sums[offset + TRUE_NEGATIVES]) / totalWeight);
    metrics.put("precision", tp / (tp + sums[offset + FALSE_POSITIVES]));
    metrics.put("recall", tp / (tp + sums[offset + FALSE_NEGATIVES]));
  }
}
