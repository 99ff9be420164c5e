package io.sparkfed.testing;

import breeze.linalg.DenseMatrix;
import breeze.linalg.DenseVector;
import breeze.linalg.operators.HasOps;
import breeze.optimize.DiffFunction;
import breeze.optimize.LBFGS;
import java.lang.invoke.LambdaMetafactory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import scala.Tuple2;

/**
 * Minimizers found by Breeze, from formulas written here from the textbook: nothing of the library
 * is used. Coefficients are the weights, then the intercept.
 */
public final class Oracles {
  private Oracles() {}

  /** A function with its gradient. */
  interface Smooth {
    /** Returns the value at {@code w} and writes the gradient. */
    double at(double[] w, double[] gradientOut);
  }

  /** Returns the weighted least-squares solution by Breeze's {@code \} (LAPACK). */
  public static double[] leastSquares(Table table) {
    int n = table.rows();
    int p = table.features();
    double[] columnMajor = new double[n * (p + 1)];
    double[] labels = new double[n];
    for (int i = 0; i < n; i++) {
      double root = Math.sqrt(table.weights()[i]);
      for (int j = 0; j <= p; j++) {
        columnMajor[j * n + i] = root * (j < p ? table.x()[i][j] : 1.0);
      }
      labels[i] = root * table.y()[i];
    }
    DenseMatrix<Object> x = new DenseMatrix<>(n, p + 1, columnMajor);
    DenseVector<Object> y = new DenseVector<>(labels);
    DenseVector<Object> solution = HasOps.impl_OpSolveMatrixBy_DMD_DVD_eq_DVD().apply(x, y);
    return (double[]) solution.data();
  }

  /**
   * Returns the minimizer of {@code share sum e_i² + l2/2 |w|² + mu/2 |(w, b) - a|²} with the
   * errors e: least squares with a row for each penalty, by Breeze's {@code \} (LAPACK).
   *
   * @param anchor a, the weights, then the intercept
   */
  public static double[] proximalLeastSquares(
      Table table, double share, double l2, double mu, double[] anchor) {
    int p = table.features();
    int n = table.rows();
    int rows = n + p + p + 1;
    double[] columnMajor = new double[rows * (p + 1)];
    double[] labels = new double[rows];
    for (int i = 0; i < n; i++) {
      double root = Math.sqrt(share * table.weights()[i]);
      for (int j = 0; j <= p; j++) {
        columnMajor[j * rows + i] = root * (j < p ? table.x()[i][j] : 1.0);
      }
      labels[i] = root * table.y()[i];
    }
    for (int j = 0; j <= p; j++) {
      if (j < p) {
        columnMajor[j * rows + n + j] = Math.sqrt(l2 / 2.0);
      }
      columnMajor[j * rows + n + p + j] = Math.sqrt(mu / 2.0);
      labels[n + p + j] = Math.sqrt(mu / 2.0) * anchor[j];
    }
    DenseMatrix<Object> x = new DenseMatrix<>(rows, p + 1, columnMajor);
    DenseVector<Object> y = new DenseVector<>(labels);
    return (double[]) HasOps.impl_OpSolveMatrixBy_DMD_DVD_eq_DVD().apply(x, y).data();
  }

  /**
   * Returns the minimizer of the mean logistic loss plus {@code l2/2 |w|²}, the intercept exempt,
   * by Breeze's L-BFGS.
   */
  public static double[] ridgeLogistic(Table table, double l2) {
    int p = table.features();
    Smooth objective =
        (w, gradient) -> {
          double value = 0.0;
          for (int i = 0; i < table.rows(); i++) {
            double[] x = table.x()[i];
            double margin = w[p];
            for (int j = 0; j < p; j++) {
              margin += w[j] * x[j];
            }
            double sign = table.y()[i] > 0.5 ? 1.0 : -1.0;
            value += Math.log1p(Math.exp(-sign * margin)) / table.rows();
            double slope = -sign / (1.0 + Math.exp(sign * margin)) / table.rows();
            for (int j = 0; j < p; j++) {
              gradient[j] += slope * x[j];
            }
            gradient[p] += slope;
          }
          for (int j = 0; j < p; j++) {
            value += 0.5 * l2 * w[j] * w[j];
            gradient[j] += l2 * w[j];
          }
          return value;
        };
    LBFGS<DenseVector<Object>> lbfgs = new LBFGS<>(1000, 10, 1e-12, DenseVector.space_Double());
    return (double[])
        lbfgs.minimize(diffFunction(objective), new DenseVector<Object>(new double[p + 1])).data();
  }

  /** Called by the function that {@link #diffFunction} makes. */
  static Tuple2<Object, Object> calculate(Smooth function, Object at) {
    double[] w = (double[]) ((DenseVector<?>) at).data();
    double[] gradient = new double[w.length];
    double value = function.at(w, gradient);
    return new Tuple2<>(value, new DenseVector<Object>(gradient));
  }

  /** Java can't implement this Scala trait, whose apply is declared twice; a lambda factory can. */
  @SuppressWarnings("unchecked")
  private static DiffFunction<DenseVector<Object>> diffFunction(Smooth function) {
    MethodType calculate = MethodType.methodType(Tuple2.class, Object.class);
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    try {
      return (DiffFunction<DenseVector<Object>>)
          LambdaMetafactory.metafactory(
                  lookup,
                  "calculate",
                  MethodType.methodType(DiffFunction.class, Smooth.class),
                  calculate,
                  lookup.findStatic(
                      Oracles.class,
                      "calculate",
                      MethodType.methodType(Tuple2.class, Smooth.class, Object.class)),
                  calculate)
              .getTarget()
              .invoke(function);
    } catch (Throwable e) {
      throw new AssertionError("no function for Breeze", e);
    }
  }
}
