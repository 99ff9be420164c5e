package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.VectorLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for binary classification: {@code [sum c, sum c logLoss, tp, fp, fn, tn, positives by
 * bin..., negatives by bin...]} with weight c; a row is predicted positive when its probability is
 * above 0.5.
 *
 * <p>The AUC is that of the histogram of predicted probabilities in bins of equal width: pairs in
 * one bin count one half, so its error is at most half the share of positive-negative pairs that
 * fall into a common bin.
 *
 * @param bins number of bins of predicted probability, at least 2
 */
record ClassificationSums(int bins) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int LOG_LOSS = 1;
  private static final int CONFUSION = 2;
  private static final int HISTOGRAMS = CONFUSION + Confusion.LENGTH;

  ClassificationSums {
    if (bins < 2) {
      throw new IllegalArgumentException("auc-bins must be >= 2. Provided value: " + bins);
    }
  }

  @Override
  public VectorLoss loss() {
    return LogisticLoss.INSTANCE;
  }

  @Override
  public int length() {
    return HISTOGRAMS + 2 * bins;
  }

  @Override
  public ScoreSink into(Examples rows, double[] out, int offset) {
    ScoredLosses scored = new ScoredLosses(loss());
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        double[] slopes = scored.slopes(count, scores, stride, labels);
        for (int i = 0; i < count; i++) {
          double c = rows.weight(from + i);
          boolean positive = labels[i] > 0.5;
          // A slope is probability minus label.
          double probability = slopes[i * stride] + labels[i];
          boolean predicted = probability > 0.5;
          out[offset + WEIGHT] += c;
          out[offset + CONFUSION + Confusion.cell(positive, predicted)] += c;
          int bin = Math.min(bins - 1, (int) (probability * bins));
          out[offset + HISTOGRAMS + (positive ? bin : bins + bin)] += c;
        }
      }

      @Override
      public void losses(int from, int count, double[] losses) {
        for (int i = 0; i < count; i++) {
          out[offset + LOG_LOSS] += rows.weight(from + i) * losses[i];
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
      metrics.put("logLoss", sums[offset + LOG_LOSS] / n);
      Confusion.put(metrics, sums, offset + CONFUSION, n);
      metrics.put("auc", auc(sums, offset + HISTOGRAMS));
      metrics.put("aucBinWidth", 1.0 / bins);
    }
    return metrics;
  }

  private double auc(double[] sums, int positives) {
    int negatives = positives + bins;
    double positivesAbove = 0.0;
    double allNegatives = 0.0;
    double concordant = 0.0;
    for (int bin = bins - 1; bin >= 0; bin--) {
      concordant += sums[negatives + bin] * (positivesAbove + 0.5 * sums[positives + bin]);
      positivesAbove += sums[positives + bin];
      allNegatives += sums[negatives + bin];
    }
    return concordant / (positivesAbove * allNegatives);
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + LOG_LOSS] / sums[offset + WEIGHT];
  }
}
