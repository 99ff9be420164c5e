package io.sparkfed.solver;

import io.sparkfed.math.InverseHessian;
import io.sparkfed.math.Vectors;
import io.sparkfed.math.WeightedL1;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Minimizes {@code f(w) + l1 sum_{j < penalised} |w_j|} for a smooth convex f: L-BFGS ({@link
 * InverseHessian}), and with {@code l1 > 0} OWL-QN ({@link WeightedL1}).
 *
 * <p>The line search of the smooth case halves and doubles until the weak Wolfe conditions hold
 * (Lewis and Overton, "Nonsmooth optimization via quasi-Newton methods", 2013), which a kink does
 * not stop. Where f changes by no more than its rounding, slopes decide instead (Hager and Zhang,
 * "Algorithm 851: CG_DESCENT", 2006, equation 27). OWL-QN halves the step until f decreases.
 *
 * <p>All sums are in a fixed order, so the result is a function of the arguments bit for bit.
 *
 * @param maxIterations most steps taken, at least 1
 * @param tolerance training ends where no entry of the gradient is larger than this times {@code
 *     max(1, |f|)}; positive and finite
 * @param history number of steps whose curvature is remembered, at least 1
 */
public record QuasiNewton(int maxIterations, double tolerance, int history)
    implements Serializable {
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double SUFFICIENT_FLATTENING = 0.9;

  /** Of the condition on slopes alone. */
  private static final double APPROXIMATE_DECREASE = 0.1;

  /** By how much, relatively, f may grow by rounding. */
  private static final double ROUNDING = 1e-14;

  private static final int MOST_TRIALS = 60;

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public QuasiNewton {
    Steps.requireAtLeastOne("max-iterations", maxIterations);
    Steps.requireAtLeastOne("history", history);
    Steps.requireTolerance(tolerance);
  }

  /** A function with its gradient. */
  @FunctionalInterface
  public interface Smooth {
    /** Returns f(w) and writes its gradient. */
    double valueAndGradient(double[] w, double[] gradientOut);
  }

  /**
   * Returns the minimizer, or where the iterations ended.
   *
   * @param start where to start; not changed
   * @param l1 factor of the absolute values, at least 0
   * @param penalised how many coordinates have it: the first so many
   */
  public double[] minimize(Smooth smooth, double[] start, double l1, int penalised) {
    Point at = Point.of(smooth, start.clone(), WeightedL1.ofFirst(penalised, start.length, l1));
    InverseHessian inverse = InverseHessian.identity(history);
    for (int iteration = 0; iteration < maxIterations; iteration++) {
      double[] steepest = at.pseudoGradient();
      if (Vectors.maxAbs(steepest) <= tolerance * Math.max(1.0, Math.abs(at.value))) {
        break;
      }
      double[] direction = at.l1.downhill(inverse.direction(steepest), steepest);
      double slope = dot(direction, steepest);
      if (!(slope < 0.0)) {
        inverse = InverseHessian.identity(history);
        direction = inverse.direction(steepest);
        slope = dot(direction, steepest);
      }
      double step = inverse.isIdentity() ? 1.0 / Math.max(1.0, Math.sqrt(-slope)) : 1.0;
      Point next =
          at.l1.isZero()
              ? at.searched(direction, slope, step)
              : at.backtracked(direction, steepest, step);
      if (next == null) {
        break;
      }
      inverse =
          inverse.after(
              Vectors.subtract(next.w, at.w), Vectors.subtract(next.gradient, at.gradient));
      at = next;
    }
    return at.w;
  }

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }

  /** Coefficients with the objective's value and the smooth part's gradient. */
  private record Point(Smooth smooth, WeightedL1 l1, double[] w, double value, double[] gradient) {

    static Point of(Smooth smooth, double[] w, WeightedL1 l1) {
      double[] gradient = new double[w.length];
      double value = smooth.valueAndGradient(w, gradient);
      return new Point(smooth, l1, w, value + l1.value(w), gradient);
    }

    private Point at(double[] other) {
      return of(smooth, other, l1);
    }

    double[] pseudoGradient() {
      return l1.pseudoGradient(w, gradient);
    }

    private double[] moved(double step, double[] direction) {
      double[] moved = w.clone();
      Vectors.addScaled(step, direction, 0, moved, moved.length);
      return moved;
    }

    /** Returns a point that meets the weak Wolfe conditions, or the best found; null for none. */
    Point searched(double[] direction, double slope, double first) {
      double low = 0.0;
      double high = Double.POSITIVE_INFINITY;
      double step = first;
      Point best = null;
      for (int trial = 0; trial < MOST_TRIALS; trial++) {
        Point next = at(moved(step, direction));
        double slopeThere = dot(direction, next.gradient);
        if (!decreases(next, step * slope, slopeThere, slope)) {
          high = step;
        } else {
          best = next;
          if (slopeThere >= SUFFICIENT_FLATTENING * slope) {
            return next;
          }
          low = step;
        }
        step = Double.isInfinite(high) ? 2.0 * low : 0.5 * (low + high);
      }
      return best;
    }

    private boolean decreases(Point next, double expected, double slopeThere, double slope) {
      if (next.value <= value + SUFFICIENT_DECREASE * expected) {
        return true;
      }
      return next.value <= value + ROUNDING * Math.abs(value)
          && slopeThere <= (2.0 * APPROXIMATE_DECREASE - 1.0) * slope;
    }

    /** Returns a lower point in the orthant that the step starts into; null when there is none. */
    Point backtracked(double[] direction, double[] steepest, double first) {
      double step = first;
      for (int trial = 0; trial < MOST_TRIALS; trial++) {
        double[] moved = l1.projected(moved(step, direction), w, steepest);
        double expected = dot(steepest, Vectors.subtract(moved, w));
        Point next = at(moved);
        if (next.value <= value + SUFFICIENT_DECREASE * expected && !Arrays.equals(moved, w)) {
          return next;
        }
        step *= 0.5;
      }
      return null;
    }
  }
}
