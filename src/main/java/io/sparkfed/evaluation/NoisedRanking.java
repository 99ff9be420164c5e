package io.sparkfed.evaluation;

import java.util.Arrays;

/**
 * An AUC from counts by score with noise. No count is cut at 0: of a product of independent counts
 * the noise then cancels in the mean. Bins at both ends in which no rows are seen count as empty.
 *
 * @param histogram counts of positives and negatives
 * @param seen how many bins are left between the empty ones
 * @param deviation of the noise on each count there
 */
record NoisedRanking(ScoreHistogram histogram, int seen, double deviation) {
  /** In deviations: so many rows in an outer bin are hardly of noise. */
  private static final double LIKELY = 2.0;

  static NoisedRanking of(
      ScoreBins bins, double[] positives, double[] negatives, double deviation) {
    double least = LIKELY * Math.sqrt(2.0) * deviation;
    int from = 0;
    while (from < bins.count() && positives[from] + negatives[from] < least) {
      from++;
    }
    int to = bins.count();
    while (to > from && positives[to - 1] + negatives[to - 1] < least) {
      to--;
    }
    double[] seenPositives = new double[bins.count()];
    double[] seenNegatives = new double[bins.count()];
    System.arraycopy(positives, from, seenPositives, from, to - from);
    System.arraycopy(negatives, from, seenNegatives, from, to - from);
    return new NoisedRanking(
        new ScoreHistogram(bins, seenPositives, seenNegatives), to - from, deviation);
  }

  /** Returns the AUC, in [0, 1]; hidden where one label is. */
  Noised auc() {
    Noised positives = total(histogram.positives());
    Noised negatives = total(histogram.negatives());
    if (!positives.isSeen() || !negatives.isSeen()) {
      return Noised.HIDDEN;
    }
    double auc = histogram.auc();
    double squares = 0.0;
    double positivesBelow = 0.0;
    double negativesBelow = 0.0;
    for (int k = 0; k < histogram.bins().count(); k++) {
      double positive = histogram.positives()[k];
      double negative = histogram.negatives()[k];
      // How far one row more in this bin moves the AUC.
      double ofPositive =
          ((negativesBelow + 0.5 * negative) / negatives.value() - auc) / positives.value();
      double above = positives.value() - positivesBelow - 0.5 * positive;
      double ofNegative = (above / positives.value() - auc) / negatives.value();
      boolean isSeen = positive != 0.0 || negative != 0.0;
      squares += isSeen ? ofPositive * ofPositive + ofNegative * ofNegative : 0.0;
      positivesBelow += positive;
      negativesBelow += negative;
    }
    return new Noised(Math.max(0.0, Math.min(1.0, auc)), deviation * Math.sqrt(squares));
  }

  /** Returns what bins alone may move the AUC by at most, in [0, 0.5]; NaN where it is hidden. */
  double binError() {
    return Double.isNaN(auc().value())
        ? Double.NaN
        : Math.max(0.0, Math.min(0.5, histogram.error()));
  }

  private Noised total(double[] counts) {
    return new Noised(Arrays.stream(counts).sum(), deviation * Math.sqrt(seen));
  }
}
