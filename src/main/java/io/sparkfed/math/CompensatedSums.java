package io.sparkfed.math;

/**
 * Sums in twice the precision: beside each sum is kept what rounding took from it (algorithm "Sum2"
 * of Ogita, Rump and Oishi, "Accurate sum and dot product", SIAM J. Sci. Comput. 26, 2005).
 *
 * <p>With {@code u = 2^-53}, a sum of n terms errs by at most {@code u |sum| + n² u² sum |terms|}.
 * Not thread-safe.
 */
public final class CompensatedSums {
  private final double[] sums;
  private final double[] lost;

  /** Starts {@code length} sums at 0. */
  public CompensatedSums(int length) {
    this.sums = new double[length];
    this.lost = new double[length];
  }

  /**
   * Adds a term to each sum.
   *
   * @param terms at least as long as the sums
   */
  public void add(double[] terms) {
    add(terms, sums, lost);
  }

  /** A loop over arrays alone: the compiler then makes vectors of it. */
  private static void add(double[] terms, double[] sums, double[] lost) {
    for (int j = 0; j < sums.length; j++) {
      double before = sums[j];
      double term = terms[j];
      double after = before + term;
      double taken = after - before;
      sums[j] = after;
      lost[j] += (before - (after - taken)) + (term - taken);
    }
  }

  /** Adds a term to one sum. */
  public void add(int at, double term) {
    double before = sums[at];
    double after = before + term;
    double taken = after - before;
    sums[at] = after;
    lost[at] += (before - (after - taken)) + (term - taken);
  }

  /** Returns the sums, rounded to double. */
  public double[] rounded() {
    double[] rounded = new double[sums.length];
    for (int j = 0; j < rounded.length; j++) {
      rounded[j] = sums[j] + lost[j];
    }
    return rounded;
  }
}
