package io.sparkfed.model;

import java.io.Serializable;

/**
 * The layout of a coefficient vector: the {@code features} weights in column order, then the
 * intercept when there is one.
 *
 * @param features number of features p, at least 1
 * @param hasIntercept whether the model has an intercept
 */
public record ModelShape(int features, boolean hasIntercept) implements Serializable {

  /**
   * @throws IllegalArgumentException if {@code features < 1}
   */
  public ModelShape {
    if (features < 1) {
      throw new IllegalArgumentException("features must be >= 1. Provided value: " + features);
    }
  }

  /** Returns the length of a coefficient vector. */
  public int size() {
    return hasIntercept ? features + 1 : features;
  }

  /** Returns the intercept of {@code values}, or 0 when the model has none. */
  public double intercept(double[] values) {
    return hasIntercept ? values[features] : 0.0;
  }

  /** Adds {@code amount} to the intercept's place of {@code out}; does nothing without one. */
  public void addToIntercept(double amount, double[] out) {
    if (hasIntercept) {
      out[features] += amount;
    }
  }
}
