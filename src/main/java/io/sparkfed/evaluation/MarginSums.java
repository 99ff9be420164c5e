package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.Loss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for a support vector machine: {@code [sum c, sum c loss, tp, fp, fn, tn]} with weight c; a
 * row is predicted positive when its score is above the threshold.
 *
 * @param loss the loss trained with
 * @param lossName what its mean is called
 * @param threshold of the score
 */
record MarginSums(Loss loss, String lossName, double threshold) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int LOSS = 1;
  private static final int CONFUSION = 2;

  @Override
  public int length() {
    return CONFUSION + Confusion.LENGTH;
  }

  @Override
  public int weightsFrom() {
    return CONFUSION;
  }

  @Override
  public ScoreSink into(Examples rows, double[] out, int offset) {
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        for (int i = 0; i < count; i++) {
          double c = rows.weight(from + i);
          boolean predicted = scores[i * stride] > threshold;
          out[offset + WEIGHT] += c;
          out[offset + CONFUSION + Confusion.cell(labels[i] > 0.5, predicted)] += c;
        }
      }

      @Override
      public void losses(int from, int count, double[] losses) {
        for (int i = 0; i < count; i++) {
          out[offset + LOSS] += rows.weight(from + i) * losses[i];
        }
      }
    };
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
