package io.sparkfed.server;

import io.sparkfed.math.InverseHessian;
import io.sparkfed.math.Vectors;
import io.sparkfed.math.WeightedL1;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * L-BFGS ({@link InverseHessian}) and, where there is an L1 penalty, OWL-QN ({@link WeightedL1}).
 * One evaluation is one round, so the line search takes few: the full step nearly always does.
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
    return begin(start, l1, Optional.empty());
  }

  /** With an L1 penalty there is no use for the curvature. */
  @Override
  public Search begin(double[] start, double[] l1, Optional<Preconditioner> curvature) {
    WeightedL1 penalty = WeightedL1.of(l1);
    return new First(this, start.clone(), inverse(penalty, curvature), penalty);
  }

  private InverseHessian inverse(WeightedL1 l1, Optional<Preconditioner> curvature) {
    return curvature
        .filter(known -> l1.isZero())
        .map(known -> InverseHessian.startingFrom(memory, known::solve))
        .orElseGet(() -> InverseHessian.identity(memory));
  }

  @Override
  public Search restore(SavedSearch saved, double[] l1) {
    return restore(saved, l1, Optional.empty());
  }

  @Override
  public Search restore(SavedSearch saved, double[] l1, Optional<Preconditioner> curvature) {
    if (saved.isAt(SavedSearch.FIRST)) {
      return begin(saved.vector("point"), l1, curvature);
    }
    if (!saved.isAt(SavedSearch.TRIAL)) {
      return saved.ended();
    }
    InverseHessian inverse = inverse(WeightedL1.of(l1), curvature);
    for (int i = 0; i < saved.number("pairs"); i++) {
      inverse = inverse.after(saved.vector("step-" + i), saved.vector("change-" + i));
    }
    return new Trial(
        this,
        new Iterate(
            saved.vector("point"),
            saved.number("value"),
            saved.vector("gradient"),
            inverse,
            saved.number("first-slope"),
            (int) saved.number("quiet")),
        WeightedL1.of(l1),
        saved.vector("pseudo"),
        saved.vector("direction"),
        saved.number("length"),
        saved.number("low"),
        saved.number("high"));
  }

  private record First(Lbfgs lbfgs, double[] point, InverseHessian inverse, WeightedL1 l1)
      implements Search {
    @Override
    public double[] best() {
      return point;
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] pseudo = l1.pseudoGradient(point, at.gradient());
      Iterate start =
          new Iterate(
              point,
              at.value() + l1.value(point),
              at.gradient(),
              inverse,
              Vectors.maxAbs(pseudo),
              0);
      return lbfgs.from(start, l1);
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
   * An accepted point.
   *
   * @param value the objective with its L1 penalty
   * @param gradient of the smooth part
   * @param firstSlope largest entry of the first pseudo-gradient
   * @param quiet iterations in a row that gained next to nothing
   */
  private record Iterate(
      double[] point,
      double value,
      double[] gradient,
      InverseHessian inverse,
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
      WeightedL1 l1,
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
      return l1.projected(point, from.point, pseudo);
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] point = point();
      double[] step = Vectors.subtract(point, from.point);
      double promised = Vectors.dot(pseudo, 0, step, step.length);
      double value = at.value() + l1.value(point);
      double slack = ROUNDING * Math.abs(from.value);
      if (!(value <= from.value + SUFFICIENT * promised + slack)) {
        return length < SHORTEST || closed()
            ? new Ended(from.point, Ending.NO_LOWER_POINT)
            : withLength((low + length) / 2.0, low, length);
      }
      boolean tooShort =
          l1.isZero()
              && Vectors.dot(at.gradient(), 0, direction, direction.length)
                  < CURVATURE * Vectors.dot(pseudo, 0, direction, direction.length);
      if (tooShort && !closed()) {
        double longer = Double.isInfinite(high) ? 2.0 * length : (length + high) / 2.0;
        return withLength(longer, length, high);
      }
      return lbfgs.accept(from, point, value, at.gradient(), step, l1);
    }

    @Override
    public SavedSearch saved() {
      Map<String, double[]> values = new HashMap<>();
      values.put("point", from.point);
      values.put("value", SavedSearch.number(from.value));
      values.put("gradient", from.gradient);
      values.put("first-slope", SavedSearch.number(from.firstSlope));
      values.put("quiet", SavedSearch.number(from.quiet));
      values.put("pseudo", pseudo);
      values.put("direction", direction);
      values.put("length", SavedSearch.number(length));
      values.put("low", SavedSearch.number(low));
      values.put("high", SavedSearch.number(high));
      List<double[]> steps = from.inverse.steps();
      List<double[]> changes = from.inverse.changes();
      values.put("pairs", SavedSearch.number(steps.size()));
      for (int i = 0; i < steps.size(); i++) {
        values.put("step-" + i, steps.get(i));
        values.put("change-" + i, changes.get(i));
      }
      return new SavedSearch(SavedSearch.TRIAL, values);
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
      Iterate from, double[] point, double value, double[] gradient, double[] step, WeightedL1 l1) {
    boolean little = from.value - value <= tolerance * Math.abs(value);
    return from(
        new Iterate(
            point,
            value,
            gradient,
            from.inverse.after(step, Vectors.subtract(gradient, from.gradient)),
            from.firstSlope,
            little ? from.quiet + 1 : 0),
        l1);
  }

  private Search from(Iterate at, WeightedL1 l1) {
    double[] pseudo = l1.pseudoGradient(at.point, at.gradient);
    if (Vectors.maxAbs(pseudo) <= tolerance * at.firstSlope || at.quiet >= QUIET_ITERATIONS) {
      return new Search.Ended(at.point, Search.Ending.CONVERGED);
    }
    double[] direction = l1.downhill(at.inverse.direction(pseudo), pseudo);
    if (!(Vectors.dot(direction, 0, pseudo, pseudo.length) < 0.0)) {
      return new Search.Ended(at.point, Search.Ending.NO_LOWER_POINT);
    }
    double norm = Math.sqrt(Vectors.dot(pseudo, 0, pseudo, pseudo.length));
    double length = at.inverse.isIdentity() ? 1.0 / Math.max(1.0, norm) : 1.0;
    return new Trial(this, at, l1, pseudo, direction, length, 0.0, Double.POSITIVE_INFINITY);
  }
}
