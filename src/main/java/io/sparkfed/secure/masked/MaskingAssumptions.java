package io.sparkfed.secure.masked;

/**
 * What the graph of masks is made for.
 *
 * @param corrupted what part of a cohort may work together with the driver, in [0, 0.33]
 * @param dropouts what part of a cohort may be missing, in [0, 0.33]
 * @param fullGraphUpTo up to how many workers everybody masks with everybody, at least 3
 */
public record MaskingAssumptions(double corrupted, double dropouts, int fullGraphUpTo) {
  /** A tenth and a tenth, and the full graph up to 48 workers. */
  public static final MaskingAssumptions DEFAULT = new MaskingAssumptions(0.1, 0.1, 48);

  /** The largest part that may be assumed. */
  public static final double MOST = 0.33;

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public MaskingAssumptions {
    if (!(corrupted >= 0.0 && corrupted <= MOST) || !(dropouts >= 0.0 && dropouts <= MOST)) {
      throw new IllegalArgumentException(
          "what is assumed corrupted or missing must be in [0, "
              + MOST
              + "]. Provided: "
              + corrupted
              + ", "
              + dropouts);
    }
    if (fullGraphUpTo < 3) {
      throw new IllegalArgumentException(
          "the full graph must go up to at least 3 workers. Provided: " + fullGraphUpTo);
    }
  }
}
