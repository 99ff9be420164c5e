package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.HuberLoss;
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
  public ScoreSink into(Examples rows, double[] out, int offset) {
    ScoreSink errors = regression.into(rows, out, offset);
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        errors.scores(from, count, scores, stride, labels);
      }

      @Override
      public void losses(int from, int count, double[] losses) {
        for (int i = 0; i < count; i++) {
          out[offset + regression.length()] += rows.weight(from + i) * losses[i];
        }
      }
    };
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
