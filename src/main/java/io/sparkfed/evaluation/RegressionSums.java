package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.loss.VectorLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for regression: {@code [sum c, sum c e², sum c |e|, sum c y, sum c y²]} with weight c, label
 * y and error e.
 *
 * <p>R² takes the labels' variation from the difference of two sums. It is NaN where that
 * difference is within their rounding error, relatively n units in the last place, or below 1e-8 of
 * the labels' squares: labels that are equal, or all but equal beside their mean.
 */
record RegressionSums() implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int SQUARED_ERROR = 1;
  private static final int ABSOLUTE_ERROR = 2;
  private static final int LABEL = 3;
  private static final int SQUARED_LABEL = 4;

  /** Covers many rows of small weight, where n says little of the number of terms. */
  private static final double LEAST_ROUNDING = 1e-12;

  /**
   * Of labels that vary by so small a part of their squares the difference has lost eight digits.
   */
  private static final double CANCELLED = 1e-8;

  /** Covers ten million rows; a larger n may be one of large weights. */
  private static final double MOST_ROUNDING = 2e-9;

  @Override
  public VectorLoss loss() {
    return SquaredLoss.INSTANCE;
  }

  @Override
  public int length() {
    return 5;
  }

  @Override
  public ScoreSink into(Examples rows, double[] out, int offset) {
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        for (int i = 0; i < count; i++) {
          double c = rows.weight(from + i);
          double y = labels[i];
          double error = scores[i * stride] - y;
          out[offset + WEIGHT] += c;
          out[offset + SQUARED_ERROR] += c * (error * error);
          out[offset + ABSOLUTE_ERROR] += c * Math.abs(error);
          out[offset + LABEL] += c * y;
          out[offset + SQUARED_LABEL] += c * (y * y);
        }
      }

      /** The sum of squared errors tells it. */
      @Override
      public void losses(int from, int count, double[] losses) {}
    };
  }

  @Override
  public Map<String, Double> metrics(double[] sums, int offset) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double n = sums[offset + WEIGHT];
    if (n > 0.0) {
      double squares = sums[offset + SQUARED_ERROR];
      double label = sums[offset + LABEL];
      double squaredLabel = sums[offset + SQUARED_LABEL];
      double aroundMean = squaredLabel - label * (label / n);
      double terms = Math.min(n * Math.ulp(1.0), MOST_ROUNDING);
      double rounding = Math.max(LEAST_ROUNDING, terms) * squaredLabel;
      metrics.put("rows", n);
      metrics.put("meanSquaredError", squares / n);
      metrics.put("rmse", Math.sqrt(squares / n));
      metrics.put("mae", sums[offset + ABSOLUTE_ERROR] / n);
      boolean isKnown = aroundMean > Math.max(rounding, CANCELLED * squaredLabel);
      metrics.put("r2", isKnown ? 1.0 - squares / aroundMean : Double.NaN);
      metrics.put("sumSquaredErrors", squares);
    }
    return metrics;
  }

  /** Returns the sum of weights. */
  double totalWeight(double[] sums, int offset) {
    return sums[offset + WEIGHT];
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + SQUARED_ERROR] / sums[offset + WEIGHT];
  }
}
