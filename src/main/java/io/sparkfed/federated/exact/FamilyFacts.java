package io.sparkfed.federated.exact;

import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.PointEvaluation.Kind;

/** What an exact fit knows of a family before it has seen rows. */
final class FamilyFacts {
  private FamilyFacts() {}

  /**
   * Returns about a row's curvature in its score at the start, where every row has about the same.
   *
   * @param meanLabel NaN where nobody knows
   */
  static double curvatureAtStart(Family family, ModelShape shape, double meanLabel) {
    return switch (family) {
      case LOGISTIC -> ofProbability(shape, meanLabel);
      case SOFTMAX -> 1.0 / shape.outputs();
      case LINEAR, SQUARED_HINGE -> 2.0;
      case POISSON -> shape.hasIntercept() && meanLabel > 0.0 ? meanLabel : 1.0;
      case SVM, HUBER, GAMMA -> 1.0;
    };
  }

  private static double ofProbability(ModelShape shape, double mean) {
    return shape.hasIntercept() && mean > 0.0 && mean < 1.0 ? mean * (1.0 - mean) : 0.25;
  }

  /**
   * By the inequality of Cauchy and Schwarz no entry of a Hessian exceeds the largest curvature
   * times the sum of squares of a standardized feature, which is the rows' weight. NaN where there
   * is no largest one.
   */
  static double mostCurvature(Family family) {
    return switch (family) {
      case LINEAR -> 2.0;
      case LOGISTIC, SOFTMAX -> 0.25;
      default -> Double.NaN;
    };
  }

  /** In the same way for a gradient. */
  static double mostSlope(Family family) {
    return switch (family) {
      case LOGISTIC, SOFTMAX, SVM -> 1.0;
      default -> Double.NaN;
    };
  }

  /** Returns what size the numbers of its objective are of. */
  static Kind kind(Family family) {
    return switch (family) {
      case LINEAR, HUBER, SQUARED_HINGE -> Kind.IN_UNITS_OF_LABELS;
      case LOGISTIC, SOFTMAX, POISSON, GAMMA -> Kind.LIKELIHOOD;
      case SVM -> Kind.KINKED;
    };
  }
}
