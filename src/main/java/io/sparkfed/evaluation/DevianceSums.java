package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.Loss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for a generalized linear model whose loss is half the unit deviance: {@code [sum c, sum c
 * loss, sum c |e|, sum c e²]} with weight c and error e of the mean response.
 *
 * @param loss the loss trained with
 */
record DevianceSums(Loss loss) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int HALF_DEVIANCE = 1;
  private static final int ABSOLUTE_ERROR = 2;
  private static final int SQUARED_ERROR = 3;

  @Override
  public int length() {
    return 4;
  }

  @Override
  public ScoreSink into(Examples rows, double[] out, int offset) {
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        for (int i = 0; i < count; i++) {
          double c = rows.weight(from + i);
          double error = loss.mean(scores[i * stride]) - labels[i];
          out[offset + WEIGHT] += c;
          out[offset + ABSOLUTE_ERROR] += c * Math.abs(error);
          out[offset + SQUARED_ERROR] += c * (error * error);
        }
      }

      @Override
      public void losses(int from, int count, double[] losses) {
        for (int i = 0; i < count; i++) {
          out[offset + HALF_DEVIANCE] += rows.weight(from + i) * losses[i];
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
      metrics.put("meanDeviance", 2.0 * sums[offset + HALF_DEVIANCE] / n);
      metrics.put("deviance", 2.0 * sums[offset + HALF_DEVIANCE]);
      metrics.put("mae", sums[offset + ABSOLUTE_ERROR] / n);
      metrics.put("rmse", Math.sqrt(sums[offset + SQUARED_ERROR] / n));
    }
    return metrics;
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + HALF_DEVIANCE] / sums[offset + WEIGHT];
  }
}
