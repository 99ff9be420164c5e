package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.Loss;
import io.sparkfed.model.Coefficients;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for a support vector machine: {@code [sum c, sum c loss, tp, fp, fn, tn]} with weight c; a
 * row is predicted positive when its score is above 0.
 *
 * @param loss the loss trained with
 * @param lossName what its mean is called
 */
record MarginSums(Loss loss, String lossName) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int LOSS = 1;
  private static final int CONFUSION = 2;

  @Override
  public int length() {
    return CONFUSION + Confusion.LENGTH;
  }

  @Override
  public void add(Examples rows, Coefficients model, double[] out, int offset) {
    double[] raw = model.values();
    double[] score = new double[1];
    for (int i = 0; i < rows.rows(); i++) {
      double c = rows.weight(i);
      double y = rows.label(i);
      rows.scores(i, model.shape(), raw, score);
      out[offset + WEIGHT] += c;
      out[offset + LOSS] += c * loss.value(score[0], y);
      boolean predicted = loss.mean(score[0]) > 0.5;
      out[offset + CONFUSION + Confusion.cell(y > 0.5, predicted)] += c;
    }
  }

  @Override
  public Map<String, Double> metrics(double[] sums, int offset) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double n = sums[offset + WEIGHT];
    if (n > 0.0) {
      metrics.put("rows", n);
      metrics.put(lossName, sums[offset + LOSS] / n);
      Confusion.put(metrics, sums, offset + CONFUSION, n);
    }
    return metrics;
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + LOSS] / sums[offset + WEIGHT];
  }
}
