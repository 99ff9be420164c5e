package io.sparkfed.evaluation;

/**
 * A part of {@link BoundedSums}.
 *
 * @param name what is summed
 * @param length how many numbers it has, at least 1
 * @param scale what the sums over rows are multiplied with, a multiple of 1/64 from 1/64 to 1
 */
public record BoundedPart(String name, int length, double scale) {
  private static final int STEPS = 64;

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  public BoundedPart {
    double steps = STEPS * scale;
    if (length < 1 || !(steps >= 1.0 && steps <= STEPS && steps == Math.rint(steps))) {
      throw new IllegalArgumentException(
          "a part must have numbers, and a scale of 1/64 to 64/64. Provided: " + scale);
    }
  }

  /**
   * Returns a part whose squared scale is about a share of the sum of all squares.
   *
   * @param share in (0, 1]
   */
  static BoundedPart of(String name, int length, double share) {
    return new BoundedPart(name, length, Math.rint(STEPS * Math.sqrt(share)) / STEPS);
  }
}
