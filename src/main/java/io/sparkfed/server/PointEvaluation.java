package io.sparkfed.server;

import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ObjectiveKind;
import java.util.Optional;

/**
 * What is known of a smooth objective at one point.
 *
 * @param value its value; infinite where it overflows
 * @param gradient its gradient, length d; not used where the value is not finite
 * @param hessian its Hessian, if it was asked for
 * @param kind what kind of objective it is, the same at each point
 * @param typical a value that is no small one, the same at each point; infinite where nobody knows
 * @param rounding the value may be off by so much by rounding alone, the same at each point; 0
 *     where nobody knows
 * @param leastCurvature the objective curves at least so much by any coefficients but intercepts,
 *     at each point, as an L2 penalty makes it; 0 where nothing does
 */
public record PointEvaluation(
    double value,
    double[] gradient,
    Optional<SymmetricMatrix> hessian,
    ObjectiveKind kind,
    double typical,
    double rounding,
    double leastCurvature) {

  /** Below this part of a large value the objective is as good as zero. */
  private static final double NEARLY_ZERO = 1e-10;

  /** Of a row whose class is nearly certain the slope is a difference of numbers near 1. */
  private static final double ROUNDING_OF_SLOPES = 0x1p-53;

  /**
   * Returns what differences of the objective are measured by at this point: its value, or else
   * what is as good as zero.
   *
   * @param large what is a large value
   */
  double scale(double large) {
    return scale(value, large, rounding);
  }

  /** Returns the same for another value. */
  static double scale(double value, double large, double rounding) {
    return Math.max(Math.abs(value), Math.max(NEARLY_ZERO * large, rounding / Minimum.GOOD));
  }

  /** Returns what is a large value where this is the first. */
  double large() {
    return Math.min(Math.abs(value), typical);
  }

  /**
   * Returns whether the rounding of a likelihood's slopes alone may leave coefficients off by more
   * than they should be.
   *
   * @param curvature the least in any direction
   * @param point this point
   */
  boolean isFlat(double curvature, double[] point) {
    double size = Math.max(1.0, Vectors.maxAbs(point));
    return kind == ObjectiveKind.LIKELIHOOD
        && ROUNDING_OF_SLOPES * Math.min(1.0, typical) > Minimum.EXACT * curvature * size;
  }

  /** Creates the evaluation of an objective in the labels' units. */
  public PointEvaluation(double value, double[] gradient, Optional<SymmetricMatrix> hessian) {
    this(
        value,
        gradient,
        hessian,
        ObjectiveKind.IN_UNITS_OF_LABELS,
        Double.POSITIVE_INFINITY,
        0.0,
        0.0);
  }

  /** Returns the evaluation of a point where the objective overflows. */
  public static PointEvaluation overflow() {
    return new PointEvaluation(Double.POSITIVE_INFINITY, new double[0], Optional.empty());
  }
}
