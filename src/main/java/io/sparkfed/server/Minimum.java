package io.sparkfed.server;

import io.sparkfed.math.Vectors;
import io.sparkfed.math.WeightedL1;
import io.sparkfed.model.ObjectiveKind;
import io.sparkfed.server.Iterate.Progress;
import io.sparkfed.server.Search.Ended;
import io.sparkfed.server.Search.Ending;

/** Whether a point at which a search stops is a minimum, and how well that is known. */
final class Minimum {
  /** If less of the objective is left, relatively, it is at its minimum but for rounding. */
  static final double GOOD = 1e-9;

  /** Below this part of a large value, and with steps that do not shrink, it falls to zero. */
  static final double FALLING_TO_ZERO = 1e-8;

  /** What coefficients may be off by, relatively to the largest. */
  static final double EXACT = 1e-6;

  static final double STEADY = 0.3;

  /** A longer step of a likelihood, in standardized units, leads beyond its exponentials' range. */
  static final double FAR = 16.0;

  /** A slope is as good as none: by curvature and objective it has the unit of their root. */
  private static final double NO_SLOPE = 1e-11;

  /** Scores have so much of the largest coefficient as rounding, and a slope that of scores. */
  private static final double ROUNDING_OF_SCORES = 4.0 * 0x1p-52;

  /** A likelihood so far below a large value has lost its curvature to saturation. */
  private static final double SATURATED = 1e-3;

  private static final double LONG_STEP = 1e-3;

  private Minimum() {}

  /**
   * Ends a search that finds no lower point.
   *
   * @param left what the slope and the curvature promise below
   */
  static Search noLowerPoint(Iterate at, double left, PointEvaluation known, WeightedL1 l1) {
    if (known.kind() != ObjectiveKind.KINKED && !(left <= GOOD * at.scale(known))) {
      return new Ended(at.point(), Ending.STALLED);
    }
    return new Ended(
        at.point(),
        isUnresolved(at, known, l1)
            ? Ending.UNRESOLVED
            : isVouched(at, known, l1) ? Ending.NO_LOWER_POINT : Ending.UNVOUCHED);
  }

  /**
   * Whether the slope itself is small enough, however little the objective curves in a direction
   * that no step has gone: what is left is at most {@code |g|²/2} by the least curvature, and a
   * coefficient is off by at most {@code |g|} by it. Who has seen all features' correlations knows
   * the flat directions, unless a likelihood has become flat everywhere since, and with an L1
   * penalty slopes needn't vanish.
   */
  static boolean isVouched(Iterate at, PointEvaluation known, WeightedL1 l1) {
    boolean isKnown = at.inverse().knowsFlatDirections() && !isSaturated(at, known);
    if (!l1.isZero() || known.kind() == ObjectiveKind.KINKED || isKnown) {
      return true;
    }
    double slope = Math.sqrt(Vectors.dot(at.gradient(), 0, at.gradient(), at.gradient().length));
    double steepest = Math.max(at.progress().steepest(), at.inverse().largestCurvature());
    double size = Math.max(1.0, Vectors.maxAbs(at.point()));
    double least = at.progress().leastCurvature();
    double scale = at.scale(known);
    return slope <= NO_SLOPE * Math.sqrt(steepest * scale)
        || slope <= ROUNDING_OF_SCORES * steepest * size
        || (slope * slope <= 2.0 * least * GOOD * scale && slope <= EXACT * least * size);
  }

  private static boolean isSaturated(Iterate at, PointEvaluation known) {
    return known.kind() == ObjectiveKind.LIKELIHOOD
        && at.value() < SATURATED * at.progress().large();
  }

  /** Of a saturated likelihood hardly more than the penalty curves. */
  static boolean isUnresolved(Iterate at, PointEvaluation known, WeightedL1 l1) {
    double penalty = at.progress().leastCurvature();
    double least = penalty > 0.0 ? penalty : at.inverse().largestCurvature();
    return l1.isZero() && isSaturated(at, known) && known.isFlat(least, at.point());
  }

  /** A penalty of all that labels alone don't hold makes a minimum, however far. */
  static boolean mayFallForEver(Progress so, ObjectiveKind kind) {
    return kind == ObjectiveKind.LIKELIHOOD && so.leastCurvature() == 0.0;
  }

  /** Where there is no slope at all: a likelihood as good as zero has come to it from afar. */
  static Ending atRest(Iterate at, ObjectiveKind kind) {
    boolean fell = at.value() < FALLING_TO_ZERO * at.progress().large();
    boolean steady =
        at.progress().stride() >= LONG_STEP * Math.max(1.0, Vectors.maxAbs(at.point()));
    return mayFallForEver(at.progress(), kind)
            && fell
            && steady
            && Double.isFinite(at.progress().stride())
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
}
