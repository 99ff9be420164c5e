package io.sparkfed.server;

import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import java.util.Map;
import java.util.Optional;

/**
 * Newton's method with step halving; for a generalized linear model it is iteratively reweighted
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
 * estimates in logistic regression models", Biometrika 71, 1984). A Hessian that becomes singular
 * on the way, as where few rows outweigh all others by far, gets a part of its diagonal added. With
 * an L2 penalty there is always a minimum, however far.
 *
 * <p>Where a full step longer than {@value Minimum#FAR} fails, {@code log(1 + |d|) / |d|} of it is
 * tried next, which is the best for an exponential function (Sun and Tran-Dinh, "Generalized
 * self-concordant functions", Mathematical Programming 178, 2019, section 3). Not before: where
 * features are nearly dependent, long steps of the coefficients are short ones of the scores.
 *
 * @param tolerance at least 0
 */
public record Newton(double tolerance) implements ExactOptimizer {
  private static final double SUFFICIENT = 1e-4;

  /** Changes of the objective by less than this, relatively, are its rounding. */
  private static final double ROUNDING = 1e-13;

  private static final double SHORTEST = 0x1p-30;

  private static final double LEAST_DAMPING = 1e-10;
  private static final double MOST_DAMPING = 1.0;

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
      return newton.accept(point, at, at.large(), Double.POSITIVE_INFINITY, true);
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
   * @param first what is a large value of the objective
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
      double scale = PointEvaluation.scale(value, first, at.rounding());
      double slack = Math.max(ROUNDING * scale, at.rounding());
      boolean lower = at.value() <= value - SUFFICIENT * part * decrement;
      boolean same = at.value() <= value + slack && SUFFICIENT * part * decrement <= slack;
      boolean flatter =
          Double.isFinite(at.value())
              && Slopes.showDescent(
                  value,
                  at.value(),
                  -decrement,
                  Vectors.dot(at.gradient(), 0, direction, direction.length),
                  at.rounding());
      if (lower || same || flatter) {
        return last
            ? converged(point(), at)
            : newton.accept(point(), at, first, Vectors.maxAbs(direction), false);
      }
      if (last) {
        return converged(best, at);
      }
      double shortest = SHORTEST * Math.min(1.0, Minimum.FAR / Vectors.maxAbs(direction));
      if (shorter() < shortest) {
        boolean good = decrement / 2.0 <= Minimum.GOOD * scale;
        return new Ended(best, good ? Ending.NO_LOWER_POINT : Ending.STALLED);
      }
      return new Trial(newton, best, value, first, direction, decrement, shorter(), false);
    }

    /** A long full step that fails has probably left the range of exponentials by far. */
    private double shorter() {
      double step = Vectors.maxAbs(direction);
      return part == 1.0 && step > Minimum.FAR
          ? Math.min(0.5, Math.log1p(step) / step)
          : part / 2.0;
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
    boolean isSingular = false;
    boolean mayFallForEver = at.leastCurvature() == 0.0;
    try {
      direction = direction(at);
    } catch (SingularMatrixException e) {
      if (isStart) {
        throw e;
      }
      isSingular = true;
      Optional<double[]> damped = damped(at);
      if (damped.isEmpty()) {
        return new Search.Ended(
            point, mayFallForEver ? Search.Ending.UNBOUNDED : Search.Ending.STALLED);
      }
      direction = damped.get();
    }
    double decrement = -Vectors.dot(at.gradient(), 0, direction, direction.length);
    double scale = at.scale(first);
    boolean little = decrement / 2.0 <= tolerance * scale;
    double step = Vectors.maxAbs(direction);
    boolean steady = step >= Minimum.STEADY * previousStep && Minimum.isLong(direction, point);
    boolean falls = steady && (little || at.value() < Minimum.FALLING_TO_ZERO * first);
    if (mayFallForEver && (falls || (isSingular && little))) {
      return new Search.Ended(point, Search.Ending.UNBOUNDED);
    }
    if (decrement <= 0.0 || decrement / 2.0 <= tolerance * tolerance * scale) {
      return converged(point, at);
    }
    return new Trial(this, point, at.value(), first, direction, decrement, 1.0, little);
  }

  /**
   * Ends at a minimum.
   *
   * @param at about there
   */
  private static Search converged(double[] point, PointEvaluation at) {
    return new Search.Ended(
        point,
        at.isFlat(leastCurvature(at), point) ? Search.Ending.UNRESOLVED : Search.Ending.CONVERGED);
  }

  /** By the largest entry of the inverse, which is on its diagonal; 0 of a singular Hessian. */
  private static double leastCurvature(PointEvaluation at) {
    try {
      SymmetricMatrix inverse = at.hessian().orElseThrow().withoutZeroRows().cholesky().inverse();
      return 1.0 / Vectors.maxAbs(inverse.diagonal());
    } catch (SingularMatrixException e) {
      return 0.0;
    }
  }

  /** Returns the direction with as little damping as will do; empty where none does. */
  private static Optional<double[]> damped(PointEvaluation at) {
    SymmetricMatrix hessian = at.hessian().orElseThrow();
    for (double damping = LEAST_DAMPING; damping <= MOST_DAMPING; damping *= 10.0) {
      double[] added = hessian.diagonal();
      for (int j = 0; j < added.length; j++) {
        added[j] *= damping;
      }
      try {
        return Optional.of(
            direction(
                new PointEvaluation(
                    at.value(), at.gradient(), Optional.of(hessian.plusDiagonal(added)))));
      } catch (SingularMatrixException e) {
        // More of it.
      }
    }
    return Optional.empty();
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
