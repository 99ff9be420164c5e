package io.sparkfed.aggregate;

import java.util.Arrays;

/**
 * A vector whose numbers have names: written at a worker, and, summed over workers, read at the
 * driver.
 *
 * @param layout what it is made of
 * @param values all numbers, in the order of the layout; not copied
 */
public record NamedVector(Layout layout, double[] values) {

  /**
   * @throws IllegalArgumentException if the length isn't the layout's
   */
  public NamedVector {
    if (values.length != layout.length()) {
      throw new IllegalArgumentException(
          "a vector must have the length of its layout, "
              + layout.length()
              + ". Provided: "
              + values.length);
    }
  }

  /** Returns the first number of a part: the one of a part of length 1. */
  public double get(String name) {
    return values[layout.part(name).from()];
  }

  /** Returns a copy of a part. */
  public double[] all(String name) {
    Layout.Part part = layout.part(name);
    return Arrays.copyOfRange(values, part.from(), part.from() + part.length());
  }

  /** Returns where a part begins in {@link #values}, for what writes many numbers there. */
  public int from(String name) {
    return layout.part(name).from();
  }

  /** Writes a part of one number. */
  public NamedVector set(String name, double value) {
    return setAll(name, new double[] {value});
  }

  /**
   * Writes a part.
   *
   * @throws IllegalArgumentException if it has another length
   */
  public NamedVector setAll(String name, double[] numbers) {
    Layout.Part part = layout.part(name);
    if (numbers.length != part.length()) {
      throw new IllegalArgumentException(
          name + " must have " + part.length() + " numbers. Provided: " + numbers.length);
    }
    System.arraycopy(numbers, 0, values, part.from(), part.length());
    return this;
  }

  /** Writes a part as a number times a vector. */
  public NamedVector setScaled(String name, double factor, double[] numbers) {
    double[] scaled = numbers.clone();
    for (int j = 0; j < scaled.length; j++) {
      scaled[j] *= factor;
    }
    return setAll(name, scaled);
  }

  /**
   * Returns the sum of the workers' weights, at the driver.
   *
   * @throws AggregationException if it isn't greater than 0
   */
  public double total(String weight) {
    double total = get(weight);
    if (!(total > 0.0)) {
      throw new AggregationException("the workers' weights must have a sum > 0");
    }
    return total;
  }

  /**
   * Returns a part divided by the sum of the workers' weights, at the driver: the one division of a
   * mean.
   *
   * @throws AggregationException if the weight isn't greater than 0
   */
  public double[] mean(String name, String weight) {
    double total = total(weight);
    double[] mean = all(name);
    for (int j = 0; j < mean.length; j++) {
      mean[j] /= total;
    }
    return mean;
  }
}
