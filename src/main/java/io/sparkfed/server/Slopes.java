package io.sparkfed.server;

/** What slopes say of a step along a line where values are too near each other to tell. */
final class Slopes {
  /** By rounding the values of a sum of large terms may be off by so much, relatively. */
  private static final double VALUES_OFF = 1e-6;

  private static final double FLATTER = 0.8;

  private Slopes() {}

  /**
   * Returns whether the line has become flatter, one way or the other, while the value hasn't grown
   * beyond its rounding: to first order the value then has fallen (Hager and Zhang, "Algorithm 851:
   * CG_DESCENT", 2006, equation 27).
   *
   * @param before the value where the step starts
   * @param after the value where it ends
   * @param slopeBefore the slope along the step where it starts, below 0
   * @param slopeAfter the slope where it ends
   * @param rounding what values may be off by at least
   */
  static boolean showDescent(
      double before, double after, double slopeBefore, double slopeAfter, double rounding) {
    return after <= before + Math.max(VALUES_OFF * Math.abs(before), rounding)
        && Math.abs(slopeAfter) <= FLATTER * -slopeBefore;
  }
}
