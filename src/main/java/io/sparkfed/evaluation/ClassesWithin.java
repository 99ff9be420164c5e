package io.sparkfed.evaluation;

import io.sparkfed.loss.SoftmaxLoss;
import java.util.List;

/**
 * Bounded sums for K classes: rows that are right and wrong; rows by label and predicted class; and
 * losses in bands. The first two would follow from the others with the noise of K x K numbers.
 */
record ClassesWithin(SoftmaxLoss loss) implements BoundedSums {
  private static final Bands LOSSES = OutcomesWithin.LOSSES;
  private static final int RIGHT = 0;
  private static final int WRONG = 1;

  @Override
  public List<BoundedPart> parts() {
    return List.of(
        BoundedPart.of("rows that are right, and wrong", 2, 0.3),
        BoundedPart.of("losses by size", LOSSES.count(), 0.25),
        BoundedPart.of("rows by label and class", loss.classes() * loss.classes(), 0.45));
  }

  @Override
  public void add(double[] scores, double label, double weight, RowTerms out) {
    int predicted = SoftmaxLoss.largest(scores, 0, loss.classes());
    out.add(0, predicted == (int) label ? RIGHT : WRONG, weight, 1.0);
    double size = loss.value(scores, label);
    int band = LOSSES.band(size);
    out.add(1, band, weight, size / LOSSES.end(band));
    out.add(2, cell((int) label, predicted), weight, 1.0);
  }

  private int cell(int label, int predicted) {
    return label * loss.classes() + predicted;
  }

  @Override
  public NoisedMetrics metrics(NoisedSums sums) {
    Noised right = sums.sum(0, RIGHT);
    Noised wrong = sums.sum(0, WRONG);
    Noised rows = right.plus(wrong);
    Bands.Total losses = OutcomesWithin.losses(sums, rows);
    Noised mean = losses.sum().over(rows);
    int classes = loss.classes();
    Noised precisions = new Noised(0.0, 0.0);
    Noised recalls = precisions;
    Noised[] labels = new Noised[classes];
    for (int k = 0; k < classes; k++) {
      int[] missed = new int[classes - 1];
      int[] mistaken = new int[classes - 1];
      for (int other = 0; other < classes; other++) {
        if (other != k) {
          int at = other < k ? other : other - 1;
          missed[at] = cell(k, other);
          mistaken[at] = cell(other, k);
        }
      }
      Noised hits = sums.sum(2, cell(k, k));
      labels[k] = hits.plus(sums.sum(2, missed));
      // Whether a class occurs, and is predicted, is as hidden as its share: so is a mean over it.
      recalls = recalls.plus(Noised.share(hits, sums.sum(2, missed)));
      precisions = precisions.plus(Noised.share(hits, sums.sum(2, mistaken)));
    }
    return new NoisedMetrics.Builder(rows, sums.heaviest())
        .put("logLoss", mean)
        .put("accuracy", Noised.share(right, wrong))
        .put("macroPrecision", precisions.times(1.0 / classes))
        .put("macroRecall", recalls.times(1.0 / classes))
        .leftOut(OutcomesWithin.LOSSES_BEYOND, LOSSES, losses, "logLoss")
        .labels(labels)
        .with(mean.value());
  }
}
