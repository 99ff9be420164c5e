package io.sparkfed.evaluation;

import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * How much weight of each label the rows of all workers have in each bin of the score, and what
 * that says of the AUC: pairs in one bin count one half, so the error is at most half the share of
 * positive-negative pairs in a common bin. Pairs whose scores count as equal are no error: one half
 * is their due.
 *
 * @param bins the bins
 * @param positives weight of the rows with label 1, by bin
 * @param negatives weight of the others, by bin
 */
public record ScoreHistogram(ScoreBins bins, double[] positives, double[] negatives) {

  /**
   * @throws IllegalArgumentException if there is not one number of each for each bin
   */
  public ScoreHistogram {
    if (positives.length != bins.count() || negatives.length != bins.count()) {
      throw new IllegalArgumentException("there must be two numbers for each bin");
    }
  }

  /** Returns the weight of all rows. */
  public double weight() {
    return sum(positives) + sum(negatives);
  }

  /** Returns the share of pairs whose positive scores higher; NaN where there is no pair. */
  public double auc() {
    double above = 0.0;
    double concordant = 0.0;
    for (int k = bins.count() - 1; k >= 0; k--) {
      concordant += negatives[k] * (above + 0.5 * positives[k]);
      above += positives[k];
    }
    return concordant / pairs();
  }

  /** Returns what {@link #auc} may be off by at most; NaN where there is no pair. */
  public double error() {
    double common = 0.0;
    for (int k = 0; k < bins.count(); k++) {
      common += unresolved(k);
    }
    return 0.5 * common / pairs();
  }

  /**
   * Returns bins that have narrower ones in place of those with pairs of both labels, the more of
   * them the more pairs, and wide ones where there is one label alone.
   *
   * @param parts about how many bins more
   */
  public ScoreBins refined(int parts) {
    double roots = 0.0;
    for (int k = 0; k < bins.count(); k++) {
      roots += Math.sqrt(unresolved(k));
    }
    NavigableSet<Double> edges = new TreeSet<>();
    double positivesOfRun = 0.0;
    double negativesOfRun = 0.0;
    for (int k = 0; k < bins.count(); k++) {
      double together = (positivesOfRun + positives[k]) * (negativesOfRun + negatives[k]);
      if (k > 0 && together > 0.0) {
        edges.add(bins.from(k));
        positivesOfRun = 0.0;
        negativesOfRun = 0.0;
      }
      positivesOfRun += positives[k];
      negativesOfRun += negatives[k];
      int share = roots > 0.0 ? (int) (parts * (Math.sqrt(unresolved(k)) / roots)) : 0;
      if (share > 0) {
        edges.addAll(bins.cut(k, 1 + share));
      }
    }
    return ScoreBins.at(edges.stream().mapToDouble(Double::doubleValue).toArray());
  }

  private double unresolved(int bin) {
    return bins.isTie(bin) ? 0.0 : positives[bin] * negatives[bin];
  }

  private double pairs() {
    return sum(positives) * sum(negatives);
  }

  private static double sum(double[] weights) {
    double sum = 0.0;
    for (double weight : weights) {
      sum += weight;
    }
    return sum;
  }
}
