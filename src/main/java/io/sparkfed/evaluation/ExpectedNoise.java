package io.sparkfed.evaluation;

/** What noise will do to figures of rows that nobody has seen yet. */
public final class ExpectedNoise {
  /** A probability of 1 but for 2e-9, or far on the right side of a margin. */
  private static final double SURE = 20.0;

  private ExpectedNoise() {}

  /**
   * Returns the standard deviation of what noise does to an accuracy at most, by the formula of the
   * run itself: it is largest where all rows are right, or all wrong, and 0.71 times that where
   * half of them are. NaN where noise would hide so many rows.
   *
   * @param sums of classes
   * @param noise standard deviation of the noise on each number of the sums
   * @param rows how many there are, at least 0, each of the largest weight
   */
  public static double ofAccuracy(BoundedSums sums, double noise, double rows) {
    RowTerms right = new RowTerms(sums.parts());
    double[] scores = new double[sums.loss().outputs()];
    scores[0] = SURE;
    sums.add(scores, scores.length > 1 ? 0.0 : 1.0, 1.0, right);
    double[] opened = right.sums();
    for (int j = 0; j < opened.length; j++) {
      opened[j] *= rows;
    }
    return sums.metrics(new NoisedSums(sums.parts(), opened, noise, 1.0))
        .errors()
        .getOrDefault("accuracy", Double.NaN);
  }
}
