package io.sparkfed.testing;

import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Central differences; their relative error is about 1e-10 for functions of moderate curvature. */
public final class FiniteDifferences {
  private FiniteDifferences() {}

  /** Returns an estimate of f'(x). */
  public static double derivative(DoubleUnaryOperator f, double x) {
    double h = 6e-6 * Math.max(1.0, Math.abs(x));
    double above = x + h;
    double below = x - h;
    return (f.applyAsDouble(above) - f.applyAsDouble(below)) / (above - below);
  }

  /** Returns an estimate of the gradient of f at {@code at}. */
  public static double[] gradient(ToDoubleFunction<double[]> f, double[] at) {
    double[] gradient = new double[at.length];
    for (int j = 0; j < at.length; j++) {
      int coordinate = j;
      gradient[j] =
          derivative(
              value -> {
                double[] moved = at.clone();
                moved[coordinate] = value;
                return f.applyAsDouble(moved);
              },
              at[j]);
    }
    return gradient;
  }
}
