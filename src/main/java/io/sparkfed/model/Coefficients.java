package io.sparkfed.model;

import java.util.Arrays;

/** An immutable coefficient vector with its {@link ModelShape}. */
public final class Coefficients {
  private final ModelShape shape;
  private final double[] values;

  /**
   * Creates coefficients from a copy of {@code values}.
   *
   * @throws IllegalArgumentException if the length is not the shape's
   */
  public Coefficients(ModelShape shape, double[] values) {
    if (values.length != shape.size()) {
      throw new IllegalArgumentException(
          "a model with "
              + (shape.outputs() > 1 ? shape.outputs() + " outputs, " : "")
              + shape.features()
              + " features and "
              + (shape.hasIntercept() ? "an" : "no")
              + " intercept has "
              + shape.size()
              + " values. Provided: "
              + values.length);
    }
    this.shape = shape;
    this.values = values.clone();
  }

  /** Returns all zeros. */
  public static Coefficients zeros(ModelShape shape) {
    return new Coefficients(shape, new double[shape.size()]);
  }

  /** Returns the shape. */
  public ModelShape shape() {
    return shape;
  }

  /** Returns a copy of the whole vector, weights first. */
  public double[] values() {
    return values.clone();
  }

  /** Returns a copy of the {@code p} weights; of all {@code K p}, by output, if it has K. */
  public double[] weights() {
    return Arrays.copyOf(values, shape.weightCount());
  }

  /** Returns a copy of the {@code p} weights of an output. */
  public double[] weights(int output) {
    int from = shape.weightsFrom(output);
    return Arrays.copyOfRange(values, from, from + shape.features());
  }

  /** Returns the intercept of a model with one output, 0 when it has none. */
  public double intercept() {
    return shape.intercept(values);
  }

  /** Returns the K intercepts, each 0 when the model has none. */
  public double[] intercepts() {
    double[] intercepts = new double[shape.outputs()];
    Arrays.setAll(intercepts, k -> shape.intercept(values, k));
    return intercepts;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Coefficients that
        && shape.equals(that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * shape.hashCode() + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Coefficients" + Arrays.toString(values);
  }
}
