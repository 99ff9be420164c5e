package io.sparkfed.evaluation;

import java.util.function.DoubleUnaryOperator;

/**
 * Bands of sizes, each ending at half of where the one above ends; the last one begins at 0, and
 * what is beyond the first counts as its end. A row counts in one of them, as the part that it is
 * of the band's end: so a sum over rows may have large terms, and its noise is still about as large
 * as the terms that there are, not as those that there could be.
 *
 * @param top where the first band ends, positive and finite
 * @param count how many there are
 */
record Bands(double top, int count) {
  /** In deviations: so much is never of noise, with a chance below 1e-6 a band. */
  private static final double CERTAIN = 5.0;

  /** The same in a band beside one that is certain. */
  private static final double LIKELY = 2.5;

  /**
   * In deviations: how far the sum of a band that isn't seen is from the truth, if no less than
   * nothing is in it. It is .6 where nothing is, and 1 where half of what would be seen is.
   */
  private static final double MISSED = 0.8;

  /** Returns the band of a size, at least 0; NaN counts as the largest. */
  int band(double size) {
    double part = size / top;
    return part < 1.0 ? Math.min(count - 1, -1 - Math.getExponent(part)) : 0;
  }

  /** Returns where a band ends. */
  double end(int band) {
    return Math.scalb(top, -band);
  }

  /**
   * Returns the first band in which something is seen. If there is none, {@code count}.
   *
   * @param sums over the rows of each band, of parts of the band's end
   * @param deviation of the noise on each
   */
  int first(double[] sums, double deviation) {
    int first = 0;
    while (first < count && !(sums[first] > CERTAIN * deviation)) {
      first++;
    }
    while (first > 0 && first < count && sums[first - 1] > LIKELY * deviation) {
      first--;
    }
    return first;
  }

  /**
   * A sum over rows.
   *
   * @param sum hidden where nothing is seen
   * @param from rows of the bands above are not in it, nor in its deviation
   * @param hidden how many of these there may be, unless noise is larger than it hardly ever is
   */
  record Total(Noised sum, int from, double hidden) {}

  /**
   * Returns the sum over the rows of a function of their sizes. What noise hides counts as what
   * noise shows of it, but no less than 0. Where bands in which nothing is seen could hide so much
   * that the sum would say nothing, the sum is of rows up to a size: but for the lowest of them
   * these bands are left out.
   *
   * @param ofEnd the function, ascending from 0; of a band's end it is what counts 1
   */
  Total total(double[] sums, double deviation, DoubleUnaryOperator ofEnd) {
    int first = first(sums, deviation);
    return total(sums, deviation, ofEnd, first, first - 1);
  }

  /**
   * Returns the sum of the sizes, where some rows may be far from all others, as the few of a rare
   * class are: up to a size no bands are left out.
   *
   * @param reach the size
   */
  Total total(double[] sums, double deviation, double reach) {
    int first = first(sums, deviation);
    return total(sums, deviation, end -> end, first, Math.min(first - 1, band(reach)));
  }

  private Total total(
      double[] sums, double deviation, DoubleUnaryOperator ofEnd, int first, int hidden) {
    if (first == count) {
      return new Total(Noised.HIDDEN, 0, 0.0);
    }
    int from = Math.max(0, hidden);
    Noised some = of(sums, deviation, ofEnd, first, from);
    Noised all = of(sums, deviation, ofEnd, first, 0);
    if (from == 0 || new Noised(some.value(), all.deviation()).isSeen()) {
      return new Total(all, 0, 0.0);
    }
    double above = 0.0;
    double least = 1.0;
    for (int k = 0; k < from; k++) {
      above += sums[k];
      least = Math.min(least, ofEnd.applyAsDouble(end(k + 1)) / ofEnd.applyAsDouble(end(k)));
    }
    return new Total(
        some, from, (Math.max(0.0, above) + LIKELY * deviation * Math.sqrt(from)) / least);
  }

  private Noised of(
      double[] sums, double deviation, DoubleUnaryOperator ofEnd, int first, int from) {
    double total = 0.0;
    double squares = 0.0;
    for (int k = from; k < count; k++) {
      double end = ofEnd.applyAsDouble(end(k));
      boolean isSeen = k >= first;
      total += end * (isSeen ? sums[k] : Math.max(0.0, sums[k]));
      double error = isSeen ? end : MISSED * end;
      squares += error * error;
    }
    return new Noised(total, deviation * Math.sqrt(squares));
  }

  /** Returns the sum of sizes that have signs, of the bands from one on. */
  Noised signed(double[] sums, double deviation, int from) {
    return of(sums, deviation, end -> end, 0, from);
  }
}
