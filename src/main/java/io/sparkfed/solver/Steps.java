package io.sparkfed.solver;

/** The rules that parameters of several solvers share. */
final class Steps {
  private Steps() {}

  static void requireAtLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be >= 1. Provided value: " + value);
    }
  }

  static void requireTolerance(double value) {
    if (!(value > 0.0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "tolerance must be > 0 and finite. Provided value: " + value);
    }
  }

  static void requireStepSize(double value) {
    if (!(value > 0.0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "step-size must be > 0 and finite. Provided value: " + value);
    }
  }
}
