package io.sparkfed.evaluation;

import io.sparkfed.data.Examples;
import io.sparkfed.data.RowSweep;
import io.sparkfed.model.Coefficients;
import java.util.Arrays;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Bins of scores: ascending edges e_1 &lt; ... &lt; e_{n-1} cut the real line into n, and bin k
 * holds the scores s with {@code e_k <= s < e_{k+1}}.
 *
 * @param edges ascending, none twice, none NaN
 */
public record ScoreBins(double[] edges) {

  /** The score where half of the fixed bins above 0 have been used up. */
  private static final double HALF_WAY = 4.0;

  /** Scores that agree to so much of their size, 12 digits, count as equal. */
  private static final double EQUAL = 0x1p-40;

  /**
   * @throws IllegalArgumentException if an edge is NaN, or they don't ascend
   */
  public ScoreBins {
    for (int k = 0; k < edges.length; k++) {
      if (Double.isNaN(edges[k]) || (k > 0 && !(edges[k - 1] < edges[k]))) {
        throw new IllegalArgumentException("edges must ascend");
      }
    }
  }

  /**
   * Returns bins that suit log odds of whatever size: of about equal width up to some units from 0,
   * and wider and wider outwards.
   *
   * @param count at least 2
   */
  static ScoreBins fixed(int count) {
    double[] edges = new double[count - 1];
    for (int k = 1; k < count; k++) {
      double t = 2.0 * k / count - 1.0;
      edges[k - 1] = HALF_WAY * t / (1.0 - Math.abs(t));
    }
    return new ScoreBins(edges);
  }

  /**
   * Returns bins with these edges.
   *
   * @param edges ascending, none twice, none NaN
   * @throws IllegalArgumentException if they are not
   */
  static ScoreBins at(double[] edges) {
    return new ScoreBins(edges.clone());
  }

  /** Returns the number of bins. */
  public int count() {
    return edges.length + 1;
  }

  /** Returns the bin of a score. */
  public int bin(double score) {
    int at = Arrays.binarySearch(edges, score);
    return at >= 0 ? at + 1 : -at - 1;
  }

  /** Returns the bin of a score in {@link #fixed} bins, without a search. */
  int fixedBin(double score) {
    double share = 0.5 + 0.5 * (score / (Math.abs(score) + HALF_WAY));
    int k = Math.max(0, Math.min(edges.length, (int) (share * (edges.length + 1))));
    // The share is rounded; the edges decide.
    while (k > 0 && score < edges[k - 1]) {
      k--;
    }
    while (k < edges.length && score >= edges[k]) {
      k++;
    }
    return k;
  }

  /**
   * Returns {@code [positives by bin..., negatives by bin...]}: the weight of the rows by label and
   * score under a model in their units. Runs at the worker.
   */
  public double[] histogram(Examples rows, Coefficients model) {
    double[] sums = new double[2 * count()];
    RowSweep sweep = new RowSweep(rows, model.shape());
    sweep.begin(model.values());
    for (int from = 0; from < rows.rows(); from += sweep.most()) {
      int to = Math.min(rows.rows(), from + sweep.most());
      sweep.take(from, to);
      double[] scores = sweep.scores();
      for (int i = from; i < to; i++) {
        // Adding 0 makes a 0 of a -0.
        int bin = bin(scores[(i - from) * sweep.stride()] + 0.0);
        sums[bin] += rows.weight(i) * rows.label(i);
        sums[count() + bin] += rows.weight(i) * (1.0 - rows.label(i));
      }
    }
    return sums;
  }

  /** Returns the least score of a bin. */
  double from(int bin) {
    return bin == 0 ? -Double.MAX_VALUE : edges[bin - 1];
  }

  /** Returns where the next bin begins. */
  double to(int bin) {
    return bin == edges.length ? Double.MAX_VALUE : edges[bin];
  }

  /** Returns whether all scores of a bin count as equal. */
  boolean isTie(int bin) {
    double width = to(bin) - from(bin);
    double size = Math.max(Math.abs(from(bin)), Math.abs(to(bin)));
    return width <= EQUAL * size || Math.nextUp(from(bin)) >= to(bin);
  }

  /**
   * Returns edges that cut a bin into about so many parts, with the bin's own lower edge. Half of
   * them are equally far apart; the others have equally many floating-point numbers between them,
   * so that scores of any magnitude are told apart soon.
   */
  NavigableSet<Double> cut(int bin, int parts) {
    double from = from(bin);
    double to = to(bin);
    NavigableSet<Double> inner = new TreeSet<>();
    int linear = parts / 2;
    for (int j = 1; j <= linear; j++) {
      inner.add(from + (to - from) * ((double) j / (linear + 1)));
    }
    int rest = parts - 1 - linear;
    long first = rank(from);
    long step = (rank(to) - first) / (rest + 1);
    for (int j = 1; j <= rest; j++) {
      inner.add(ofRank(first + j * step));
    }
    return new TreeSet<>(inner.subSet(from, false, to, false));
  }

  /** Returns a number's place among all floating-point numbers, from 0 for 0.0. */
  private static long rank(double number) {
    long bits = Double.doubleToLongBits(number);
    return bits < 0 ? Long.MIN_VALUE - bits : bits;
  }

  private static double ofRank(long rank) {
    return Double.longBitsToDouble(rank < 0 ? Long.MIN_VALUE - rank : rank);
  }
}
