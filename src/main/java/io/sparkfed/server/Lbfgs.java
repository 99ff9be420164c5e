package io.sparkfed.server;

import io.sparkfed.math.Vectors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limited-memory BFGS (Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithm 7.4)
 * and, where there is an L1 penalty, its orthant-wise form OWL-QN (Andrew and Gao, "Scalable
 * Training of L1-Regularized Log-Linear Models", ICML 2007). One evaluation is one round, so the
 * line search takes few: the full step nearly always does.
 *
 * <p>Without L1 the line search brackets a step that fulfils the weak Wolfe conditions (Lewis and
 * Overton, "Nonsmooth optimization via quasi-Newton methods", Mathematical Programming 141, 2013,
 * algorithm 2.6). With L1 it goes back along the projected line until the objective falls enough.
 *
 * <p>Ends when two iterations in a row lower the objective by at most {@code tolerance} of it, or
 * when no entry of the (pseudo-)gradient exceeds {@code tolerance} times the largest of the first.
 *
 * @param memory pairs kept, at least 1
 * @param tolerance at least 0
 */
public record Lbfgs(int memory, double tolerance) implements PooledOptimizer {
  private static final double SUFFICIENT = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final double SHORTEST = 0x1p-40;
  private static final int QUIET_ITERATIONS = 2;

  /** Changes of the objective by less than this, relatively, are its rounding. */
  private static final double ROUNDING = 1e-14;

  /**
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public Lbfgs {
    if (memory < 1) {
      throw new IllegalArgumentException("memory must be >= 1. Provided value: " + memory);
    }
    if (!(tolerance >= 0.0)) {
      throw new IllegalArgumentException("tolerance must be >= 0. Provided value: " + tolerance);
    }
  }

  @Override
  public boolean needsHessian() {
    return false;
  }

  @Override
  public Search begin(double[] start, double[] l1) {
    return new First(this, start.clone(), l1.clone());
  }

  /** A step s between two points with the gradients' difference y, and 1 / s'y. */
  private record Pair(double[] s, double[] y, double inverse) {}

  private record First(Lbfgs lbfgs, double[] point, double[] l1) implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      Iterate start =
          new Iterate(
              point,
              at.value() + penalty(point, l1),
              at.gradient(),
              List.of(),
              longest(pseudoGradient(point, at.gradient(), l1)),
              0);
      return lbfgs.from(start, l1);
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }

  /**
   * An accepted point.
   *
   * @param value the objective with its L1 penalty
   * @param gradient of the smooth part
   * @param pairs the newest last
   * @param firstSlope largest entry of the first pseudo-gradient
   * @param quiet iterations in a row that gained next to nothing
   */
  private record Iterate(
      double[] point,
      double value,
      double[] gradient,
      List<Pair> pairs,
      double firstSlope,
      int quiet) {}

  /**
   * A step under trial.
   *
   * @param pseudo the pseudo-gradient at the iterate; the gradient without L1
   * @param length the step length that is tried
   * @param low a length that was too short, or 0
   * @param high a length that was too long, or infinity
   */
  private record Trial(
      Lbfgs lbfgs,
      Iterate from,
      double[] l1,
      double[] pseudo,
      double[] direction,
      double length,
      double low,
      double high)
      implements Search {

    @Override
    public double[] best() {
      return from.point;
    }

    @Override
    public double[] point() {
      double[] point = from.point.clone();
      Vectors.addScaled(length, direction, 0, point, point.length);
      for (int j = 0; j < point.length; j++) {
        if (l1[j] > 0.0 && point[j] * orthant(from.point[j], pseudo[j]) < 0.0) {
          point[j] = 0.0;
        }
      }
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] point = point();
      double[] step = Vectors.subtract(point, from.point);
      double promised = Vectors.dot(pseudo, 0, step, step.length);
      double value = at.value() + penalty(point, l1);
      double slack = ROUNDING * Math.abs(from.value);
      if (!(value <= from.value + SUFFICIENT * promised + slack)) {
        return length < SHORTEST || closed()
            ? new Ended(from.point, Ending.NO_LOWER_POINT)
            : withLength((low + length) / 2.0, low, length);
      }
      boolean tooShort =
          noL1(l1)
              && Vectors.dot(at.gradient(), 0, direction, direction.length)
                  < CURVATURE * Vectors.dot(pseudo, 0, direction, direction.length);
      if (tooShort && !closed()) {
        double longer = Double.isInfinite(high) ? 2.0 * length : (length + high) / 2.0;
        return withLength(longer, length, high);
      }
      return lbfgs.accept(from, point, value, at.gradient(), step, l1);
    }

    /** The bracket can't be split further. */
    private boolean closed() {
      return Double.isFinite(high) && high - low <= 1e-12 * high;
    }

    private Trial withLength(double next, double newLow, double newHigh) {
      return new Trial(lbfgs, from, l1, pseudo, direction, next, newLow, newHigh);
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }

  private Search accept(
      Iterate from, double[] point, double value, double[] gradient, double[] step, double[] l1) {
    double[] y = Vectors.subtract(gradient, from.gradient);
    double curvature = Vectors.dot(step, 0, y, y.length);
    List<Pair> pairs = new ArrayList<>(from.pairs);
    if (curvature > 1e-16 * Vectors.dot(y, 0, y, y.length)) {
      pairs.add(new Pair(step, y, 1.0 / curvature));
      if (pairs.size() > memory) {
        pairs.remove(0);
      }
    }
    boolean little = from.value - value <= tolerance * Math.abs(value);
    int quiet = little ? from.quiet + 1 : 0;
    return from(
        new Iterate(point, value, gradient, List.copyOf(pairs), from.firstSlope, quiet), l1);
  }

  private Search from(Iterate at, double[] l1) {
    double[] pseudo = pseudoGradient(at.point, at.gradient, l1);
    double slope = longest(pseudo);
    if (slope <= tolerance * at.firstSlope || at.quiet >= QUIET_ITERATIONS) {
      return new Search.Ended(at.point, Search.Ending.CONVERGED);
    }
    double[] direction = descent(pseudo, at.pairs);
    for (int j = 0; j < direction.length; j++) {
      if (l1[j] > 0.0 && direction[j] * pseudo[j] >= 0.0) {
        direction[j] = 0.0;
      }
    }
    if (!(Vectors.dot(direction, 0, pseudo, pseudo.length) < 0.0)) {
      return new Search.Ended(at.point, Search.Ending.NO_LOWER_POINT);
    }
    double length = at.pairs.isEmpty() ? 1.0 / Math.max(1.0, norm(pseudo)) : 1.0;
    return new Trial(this, at, l1, pseudo, direction, length, 0.0, Double.POSITIVE_INFINITY);
  }

  /** The two-loop recursion: minus the inverse Hessian's estimate times the gradient. */
  private static double[] descent(double[] gradient, List<Pair> pairs) {
    double[] q = gradient.clone();
    double[] a = new double[pairs.size()];
    for (int i = pairs.size() - 1; i >= 0; i--) {
      Pair pair = pairs.get(i);
      a[i] = pair.inverse * Vectors.dot(pair.s, 0, q, q.length);
      Vectors.addScaled(-a[i], pair.y, 0, q, q.length);
    }
    double scale = -1.0;
    if (!pairs.isEmpty()) {
      Pair newest = pairs.get(pairs.size() - 1);
      scale = -1.0 / (newest.inverse * Vectors.dot(newest.y, 0, newest.y, newest.y.length));
    }
    for (int j = 0; j < q.length; j++) {
      q[j] *= scale;
    }
    for (int i = 0; i < pairs.size(); i++) {
      Pair pair = pairs.get(i);
      double b = pair.inverse * Vectors.dot(pair.y, 0, q, q.length);
      Vectors.addScaled(-a[i] - b, pair.s, 0, q, q.length);
    }
    return q;
  }

  /**
   * The gradient of the objective in the direction in which it falls fastest; 0 at a kink's top.
   */
  private static double[] pseudoGradient(double[] w, double[] gradient, double[] l1) {
    double[] pseudo = gradient.clone();
    for (int j = 0; j < pseudo.length; j++) {
      if (w[j] != 0.0) {
        pseudo[j] += Math.signum(w[j]) * l1[j];
      } else if (pseudo[j] > l1[j]) {
        pseudo[j] -= l1[j];
      } else if (pseudo[j] < -l1[j]) {
        pseudo[j] += l1[j];
      } else {
        pseudo[j] = 0.0;
      }
    }
    return pseudo;
  }

  /** The sign a coordinate may have during a step. */
  private static double orthant(double coordinate, double pseudo) {
    return coordinate != 0.0 ? Math.signum(coordinate) : -Math.signum(pseudo);
  }

  private static double penalty(double[] w, double[] l1) {
    double sum = 0.0;
    for (int j = 0; j < w.length; j++) {
      sum += l1[j] * Math.abs(w[j]);
    }
    return sum;
  }

  private static boolean noL1(double[] l1) {
    for (double penalty : l1) {
      if (penalty != 0.0) {
        return false;
      }
    }
    return true;
  }

  private static double norm(double[] vector) {
    return Math.sqrt(Vectors.dot(vector, 0, vector, vector.length));
  }

  private static double longest(double[] vector) {
    double longest = 0.0;
    for (double v : vector) {
      longest = Math.max(longest, Math.abs(v));
    }
    return longest;
  }
}
