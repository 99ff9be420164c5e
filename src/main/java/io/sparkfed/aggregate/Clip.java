package io.sparkfed.aggregate;

/**
 * How long an owner lets an update of its rows be. Applied at the worker, where a vector is made.
 *
 * @param norm largest L2 norm of an update, greater than 0; infinite for any
 */
public record Clip(double norm) {
  /** Any length. */
  public static final Clip NONE = new Clip(Double.POSITIVE_INFINITY);

  /**
   * @throws IllegalArgumentException if the norm is out of range
   */
  public Clip {
    if (!(norm > 0.0)) {
      throw new IllegalArgumentException("a clip must be > 0. Provided value: " + norm);
    }
  }

  /**
   * Checks that what is asked for may leave, though it is made of rows' values and no bound on an
   * update holds it.
   *
   * @throws RefusedException if there is a bound
   */
  public void requireNone() {
    if (norm < Double.POSITIVE_INFINITY) {
      throw new RefusedException(
          OwnersRule.CLIP,
          "the owner's policy bounds updates (clip), and sums of rows' values are none");
    }
  }

  /**
   * Returns an update, scaled down to the bound if it is longer: {@code u min(1, C / |u|)} (Abadi
   * et al., "Deep Learning with Differential Privacy", CCS 2016, section 3.1, for gradients).
   */
  public double[] clipped(double[] update) {
    double largest = 0.0;
    for (double value : update) {
      largest = Math.max(largest, Math.abs(value));
    }
    double length = inUnitsOf(largest, update);
    // NaN is for the sum to refuse.
    if (!(largest * length > norm)) {
      return update;
    }
    // C / |u| itself can be so small that it has few digits.
    double factor = norm / length;
    double[] shorter = update.clone();
    for (int j = 0; j < shorter.length; j++) {
      shorter[j] = shorter[j] / largest * factor;
    }
    return shorter;
  }

  /** Returns the length in units of the largest entry: it neither overflows nor vanishes. */
  private static double inUnitsOf(double largest, double[] update) {
    // So is infinity: it becomes NaN.
    if (!(largest > 0.0) || Double.isInfinite(largest)) {
      return 1.0;
    }
    double squares = 0.0;
    for (double value : update) {
      squares += (value / largest) * (value / largest);
    }
    return Math.sqrt(squares);
  }
}
