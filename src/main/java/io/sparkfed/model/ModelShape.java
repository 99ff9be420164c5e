package io.sparkfed.model;

import io.sparkfed.math.SymmetricMatrix;
import java.io.Serializable;

/**
 * The layout of a coefficient vector of K outputs and p features: the {@code p} weights of output 0
 * in column order, then those of output 1 and so on; after all {@code K p} weights the K intercepts
 * when there are any. So what is penalized is a prefix, and the weights are the rows of MLlib's
 * coefficient matrix.
 *
 * <p>Softmax has an output for each of its K classes, one more than is needed: adding a number to a
 * feature's weight in all classes changes no probability. No class is singled out as the reference.
 * Training starts at 0 and goes along gradients whose sum over the classes is 0, and so does the
 * ridge penalty: the coefficients of a feature, and the intercepts, keep the mean 0 over the
 * classes. That is the form of MLlib's multinomial logistic regression. (With {@code l1} the
 * weights are those of the penalty's optimum and need not have the mean 0; nor then need the
 * intercepts, where features are standardized.)
 *
 * @param features number of features p, at least 0
 * @param hasIntercept whether the model has intercepts, one for each output
 * @param outputs number of outputs K, at least 1
 */
public record ModelShape(int features, boolean hasIntercept, int outputs) implements Serializable {

  /**
   * @throws IllegalArgumentException if {@code features < 0}, {@code outputs < 1}, or the vector
   *     would be empty or longer than an array
   */
  public ModelShape {
    if (features < (hasIntercept ? 0 : 1)) {
      throw new IllegalArgumentException(
          "features must be >= "
              + (hasIntercept ? "0" : "1 in a model without an intercept")
              + ". Provided value: "
              + features);
    }
    if (outputs < 1) {
      throw new IllegalArgumentException("outputs must be >= 1. Provided value: " + outputs);
    }
    if ((features + 1L) * outputs > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          features + " features times " + outputs + " outputs must be < 2^31");
    }
  }

  /**
   * Creates the shape of a model with one output.
   *
   * @throws IllegalArgumentException if there are too few features
   */
  public ModelShape(int features, boolean hasIntercept) {
    this(features, hasIntercept, 1);
  }

  /** Returns the length of a coefficient vector. */
  public int size() {
    return weightCount() + (hasIntercept ? outputs : 0);
  }

  /** Returns K p: the penalized coordinates are the first so many. */
  public int weightCount() {
    return outputs * features;
  }

  /** Returns where the weights of an output begin. */
  public int weightsFrom(int output) {
    return output * features;
  }

  /** Returns the intercept of a one-output model's {@code values}, or 0 when it has none. */
  public double intercept(double[] values) {
    return intercept(values, 0);
  }

  /** Returns the intercept of an output, or 0 when the model has none. */
  public double intercept(double[] values, int output) {
    return hasIntercept ? values[weightCount() + output] : 0.0;
  }

  /** Adds {@code amount} to the intercept's place of output 0; does nothing without one. */
  public void addToIntercept(double amount, double[] out) {
    addToIntercept(0, amount, out);
  }

  /** Adds {@code amount} to the intercept's place of an output; does nothing without one. */
  public void addToIntercept(int output, double amount, double[] out) {
    if (hasIntercept) {
      out[weightCount() + output] += amount;
    }
  }

  /**
   * Returns where the coefficient of a column is in the vector.
   *
   * @param column a feature, or p for the intercept of a model that has one
   */
  public int place(int output, int column) {
    return column < features ? weightsFrom(output) + column : weightCount() + output;
  }

  /**
   * Returns the Hessian of a model of several outputs without the directions in which it is 0,
   * which are those in which a column's coefficients of all outputs grow alike: {@code H + sum_j
   * d_j u_j u_j'}, where {@code u_j} is 1 at column j's coefficients and 0 elsewhere. With one
   * output it is {@code hessian} itself.
   *
   * <p>H takes vectors whose coefficients have the mean 0 over the outputs to such vectors, and
   * what is added takes them to 0. So for a right-hand side of that form, as gradients of softmax
   * are, the solution solves {@code H x = b} and has that form. {@code d_j}, a K(K - 1)th of the
   * sum of the column's places on the diagonal, gives the added directions the curvature that the
   * others have where all classes are equally probable.
   */
  public SymmetricMatrix identified(SymmetricMatrix hessian) {
    if (outputs == 1) {
      return hessian;
    }
    double[] packed = hessian.packed();
    double[] diagonal = hessian.diagonal();
    for (int j = 0; j < size() / outputs; j++) {
      double sum = 0.0;
      for (int k = 0; k < outputs; k++) {
        sum += diagonal[place(k, j)];
      }
      double added = sum / (outputs * (outputs - 1.0));
      for (int k = 0; k < outputs; k++) {
        for (int m = k; m < outputs; m++) {
          packed[SymmetricMatrix.at(size(), place(k, j), place(m, j))] += added;
        }
      }
    }
    return SymmetricMatrix.of(size(), packed);
  }
}
