package io.sparkfed.server;

import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.Vectors;
import java.util.Map;
import java.util.Optional;

/**
 * Newton's method with step halving; for a generalised linear model it is iteratively reweighted
 * least squares (McCullagh and Nelder, "Generalized Linear Models", 1989, section 2.5).
 *
 * <p>The direction is {@code -H^-1 g}. With the decrement {@code q = g'H^-1 g} the quadratic model
 * falls by q/2. The full step is tried first, then halves of it, until the objective falls by at
 * least {@link #SUFFICIENT} of what the slope promises. When q/2 is below {@code tolerance} times
 * the objective, one last full step is made, as its direction is known: where convergence is
 * quadratic, the result is then exact to rounding.
 *
 * <p>A coordinate whose row of the Hessian is zero says nothing and stays where it is.
 *
 * <p>An objective without a minimum, such as that of separated classes, shows in steps that do not
 * shrink while what they gain does (Albert and Anderson, "On the existence of maximum likelihood
 * estimates in logistic regression models", Biometrika 71, 1984), or in a Hessian that becomes
 * singular on the way.
 *
 * @param tolerance at least 0
 */
public record Newton(double tolerance) implements PooledOptimizer {
  private static final double SUFFICIENT = 1e-4;

  /** Changes of the objective by less than this, relatively, are its rounding. */
  private static final double ROUNDING = 1e-13;

  private static final double SHORTEST = 0x1p-30;

  /** Below this part of its first value the objective is as good as zero. */
  private static final double NEARLY_ZERO = 1e-10;

  /**
   * Below this part of its first value, and with steps that do not shrink, it is falling to zero.
   */
  private static final double FALLING_TO_ZERO = 1e-8;

  private static final double STEADY = 0.3;
  private static final double LONG_STEP = 1e-3;

  /**
   * @throws IllegalArgumentException if {@code tolerance} is out of range
   */
  public Newton {
    if (!(tolerance >= 0.0)) {
      throw new IllegalArgumentException("tolerance must be >= 0. Provided value: " + tolerance);
    }
  }

  @Override
  public boolean needsHessian() {
    return true;
  }

  @Override
  public Search begin(double[] start, double[] l1) {
    NoL1.require(l1, "Newton's method");
    return new First(this, start.clone());
  }

  @Override
  public Search restore(SavedSearch saved, double[] l1) {
    if (saved.isAt(SavedSearch.FIRST)) {
      return new First(this, saved.vector("point"));
    }
    return saved.isAt(SavedSearch.TRIAL)
        ? new Trial(
            this,
            saved.vector("best"),
            saved.number("value"),
            saved.number("first"),
            saved.vector("direction"),
            saved.number("decrement"),
            saved.number("part"),
            saved.number("last") != 0.0)
        : saved.ended();
  }

  private record First(Newton newton, double[] point) implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      return newton.accept(point, at, at.value(), Double.POSITIVE_INFINITY, true);
    }

    @Override
    public SavedSearch saved() {
      return SavedSearch.first(point);
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }

  /**
   * A step under trial.
   *
   * @param best where the step starts
   * @param value the objective there
   * @param first the objective at the very start
   * @param direction the full step
   * @param decrement q
   * @param part the part of the full step that is tried
   * @param last whether the search ends with this step
   */
  private record Trial(
      Newton newton,
      double[] best,
      double value,
      double first,
      double[] direction,
      double decrement,
      double part,
      boolean last)
      implements Search {

    @Override
    public double[] point() {
      double[] point = best.clone();
      Vectors.addScaled(part, direction, 0, point, point.length);
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      double slack = ROUNDING * Math.max(Math.abs(value), NEARLY_ZERO * Math.abs(first));
      boolean lower = at.value() <= value - SUFFICIENT * part * decrement;
      boolean same = at.value() <= value + slack && SUFFICIENT * part * decrement <= slack;
      if (lower || same) {
        return last
            ? new Ended(point(), Ending.CONVERGED)
            : newton.accept(point(), at, first, Vectors.maxAbs(direction), false);
      }
      if (last) {
        return new Ended(best, Ending.CONVERGED);
      }
      return part / 2.0 < SHORTEST
          ? new Ended(best, Ending.NO_LOWER_POINT)
          : new Trial(newton, best, value, first, direction, decrement, part / 2.0, false);
    }

    @Override
    public SavedSearch saved() {
      return new SavedSearch(
          SavedSearch.TRIAL,
          Map.of(
              "best", best,
              "value", SavedSearch.number(value),
              "first", SavedSearch.number(first),
              "direction", direction,
              "decrement", SavedSearch.number(decrement),
              "part", SavedSearch.number(part),
              "last", SavedSearch.number(last ? 1.0 : 0.0)));
    }

    @Override
    public Optional<Ending> ending() {
      return Optional.empty();
    }
  }

  private Search accept(
      double[] point, PointEvaluation at, double first, double previousStep, boolean isStart) {
    double[] direction;
    try {
      direction = direction(at);
    } catch (SingularMatrixException e) {
      if (isStart) {
        throw e;
      }
      return new Search.Ended(point, Search.Ending.UNBOUNDED);
    }
    double decrement = -Vectors.dot(at.gradient(), 0, direction, direction.length);
    double scale = Math.max(Math.abs(at.value()), NEARLY_ZERO * Math.abs(first));
    boolean little = decrement / 2.0 <= tolerance * scale;
    double step = Vectors.maxAbs(direction);
    boolean steady =
        step >= STEADY * previousStep && step >= LONG_STEP * Math.max(1.0, Vectors.maxAbs(point));
    if (steady && (little || at.value() < FALLING_TO_ZERO * first)) {
      return new Search.Ended(point, Search.Ending.UNBOUNDED);
    }
    if (decrement <= 0.0 || decrement / 2.0 <= tolerance * tolerance * scale) {
      return new Search.Ended(point, Search.Ending.CONVERGED);
    }
    return new Trial(this, point, at.value(), first, direction, decrement, 1.0, little);
  }

  /** Returns {@code -H^-1 g}. */
  static double[] direction(PointEvaluation at) {
    double[] direction =
        at.hessian().orElseThrow().withoutZeroRows().cholesky().solve(at.gradient());
    for (int j = 0; j < direction.length; j++) {
      direction[j] = -direction[j];
    }
    return direction;
  }
}
