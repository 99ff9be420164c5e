package io.sparkfed.server;

import io.sparkfed.math.SymmetricMatrix;
import java.util.Optional;

/**
 * What is known of a smooth objective at one point.
 *
 * @param value its value; infinite where it overflows
 * @param gradient its gradient, length d; not used where the value is not finite
 * @param hessian its Hessian, if it was asked for
 */
public record PointEvaluation(double value, double[] gradient, Optional<SymmetricMatrix> hessian) {

  /** Returns the evaluation of a point where the objective overflows. */
  public static PointEvaluation overflow() {
    return new PointEvaluation(Double.POSITIVE_INFINITY, new double[0], Optional.empty());
  }
}
