package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.VectorLoss;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Sums for binary classification: {@code [sum c, sum c logLoss, tp, fp, fn, tn, positives by
 * bin..., negatives by bin...]} with weight c; a row is predicted positive when its probability is
 * above the threshold. A row whose label is a share of positives is that share of its weight a
 * positive and the rest of it a negative.
 *
 * <p>The AUC is that of the histogram of scores in {@link ScoreBins#fixed} bins, with its {@link
 * ScoreHistogram#error}.
 *
 * @param settings what the user chose
 * @param bins the bins of the score
 */
record ClassificationSums(MetricSettings settings, ScoreBins bins) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int LOG_LOSS = 1;
  private static final int CONFUSION = 2;
  private static final int HISTOGRAMS = CONFUSION + Confusion.LENGTH;

  ClassificationSums(MetricSettings settings) {
    this(settings, ScoreBins.fixed(settings.aucBins()));
  }

  @Override
  public VectorLoss loss() {
    return LogisticLoss.INSTANCE;
  }

  @Override
  public int length() {
    return HISTOGRAMS + 2 * bins.count();
  }

  @Override
  public int weightsFrom() {
    return CONFUSION;
  }

  @Override
  public ScoreSink into(Examples rows, double[] out, int offset) {
    ScoredLosses scored = new ScoredLosses(loss());
    double threshold = settings.threshold();
    int negatives = bins.count();
    return new ScoreSink() {
      @Override
      public void scores(int from, int count, double[] scores, int stride, double[] labels) {
        double[] slopes = scored.slopes(count, scores, stride, labels);
        for (int i = 0; i < count; i++) {
          double c = rows.weight(from + i);
          double positive = c * labels[i];
          double negative = c * (1.0 - labels[i]);
          // A slope is probability minus label.
          double probability = slopes[i * stride] + labels[i];
          boolean predicted = probability > threshold;
          out[offset + WEIGHT] += c;
          out[offset + CONFUSION + Confusion.cell(true, predicted)] += positive;
          out[offset + CONFUSION + Confusion.cell(false, predicted)] += negative;
          int bin = bins.fixedBin(scores[i * stride]);
          out[offset + HISTOGRAMS + bin] += positive;
          out[offset + HISTOGRAMS + negatives + bin] += negative;
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
      ScoreHistogram histogram = histogram(sums, offset);
      metrics.put("auc", histogram.auc());
      metrics.put("aucError", histogram.error());
    }
    return metrics;
  }

  @Override
  public Optional<Ranking> ranking(double[] sums, int offset) {
    return Optional.of(new Ranking(histogram(sums, offset), settings.aucError()));
  }

  private ScoreHistogram histogram(double[] sums, int offset) {
    int positives = offset + HISTOGRAMS;
    int negatives = positives + bins.count();
    return new ScoreHistogram(
        bins,
        Arrays.copyOfRange(sums, positives, negatives),
        Arrays.copyOfRange(sums, negatives, negatives + bins.count()));
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + LOG_LOSS] / sums[offset + WEIGHT];
  }
}
