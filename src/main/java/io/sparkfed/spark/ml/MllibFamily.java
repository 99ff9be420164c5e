package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;

/**
 * What MLlib has of a family.
 *
 * @param model what predicts as the family's models do
 * @param isTrained whether MLlib fits it with the family's loss
 */
record MllibFamily(Model model, boolean isTrained) {

  /** MLlib's models. */
  enum Model {
    LINEAR_REGRESSION,
    /** Of two classes. */
    LOGISTIC_REGRESSION,
    /** Logistic regression of any number of classes. */
    MULTINOMIAL,
    LINEAR_SVC,
    /** See {@link GlmFamily}. */
    GENERALIZED_LINEAR_REGRESSION
  }

  /** Returns what there is of a family. */
  static MllibFamily of(Family family) {
    return switch (family) {
      case LINEAR -> new MllibFamily(Model.LINEAR_REGRESSION, true);
      // MLlib's own huber would claim that its scale was estimated too.
      case HUBER -> new MllibFamily(Model.LINEAR_REGRESSION, false);
      case LOGISTIC -> new MllibFamily(Model.LOGISTIC_REGRESSION, true);
      case SOFTMAX -> new MllibFamily(Model.MULTINOMIAL, true);
      case SVM -> new MllibFamily(Model.LINEAR_SVC, true);
      case SQUARED_HINGE -> new MllibFamily(Model.LINEAR_SVC, false);
      case POISSON, GAMMA -> new MllibFamily(Model.GENERALIZED_LINEAR_REGRESSION, true);
    };
  }
}
