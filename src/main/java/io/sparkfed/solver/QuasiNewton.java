package io.sparkfed.solver;

import io.sparkfed.math.Vectors;
import java.io.Serializable;
import java.util.Arrays;

/**
 * Minimises {@code f(w) + l1 sum_{j < penalised} |w_j|} for a smooth convex f: L-BFGS (Nocedal and
 * Wright, "Numerical Optimization", 2nd edition, algorithm 7.4), and with {@code l1 > 0} OWL-QN
 * (Andrew and Gao, "Scalable Training of L1-Regularized Log-Linear Models", ICML 2007).
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
    if (!(tolerance > 0.0) || Double.isInfinite(tolerance)) {
      throw new IllegalArgumentException(
          "tolerance must be > 0 and finite. Provided value: " + tolerance);
    }
  }

  /** A function with its gradient. */
  @FunctionalInterface
  public interface Smooth {
    /** Returns f(w) and writes its gradient. */
    double valueAndGradient(double[] w, double[] gradientOut);
  }

  /**
   * Returns the minimiser, or where the iterations ended.
   *
   * @param start where to start; not changed
   * @param l1 factor of the absolute values, at least 0
   * @param penalised how many coordinates have it: the first so many
   */
  public double[] minimize(Smooth smooth, double[] start, double l1, int penalised) {
    Point at = Point.of(smooth, start.clone(), l1, penalised);
    Memory memory = new Memory(history);
    for (int iteration = 0; iteration < maxIterations; iteration++) {
      double[] steepest = at.pseudoGradient();
      if (largest(steepest) <= tolerance * Math.max(1.0, Math.abs(at.value))) {
        break;
      }
      double[] direction = memory.direction(steepest);
      if (l1 > 0.0) {
        keepDescending(direction, steepest, penalised);
      }
      double slope = dot(direction, steepest);
      if (!(slope < 0.0)) {
        memory.clear();
        direction = memory.direction(steepest);
        slope = dot(direction, steepest);
      }
      double step = memory.isEmpty() ? 1.0 / Math.max(1.0, Math.sqrt(-slope)) : 1.0;
      Point next =
          l1 > 0.0
              ? at.backtracked(direction, steepest, step)
              : at.searched(direction, slope, step);
      if (next == null) {
        break;
      }
      memory.add(Vectors.subtract(next.w, at.w), Vectors.subtract(next.gradient, at.gradient));
      at = next;
    }
    return at.w;
  }

  /** A step must not go uphill in any coordinate that the penalty holds in its orthant. */
  private static void keepDescending(double[] direction, double[] steepest, int penalised) {
    for (int j = 0; j < penalised; j++) {
      if (direction[j] * steepest[j] >= 0.0) {
        direction[j] = 0.0;
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }

  private static double largest(double[] values) {
    double largest = 0.0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** Coefficients with the objective's value and the smooth part's gradient. */
  private static final class Point {
    private final Smooth smooth;
    private final double l1;
    private final int penalised;
    private final double[] w;
    private final double value;
    private final double[] gradient;

    private Point(
        Smooth smooth, double l1, int penalised, double[] w, double value, double[] gradient) {
      this.smooth = smooth;
      this.l1 = l1;
      this.penalised = penalised;
      this.w = w;
      this.value = value;
      this.gradient = gradient;
    }

    static Point of(Smooth smooth, double[] w, double l1, int penalised) {
      double[] gradient = new double[w.length];
      double value = smooth.valueAndGradient(w, gradient);
      double norm = 0.0;
      for (int j = 0; j < penalised; j++) {
        norm += Math.abs(w[j]);
      }
      return new Point(smooth, l1, penalised, w, value + l1 * norm, gradient);
    }

    private Point at(double[] other) {
      return of(smooth, other, l1, penalised);
    }

    /** The subgradient of least length: 0 where the penalty outweighs the slope at 0. */
    double[] pseudoGradient() {
      double[] result = gradient.clone();
      if (l1 > 0.0) {
        for (int j = 0; j < penalised; j++) {
          if (w[j] != 0.0) {
            result[j] += Math.copySign(l1, w[j]);
          } else {
            double over = Math.abs(result[j]) - l1;
            result[j] = over > 0.0 ? Math.copySign(over, result[j]) : 0.0;
          }
        }
      }
      return result;
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
        double[] moved = moved(step, direction);
        double expected = 0.0;
        for (int j = 0; j < moved.length; j++) {
          if (j < penalised) {
            double orthant = w[j] != 0.0 ? w[j] : -steepest[j];
            moved[j] = moved[j] * orthant > 0.0 ? moved[j] : 0.0;
          }
          expected += steepest[j] * (moved[j] - w[j]);
        }
        Point next = at(moved);
        if (next.value <= value + SUFFICIENT_DECREASE * expected && !Arrays.equals(moved, w)) {
          return next;
        }
        step *= 0.5;
      }
      return null;
    }
  }

  /** The last steps and the changes of the gradient over them. */
  private static final class Memory {
    private final double[][] steps;
    private final double[][] changes;
    private final double[] products;
    private int count;

    Memory(int size) {
      this.steps = new double[size][];
      this.changes = new double[size][];
      this.products = new double[size];
    }

    boolean isEmpty() {
      return count == 0;
    }

    void clear() {
      count = 0;
    }

    /** Keeps a step along which the gradient grew; others have no curvature to remember. */
    void add(double[] step, double[] change) {
      double product = dot(step, change);
      if (!(product > Math.ulp(1.0) * Math.sqrt(dot(step, step) * dot(change, change)))) {
        return;
      }
      int slot = count % steps.length;
      steps[slot] = step;
      changes[slot] = change;
      products[slot] = product;
      count++;
    }

    /** Returns minus the approximate inverse Hessian times {@code gradient}. */
    double[] direction(double[] gradient) {
      double[] d = gradient.clone();
      int used = Math.min(count, steps.length);
      double[] alphas = new double[used];
      for (int k = 0; k < used; k++) {
        int slot = (count - 1 - k) % steps.length;
        alphas[k] = dot(steps[slot], d) / products[slot];
        Vectors.addScaled(-alphas[k], changes[slot], 0, d, d.length);
      }
      double scale = 1.0;
      if (used > 0) {
        int last = (count - 1) % steps.length;
        scale = products[last] / dot(changes[last], changes[last]);
      }
      for (int j = 0; j < d.length; j++) {
        d[j] *= scale;
      }
      for (int k = used - 1; k >= 0; k--) {
        int slot = (count - 1 - k) % steps.length;
        double beta = dot(changes[slot], d) / products[slot];
        Vectors.addScaled(alphas[k] - beta, steps[slot], 0, d, d.length);
      }
      for (int j = 0; j < d.length; j++) {
        d[j] = -d[j];
      }
      return d;
    }
  }
}
