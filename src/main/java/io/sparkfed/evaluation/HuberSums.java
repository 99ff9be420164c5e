package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.model.Coefficients;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sums for regression, and after them {@code sum c loss} with Huber's loss.
 *
 * @param loss the loss trained with
 * @param regression the sums of errors
 */
record HuberSums(HuberLoss loss, RegressionSums regression) implements MetricSums {

  @Override
  public int length() {
    return regression.length() + 1;
  }

  @Override
  public void add(Examples rows, Coefficients model, double[] out, int offset) {
    regression.add(rows, model, out, offset);
    double[] raw = model.values();
    double[] score = new double[1];
    for (int i = 0; i < rows.rows(); i++) {
      rows.scores(i, model.shape(), raw, score);
      out[offset + regression.length()] += rows.weight(i) * loss.value(score[0], rows.label(i));
    }
  }

  @Override
  public Map<String, Double> metrics(double[] sums, int offset) {
    Map<String, Double> metrics = new LinkedHashMap<>(regression.metrics(sums, offset));
    if (!metrics.isEmpty()) {
      metrics.put("huberLoss", meanLoss(sums, offset));
    }
    return metrics;
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + regression.length()] / regression.totalWeight(sums, offset);
  }
}
