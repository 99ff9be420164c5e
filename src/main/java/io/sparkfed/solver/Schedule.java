package io.sparkfed.solver;

/** How the step size changes over the rounds. */
public enum Schedule {
  /** Not at all. */
  CONSTANT,
  /** Divided by the square root of the round's number. */
  INVERSE_SQRT,
  /** Divided by the round's number. */
  INVERSE;

  /**
   * Returns what the step size is multiplied with.
   *
   * @param round the round's number, from 1
   */
  double factor(int round) {
    return switch (this) {
      case CONSTANT -> 1.0;
      case INVERSE_SQRT -> 1.0 / Math.sqrt(round);
      case INVERSE -> 1.0 / round;
    };
  }
}
