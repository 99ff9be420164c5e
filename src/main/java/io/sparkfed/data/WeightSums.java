package io.sparkfed.data;

/**
 * Sums of the instance weights w of some rows.
 *
 * @param total W, the sum of w, at least 0
 * @param squared the sum of w², at least 0
 */
public record WeightSums(double total, double squared) {
  /** Below this part of the total the degrees of freedom are rounding. */
  private static final double LEAST_DEGREES = 1e-12;

  /** Returns the sums of these rows' weights. */
  public static WeightSums of(Examples rows) {
    return new WeightSums(rows.totalWeight(), rows.totalSquaredWeight());
  }

  /**
   * Returns what sums of weighted squared deviations are divided by for a sample's variance: {@code
   * W - sum w² / W}, where weights say how reliable a row is and their scale says nothing, as in
   * Spark ML's summarizer. It is n - 1 where each weight is 1, and above 0 where W is.
   */
  public double degrees() {
    return Math.max(total - squared / total, LEAST_DEGREES * total);
  }

  /**
   * Returns how many rows of one weight would say as much about a mean: {@code W² / sum w²} (Kish,
   * "Survey Sampling", 1965, section 11.7); NaN without weight.
   */
  public double effectiveRows() {
    return total / (squared / total);
  }
}
