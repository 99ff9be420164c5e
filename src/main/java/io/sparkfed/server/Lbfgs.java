package io.sparkfed.server;

import io.sparkfed.math.InverseHessian;
import io.sparkfed.math.Vectors;
import io.sparkfed.math.WeightedL1;
import io.sparkfed.model.ObjectiveKind;
import io.sparkfed.server.Iterate.Progress;
import io.sparkfed.server.Search.Ended;
import io.sparkfed.server.Search.Ending;
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
 * <p>What is left to gain is estimated as half of {@code g'Mg}, with the (pseudo-)gradient g and
 * the estimate M of the inverse Hessian. The search ends when two iterations in a row have gained
 * at most {@code tolerance} of the objective and leave a thousandth of that, or when one leaves at
 * most {@code tolerance²}; where features are nearly dependent and the search is slow, twenty that
 * gain and leave at most {@code tolerance} do. With kinks, where slopes needn't vanish, only what
 * was gained counts.
 *
 * <p>The estimate M knows a direction in which the objective is nearly flat, as where features are
 * nearly dependent, only after a step along it. A search that began without a {@link
 * Preconditioner} goes on until the slope is so small that no such direction can hide anything, and
 * ends {@link Ending#UNVOUCHED} where it can't.
 *
 * <p>A likelihood without a maximum, as of separated classes, shows in steps that don't shrink
 * while what is left does: of a quadratic function it shrinks with their square.
 *
 * @param memory pairs kept, at least 1
 * @param tolerance at least 0
 */
public record Lbfgs(int memory, double tolerance) implements ExactOptimizer {
  private static final double SUFFICIENT = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final double SHORTEST = 0x1p-40;

  /** Shorter, and what was learned of the curvature misleads. */
  private static final double SHORTEST_LEARNT = 0x1p-20;

  private static final double MOST_GROWTH = 16.0;
  private static final int QUIET_ITERATIONS = 2;

  /** Changes of the objective by less than this, relatively, are its rounding. */
  private static final double ROUNDING = 1e-14;

  /** Iterations that leave more than that, and less than the tolerance, count so much less. */
  private static final int SLOW_QUIET = 10;

  /** What may be left of what may have been gained: an error of the estimate, and of its square. */
  private static final double LEFT_OF_GAINED = 1e-3;

  /**
   * After so many iterations that have gained nothing and not halved what is left, it is rounding.
   */
  private static final int STUCK_ITERATIONS = 50;

  /** What all of them together must gain, relatively. */
  private static final double LEAST_GAIN = 1e-11;

  /** When so little is left, relatively, steps are those of the neighborhood of a minimum. */
  private static final double NEARBY = 1e-8;

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
        .map(
            known ->
                known.isRegular()
                    ? InverseHessian.startingFrom(memory, known::solve)
                    : InverseHessian.startingNear(memory, known::solve))
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
    return new Trial(
        this,
        Iterate.restored(saved, inverse),
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
      double value = at.value() + l1.value(point);
      return lbfgs.from(
          new Iterate(point, value, at.gradient(), inverse, Progress.before(at)),
          Double.POSITIVE_INFINITY,
          at,
          l1);
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
      return from.point();
    }

    @Override
    public double[] point() {
      double[] point = from.point().clone();
      Vectors.addScaled(length, direction, 0, point, point.length);
      return l1.projected(point, from.point(), pseudo);
    }

    @Override
    public Search next(PointEvaluation at) {
      double[] point = point();
      double[] step = Vectors.subtract(point, from.point());
      double value = at.value() + l1.value(point);
      double slopeBefore = dot(pseudo, direction);
      boolean isFinite = Double.isFinite(value);
      double slopeAfter = isFinite ? dot(at.gradient(), direction) : Double.NaN;
      double slack = Math.max(ROUNDING * Math.abs(from.value()), at.rounding());
      boolean lower = value <= from.value() + SUFFICIENT * dot(pseudo, step) + slack;
      boolean flatter =
          isFinite
              && l1.isZero()
              && at.kind() != ObjectiveKind.KINKED
              && Slopes.showDescent(from.value(), value, slopeBefore, slopeAfter, at.rounding());
      if (!lower && !flatter) {
        boolean learnt = from.inverse().hasLearnt();
        double first = firstLength(from, at.kind(), pseudo, Vectors.maxAbs(direction));
        return length < (learnt ? SHORTEST_LEARNT : SHORTEST) * first || closed()
            ? withoutDescent(learnt, at)
            : withLength((low + length) / 2.0, low, length);
      }
      boolean tooShort = l1.isZero() && slopeAfter < CURVATURE * slopeBefore;
      if (tooShort && !closed()) {
        double longer =
            Double.isInfinite(high)
                ? length * growth(slopeBefore, slopeAfter)
                : (length + high) / 2.0;
        return withLength(longer, length, high);
      }
      return lbfgs.accept(from, point, value, at, step, l1);
    }

    /** To where the slope is 0 if it goes on growing as so far; at least twice as far. */
    private static double growth(double slopeBefore, double slopeAfter) {
      double secant = slopeBefore / (slopeBefore - slopeAfter);
      return secant > 2.0 ? Math.min(secant, MOST_GROWTH) : 2.0;
    }

    /** What was learned of the curvature may mislead: the line is tried once more without. */
    private Search withoutDescent(boolean learnt, PointEvaluation at) {
      if (learnt) {
        return lbfgs.from(
            new Iterate(
                from.point(),
                from.value(),
                from.gradient(),
                from.inverse().forgotten(),
                from.progress()),
            Double.POSITIVE_INFINITY,
            at,
            l1);
      }
      return Minimum.noLowerPoint(from, -slope() / 2.0, at, l1);
    }

    private double slope() {
      return dot(pseudo, direction);
    }

    @Override
    public SavedSearch saved() {
      Map<String, double[]> values = from.saved();
      values.put("pseudo", pseudo);
      values.put("direction", direction);
      values.put("length", SavedSearch.number(length));
      values.put("low", SavedSearch.number(low));
      values.put("high", SavedSearch.number(high));
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

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }

  private Search accept(
      Iterate from,
      double[] point,
      double value,
      PointEvaluation evaluation,
      double[] step,
      WeightedL1 l1) {
    double[] gradient = evaluation.gradient();
    return from(
        new Iterate(
            point,
            value,
            gradient,
            from.inverse().after(step, Vectors.subtract(gradient, from.gradient())),
            from.progress()),
        from.value() - value,
        evaluation,
        l1);
  }

  /** Goes on from a point that was accepted. */
  private Search from(Iterate at, double gained, PointEvaluation known, WeightedL1 l1) {
    ObjectiveKind kind = known.kind();
    double[] pseudo = l1.pseudoGradient(at.point(), at.gradient());
    if (Vectors.maxAbs(pseudo) == 0.0) {
      return new Ended(at.point(), Minimum.atRest(at, kind));
    }
    double[] direction = l1.downhill(at.inverse().direction(pseudo), pseudo);
    double left = -dot(direction, pseudo) / 2.0;
    if (!(left > 0.0)) {
      return Minimum.noLowerPoint(at, Math.abs(left), known, l1);
    }
    double scale = at.scale(known);
    Progress so = at.progress();
    double stride = Vectors.maxAbs(direction);
    boolean little = gained <= tolerance * scale;
    boolean deep =
        little && (kind == ObjectiveKind.KINKED || left <= LEFT_OF_GAINED * tolerance * scale);
    int quiet = deep ? SLOW_QUIET : little && left <= tolerance * scale ? 1 : 0;
    boolean none = at.inverse().hasLearnt() && left <= tolerance * tolerance * scale;
    boolean steady =
        Minimum.mayFallForEver(so, kind)
            && Minimum.isLong(direction, at.point())
            && stride >= Minimum.STEADY * so.stride();
    if (steady && (deep || none || at.value() < Minimum.FALLING_TO_ZERO * so.large())) {
      return new Ended(at.point(), Ending.UNBOUNDED);
    }
    boolean fell = at.value() < so.mark() - LEAST_GAIN * scale;
    boolean goesOn = left <= so.least() / 2.0 || fell;
    Progress now =
        new Progress(
            so.large(),
            quiet > 0 ? so.quiet() + quiet : 0,
            Math.min(left, so.least()),
            goesOn ? 0 : so.stuck() + 1,
            fell ? at.value() : so.mark(),
            left > NEARBY * scale ? stride : so.stride(),
            so.leastCurvature(),
            Math.max(so.steepest(), at.inverse().largestCurvature()));
    boolean isQuiet = none || now.quiet() >= QUIET_ITERATIONS * SLOW_QUIET;
    if (isQuiet && Minimum.isVouched(at, known, l1)) {
      return new Ended(
          at.point(), Minimum.isUnresolved(at, known, l1) ? Ending.UNRESOLVED : Ending.CONVERGED);
    }
    if (now.stuck() >= STUCK_ITERATIONS) {
      return Minimum.noLowerPoint(at, left, known, l1);
    }
    return new Trial(
        this,
        new Iterate(at.point(), at.value(), at.gradient(), at.inverse(), now),
        l1,
        pseudo,
        direction,
        firstLength(at, kind, pseudo, stride),
        0.0,
        Double.POSITIVE_INFINITY);
  }

  private static double firstLength(
      Iterate at, ObjectiveKind kind, double[] pseudo, double stride) {
    if (at.inverse().isIdentity()) {
      // Of a quadratic function that is at least 0 the best step is at most 2f / |g|².
      double squared = dot(pseudo, pseudo);
      double most = at.value() > 0.0 ? 2.0 * at.value() / squared : Double.POSITIVE_INFINITY;
      return Math.min(1.0 / Math.max(1.0, Math.sqrt(squared)), most);
    }
    return kind == ObjectiveKind.LIKELIHOOD && stride > Minimum.FAR
        ? Math.log1p(stride) / stride
        : 1.0;
  }
}
