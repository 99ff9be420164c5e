package io.sparkfed.server;

import io.sparkfed.math.InverseHessian;
import io.sparkfed.math.Vectors;
import io.sparkfed.math.WeightedL1;
import io.sparkfed.server.PointEvaluation.Kind;
import io.sparkfed.server.Search.Ended;
import io.sparkfed.server.Search.Ending;
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

  /** If less of the objective is left, relatively, it is at its minimum but for rounding. */
  static final double GOOD = 1e-9;

  /**
   * After so many iterations that have gained nothing and not halved what is left, it is rounding.
   */
  private static final int STUCK_ITERATIONS = 50;

  /** What all of them together must gain, relatively. */
  private static final double LEAST_GAIN = 1e-11;

  /** Below this part of a large value, and with steps that do not shrink, it falls to zero. */
  static final double FALLING_TO_ZERO = 1e-8;

  /** What coefficients may be off by, relatively to the largest. */
  static final double EXACT = 1e-6;

  /** A slope is as good as none: by curvature and objective it has the unit of their root. */
  private static final double NO_SLOPE = 1e-11;

  /** Scores have so much of the largest coefficient as rounding, and a slope that of scores. */
  private static final double ROUNDING_OF_SCORES = 4.0 * 0x1p-52;

  /** When so little is left, relatively, steps are those of the neighborhood of a minimum. */
  private static final double NEARBY = 1e-8;

  /** A likelihood so far below a large value has lost its curvature to saturation. */
  private static final double SATURATED = 1e-3;

  static final double STEADY = 0.3;
  private static final double LONG_STEP = 1e-3;

  /** A longer step of a likelihood, in standardized units, leads beyond its exponentials' range. */
  static final double FAR = 16.0;

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
            new Progress(
                saved.number("large"),
                (int) saved.number("quiet"),
                saved.number("least"),
                (int) saved.number("stuck"),
                saved.number("mark"),
                saved.number("stride"),
                saved.number("least-curvature"),
                saved.number("steepest"))),
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
      Progress none =
          new Progress(
              at.large(),
              0,
              Double.POSITIVE_INFINITY,
              0,
              Double.POSITIVE_INFINITY,
              Double.POSITIVE_INFINITY,
              at.leastCurvature(),
              0.0);
      return lbfgs.from(
          new Iterate(point, value, at.gradient(), inverse, none),
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
   * An accepted point.
   *
   * @param value the objective with its L1 penalty
   * @param gradient of the smooth part
   */
  private record Iterate(
      double[] point, double value, double[] gradient, InverseHessian inverse, Progress progress) {

    /** Returns what differences of the objective are measured by. */
    double scale(PointEvaluation known) {
      return PointEvaluation.scale(value, progress.large, known.rounding());
    }
  }

  /**
   * How the search has gone.
   *
   * @param large what is a large value of the objective
   * @param quiet iterations in a row that gained next to nothing and left as little, times {@value
   *     #SLOW_QUIET}, or simply where they left more
   * @param least the least that was left at an iterate
   * @param stuck iterations since that has halved or the value has fallen
   * @param mark the value when it had last fallen
   * @param stride largest entry of the last direction that was not one of a minimum's neighborhood
   * @param leastCurvature the objective of penalized coefficients curves at least so much; 0 where
   *     nobody knows
   * @param steepest the largest curvature along a step
   */
  private record Progress(
      double large,
      int quiet,
      double least,
      int stuck,
      double mark,
      double stride,
      double leastCurvature,
      double steepest) {}

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
      double value = at.value() + l1.value(point);
      double slopeBefore = dot(pseudo, direction);
      boolean isFinite = Double.isFinite(value);
      double slopeAfter = isFinite ? dot(at.gradient(), direction) : Double.NaN;
      double slack = Math.max(ROUNDING * Math.abs(from.value), at.rounding());
      boolean lower = value <= from.value + SUFFICIENT * dot(pseudo, step) + slack;
      boolean flatter =
          isFinite
              && l1.isZero()
              && at.kind() != Kind.KINKED
              && Slopes.showDescent(from.value, value, slopeBefore, slopeAfter, at.rounding());
      if (!lower && !flatter) {
        boolean learnt = from.inverse.hasLearnt();
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
                from.point, from.value, from.gradient, from.inverse.forgotten(), from.progress),
            Double.POSITIVE_INFINITY,
            at,
            l1);
      }
      return noLowerPoint(from, -slope() / 2.0, at, l1);
    }

    private double slope() {
      return dot(pseudo, direction);
    }

    @Override
    public SavedSearch saved() {
      Map<String, double[]> values = new HashMap<>();
      values.put("point", from.point);
      values.put("value", SavedSearch.number(from.value));
      values.put("gradient", from.gradient);
      values.put("large", SavedSearch.number(from.progress.large));
      values.put("quiet", SavedSearch.number(from.progress.quiet));
      values.put("least", SavedSearch.number(from.progress.least));
      values.put("stuck", SavedSearch.number(from.progress.stuck));
      values.put("mark", SavedSearch.number(from.progress.mark));
      values.put("stride", SavedSearch.number(from.progress.stride));
      values.put("least-curvature", SavedSearch.number(from.progress.leastCurvature));
      values.put("steepest", SavedSearch.number(from.progress.steepest));
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

  private static double dot(double[] a, double[] b) {
    return Vectors.dot(a, 0, b, a.length);
  }

  private static Search noLowerPoint(
      Iterate at, double left, PointEvaluation known, WeightedL1 l1) {
    if (known.kind() != Kind.KINKED && !(left <= GOOD * at.scale(known))) {
      return new Ended(at.point, Ending.STALLED);
    }
    return new Ended(
        at.point,
        isUnresolved(at, known, l1)
            ? Ending.UNRESOLVED
            : isVouched(at, known, l1) ? Ending.NO_LOWER_POINT : Ending.UNVOUCHED);
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
            from.inverse.after(step, Vectors.subtract(gradient, from.gradient)),
            from.progress),
        from.value - value,
        evaluation,
        l1);
  }

  /** Goes on from a point that was accepted. */
  private Search from(Iterate at, double gained, PointEvaluation known, WeightedL1 l1) {
    Kind kind = known.kind();
    double[] pseudo = l1.pseudoGradient(at.point, at.gradient);
    if (Vectors.maxAbs(pseudo) == 0.0) {
      return new Ended(at.point, atRest(at, kind));
    }
    double[] direction = l1.downhill(at.inverse.direction(pseudo), pseudo);
    double left = -dot(direction, pseudo) / 2.0;
    if (!(left > 0.0)) {
      return noLowerPoint(at, Math.abs(left), known, l1);
    }
    double scale = at.scale(known);
    Progress so = at.progress;
    double stride = Vectors.maxAbs(direction);
    boolean little = gained <= tolerance * scale;
    boolean deep = little && (kind == Kind.KINKED || left <= LEFT_OF_GAINED * tolerance * scale);
    int quiet = deep ? SLOW_QUIET : little && left <= tolerance * scale ? 1 : 0;
    boolean none = at.inverse.hasLearnt() && left <= tolerance * tolerance * scale;
    boolean steady =
        mayFallForEver(so, kind) && isLong(direction, at.point) && stride >= STEADY * so.stride;
    if (steady && (deep || none || at.value < FALLING_TO_ZERO * so.large)) {
      return new Ended(at.point, Ending.UNBOUNDED);
    }
    boolean fell = at.value < so.mark - LEAST_GAIN * scale;
    boolean goesOn = left <= so.least / 2.0 || fell;
    Progress now =
        new Progress(
            so.large,
            quiet > 0 ? so.quiet + quiet : 0,
            Math.min(left, so.least),
            goesOn ? 0 : so.stuck + 1,
            fell ? at.value : so.mark,
            left > NEARBY * scale ? stride : so.stride,
            so.leastCurvature,
            Math.max(so.steepest, at.inverse.largestCurvature()));
    boolean isQuiet = none || now.quiet >= QUIET_ITERATIONS * SLOW_QUIET;
    if (isQuiet && isVouched(at, known, l1)) {
      return new Ended(
          at.point, isUnresolved(at, known, l1) ? Ending.UNRESOLVED : Ending.CONVERGED);
    }
    if (now.stuck >= STUCK_ITERATIONS) {
      return noLowerPoint(at, left, known, l1);
    }
    return new Trial(
        this,
        new Iterate(at.point, at.value, at.gradient, at.inverse, now),
        l1,
        pseudo,
        direction,
        firstLength(at, kind, pseudo, stride),
        0.0,
        Double.POSITIVE_INFINITY);
  }

  /**
   * Whether the slope itself is small enough, however little the objective curves in a direction
   * that no step has gone: what is left is at most {@code |g|²/2} by the least curvature, and a
   * coefficient is off by at most {@code |g|} by it. Who has seen all features' correlations knows
   * the flat directions, unless a likelihood has become flat everywhere since, and with an L1
   * penalty slopes needn't vanish.
   */
  private static boolean isVouched(Iterate at, PointEvaluation known, WeightedL1 l1) {
    boolean isKnown = at.inverse.knowsFlatDirections() && !isSaturated(at, known);
    if (!l1.isZero() || known.kind() == Kind.KINKED || isKnown) {
      return true;
    }
    double slope = Math.sqrt(dot(at.gradient, at.gradient));
    double steepest = Math.max(at.progress.steepest, at.inverse.largestCurvature());
    double size = Math.max(1.0, Vectors.maxAbs(at.point));
    double least = at.progress.leastCurvature;
    double scale = at.scale(known);
    return slope <= NO_SLOPE * Math.sqrt(steepest * scale)
        || slope <= ROUNDING_OF_SCORES * steepest * size
        || (slope * slope <= 2.0 * least * GOOD * scale && slope <= EXACT * least * size);
  }

  private static boolean isSaturated(Iterate at, PointEvaluation known) {
    return known.kind() == Kind.LIKELIHOOD && at.value < SATURATED * at.progress.large;
  }

  /** Of a saturated likelihood hardly more than the penalty curves. */
  private static boolean isUnresolved(Iterate at, PointEvaluation known, WeightedL1 l1) {
    double penalty = at.progress.leastCurvature;
    double least = penalty > 0.0 ? penalty : at.inverse.largestCurvature();
    return l1.isZero() && isSaturated(at, known) && known.isFlat(least, at.point);
  }

  /** A penalty of all that labels alone don't hold makes a minimum, however far. */
  private static boolean mayFallForEver(Progress so, Kind kind) {
    return kind == Kind.LIKELIHOOD && so.leastCurvature == 0.0;
  }

  /** Where there is no slope at all: a likelihood as good as zero has come to it from afar. */
  private static Ending atRest(Iterate at, Kind kind) {
    boolean fell = at.value < FALLING_TO_ZERO * at.progress.large;
    boolean steady = at.progress.stride >= LONG_STEP * Math.max(1.0, Vectors.maxAbs(at.point));
    return mayFallForEver(at.progress, kind)
            && fell
            && steady
            && Double.isFinite(at.progress.stride)
        ? Ending.UNBOUNDED
        : Ending.CONVERGED;
  }

  /**
   * Whether a step moves the coefficient that it moves most by more than rounding does. Of a level
   * that few of many rows have that is little beside an intercept, however far it goes.
   */
  static boolean isLong(double[] step, double[] point) {
    int most = 0;
    for (int j = 1; j < step.length; j++) {
      if (Math.abs(step[j]) > Math.abs(step[most])) {
        most = j;
      }
    }
    return Math.abs(step[most]) >= LONG_STEP * Math.max(1.0, Math.abs(point[most]));
  }

  private static double firstLength(Iterate at, Kind kind, double[] pseudo, double stride) {
    if (at.inverse.isIdentity()) {
      // Of a quadratic function that is at least 0 the best step is at most 2f / |g|².
      double squared = dot(pseudo, pseudo);
      double most = at.value > 0.0 ? 2.0 * at.value / squared : Double.POSITIVE_INFINITY;
      return Math.min(1.0 / Math.max(1.0, Math.sqrt(squared)), most);
    }
    return kind == Kind.LIKELIHOOD && stride > FAR ? Math.log1p(stride) / stride : 1.0;
  }
}
