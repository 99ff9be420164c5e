package io.sparkfed.model;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Standardization of features as algebra on coefficients, so that rows are never copied.
 *
 * <p>A model trained on standardized features {@code z_j = (x_j - m_j) * f_j}, with {@code f_j = 1
 * / s_j}, has the score {@code sum_j w_j z_j + b}. In raw units that is {@code sum_j (w_j f_j) x_j
 * + (b - sum_j w_j f_j m_j)}: {@link #toRaw}. By the chain rule, with the raw gradient {@code g_j =
 * sum_i r_i x_ij} and {@code g_b = sum_i r_i}, the gradient in standardized units is {@code (g_j -
 * m_j g_b) f_j}, and {@code g_b} for the intercept: {@link #gradientToScaled}. With several outputs
 * this holds for each.
 *
 * <p>A column with deviation 0 gets the factor 0: it says nothing, and its coefficient stays where
 * it was. A model without an intercept can't absorb a shift, so its features are scaled and not
 * centred.
 *
 * @param shape the model's
 * @param means m, length p; none where this changes nothing
 * @param factors f, length p; none where this changes nothing
 */
public record Scaling(ModelShape shape, double[] means, double[] factors) implements Serializable {

  /**
   * @throws IllegalArgumentException if a length is neither 0 nor p
   */
  public Scaling {
    int p = factors.length == 0 ? 0 : shape.features();
    if (means.length != p || factors.length != p) {
      throw new IllegalArgumentException(
          "means and factors must have the length of the features, or both none");
    }
  }

  /** Returns the scaling that changes nothing. */
  public static Scaling identity(ModelShape shape) {
    return new Scaling(shape, new double[0], new double[0]);
  }

  /**
   * Returns the scaling to mean 0 and deviation 1.
   *
   * @param means mean of each feature, length p
   * @param deviations standard deviation of each feature, length p, each at least 0
   * @throws IllegalArgumentException if a length is not p, a value is not finite, or a deviation is
   *     negative
   */
  public static Scaling standardize(ModelShape shape, double[] means, double[] deviations) {
    int p = shape.features();
    if (means.length != p || deviations.length != p) {
      throw new IllegalArgumentException(
          "means and deviations must have length "
              + p
              + ". Provided: "
              + means.length
              + " and "
              + deviations.length);
    }
    double[] m = new double[p];
    double[] f = new double[p];
    for (int j = 0; j < p; j++) {
      if (!Double.isFinite(means[j]) || !Double.isFinite(deviations[j]) || deviations[j] < 0.0) {
        throw new IllegalArgumentException(
            "feature " + j + " must have a finite mean and a finite deviation >= 0");
      }
      m[j] = shape.hasIntercept() ? means[j] : 0.0;
      f[j] = deviations[j] > 0.0 ? 1.0 / deviations[j] : 0.0;
    }
    return new Scaling(shape, m, f);
  }

  /** Returns whether this scaling changes nothing. */
  public boolean isIdentity() {
    return factors.length == 0;
  }

  /** Returns {@code values}, given in standardized units, in raw units; a new array. */
  public double[] toRaw(double[] values) {
    double[] raw = new double[values.length];
    toRaw(values, raw);
    return raw;
  }

  /** Writes {@code values}, given in standardized units, in raw units. */
  public void toRaw(double[] values, double[] rawOut) {
    System.arraycopy(values, 0, rawOut, 0, values.length);
    if (factors.length == 0) {
      return;
    }
    for (int k = 0; k < shape.outputs(); k++) {
      int from = shape.weightsFrom(k);
      double shift = 0.0;
      for (int j = 0; j < factors.length; j++) {
        rawOut[from + j] = values[from + j] * factors[j];
        shift += rawOut[from + j] * means[j];
      }
      shape.addToIntercept(k, -shift, rawOut);
    }
  }

  /** Turns the features of a row, the p entries from {@code at} on, into standardized ones. */
  public void rowToScaled(double[] row, int at) {
    if (factors.length == 0) {
      return;
    }
    for (int j = 0; j < factors.length; j++) {
      row[at + j] = (row[at + j] - means[j]) * factors[j];
    }
  }

  /** Returns what is taken from a feature after it is scaled: its mean in deviations. */
  public double shift(int feature) {
    return factors.length == 0 ? 0.0 : means[feature] * factors[feature];
  }

  /** Returns what each weight in standardized units is multiplied with to be in raw units. */
  public double[] weightFactors() {
    if (factors.length == 0) {
      double[] ones = new double[shape.features()];
      Arrays.fill(ones, 1.0);
      return ones;
    }
    return factors.clone();
  }

  /** Turns a gradient in raw units into one in standardized units, in place. */
  public void gradientToScaled(double[] gradient) {
    if (factors.length == 0) {
      return;
    }
    for (int k = 0; k < shape.outputs(); k++) {
      int from = shape.weightsFrom(k);
      double ofIntercept = shape.intercept(gradient, k);
      for (int j = 0; j < factors.length; j++) {
        gradient[from + j] = (gradient[from + j] - means[j] * ofIntercept) * factors[j];
      }
    }
  }
}
