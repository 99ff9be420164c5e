package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.SoftmaxLoss;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sums for K classes: {@code [sum c, sum c logLoss, confusion matrix]} with weight c; the matrix
 * has K x K entries, row-major, one row for each label and one column for each predicted class. The
 * class of the largest score is predicted, the first of several.
 *
 * <p>Precision and recall are macro averages: the plain mean over the classes that occur as a
 * label. A class that is never predicted has the precision 0.
 */
record MulticlassSums(SoftmaxLoss loss) implements MetricSums {
  private static final int WEIGHT = 0;
  private static final int LOG_LOSS = 1;
  private static final int CONFUSION = 2;

  @Override
  public int length() {
    return CONFUSION + loss.classes() * loss.classes();
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
          int predicted = SoftmaxLoss.largest(scores, i * stride, loss.classes());
          out[offset + WEIGHT] += c;
          out[offset + cell((int) labels[i], predicted)] += c;
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

  private int cell(int label, int predicted) {
    return CONFUSION + label * loss.classes() + predicted;
  }

  @Override
  public Map<String, Double> metrics(double[] sums, int offset) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double n = sums[offset + WEIGHT];
    if (n > 0.0) {
      double correct = 0.0;
      double precisions = 0.0;
      double recalls = 0.0;
      int occurring = 0;
      for (int k = 0; k < loss.classes(); k++) {
        double hits = sums[offset + cell(k, k)];
        double labelled = 0.0;
        double predicted = 0.0;
        for (int other = 0; other < loss.classes(); other++) {
          labelled += sums[offset + cell(k, other)];
          predicted += sums[offset + cell(other, k)];
        }
        correct += hits;
        if (labelled > 0.0) {
          occurring++;
          recalls += hits / labelled;
          precisions += predicted > 0.0 ? hits / predicted : 0.0;
        }
      }
      metrics.put("rows", n);
      metrics.put("logLoss", sums[offset + LOG_LOSS] / n);
      metrics.put("accuracy", correct / n);
      metrics.put("macroPrecision", precisions / occurring);
      metrics.put("macroRecall", recalls / occurring);
    }
    return metrics;
  }

  @Override
  public double meanLoss(double[] sums, int offset) {
    return sums[offset + LOG_LOSS] / sums[offset + WEIGHT];
  }
}
