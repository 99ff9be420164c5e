package io.sparkfed.objective;

import java.io.Serializable;

/**
 * The elastic net {@code l1 |w|_1 + l2/2 |w|²} of the weights; intercepts are exempt.
 *
 * @param l1 at least 0 and finite
 * @param l2 at least 0 and finite
 */
public record Penalty(double l1, double l2) implements Serializable {

  /**
   * @throws IllegalArgumentException if one is out of range
   */
  public Penalty {
    require("l1", l1);
    require("l2", l2);
  }

  private static void require(String name, double value) {
    if (!(value >= 0.0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          name + " must be >= 0 and finite. Provided value: " + value);
    }
  }
}
