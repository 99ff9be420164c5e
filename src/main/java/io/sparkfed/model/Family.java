package io.sparkfed.model;

import io.sparkfed.loss.GammaLoss;
import io.sparkfed.loss.HingeLoss;
import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.PoissonLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.SquaredHingeLoss;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.loss.VectorLoss;

/** The model families and the loss each is trained with. */
public enum Family {
  /** Least squares. */
  LINEAR(SquaredLoss.INSTANCE, false),
  /** Binary logistic regression, labels 0 and 1. */
  LOGISTIC(LogisticLoss.INSTANCE, true),
  /** Multinomial logistic regression, labels 0 to K - 1. */
  SOFTMAX(null, true),
  /** Linear support vector machine with the hinge loss, labels 0 and 1. */
  SVM(HingeLoss.INSTANCE, true),
  /** Linear support vector machine with the squared hinge loss, labels 0 and 1. */
  SQUARED_HINGE(SquaredHingeLoss.INSTANCE, true),
  /** Poisson regression with the log link, labels from 0. */
  POISSON(PoissonLoss.INSTANCE, false),
  /** Robust regression with Huber's loss. */
  HUBER(new HuberLoss(HuberLoss.DEFAULT_DELTA), false),
  /** Gamma regression with the log link, labels above 0. */
  GAMMA(GammaLoss.INSTANCE, false);

  private final Loss loss;
  private final boolean classifier;

  Family(Loss loss, boolean classifier) {
    this.loss = loss;
    this.classifier = classifier;
  }

  /**
   * Returns the family's one-score loss, with the default of its parameter.
   *
   * @throws IllegalStateException for softmax, whose loss has a score for each class
   */
  public Loss loss() {
    if (loss == null) {
      throw new IllegalStateException("softmax has no loss of one score");
    }
    return loss;
  }

  /**
   * Returns the family's loss.
   *
   * @param classes number of classes K, at least 2; used by softmax alone
   * @param huberDelta where Huber's loss turns into a line, positive; used by it alone
   * @throws IllegalArgumentException if a parameter that is used is out of range
   */
  public VectorLoss loss(int classes, double huberDelta) {
    return switch (this) {
      case SOFTMAX -> new SoftmaxLoss(classes);
      case HUBER -> new HuberLoss(huberDelta);
      default -> loss;
    };
  }

  /** Returns whether the label is a class rather than a quantity. */
  public boolean isClassifier() {
    return classifier;
  }

  /** Returns whether the loss is curved everywhere, in every direction that changes it. */
  public boolean isCurved() {
    return switch (this) {
      case LINEAR, LOGISTIC, SOFTMAX, POISSON, GAMMA -> true;
      case SVM, SQUARED_HINGE, HUBER -> false;
    };
  }

  /** Returns whether one score decides between two classes. */
  public boolean hasThreshold() {
    return classifier && this != SOFTMAX;
  }

  /**
   * Returns the threshold of two classes where nobody sets one, as in Spark ML: of the probability,
   * or of a support vector machine's score; NaN for other families.
   */
  public double threshold() {
    return switch (this) {
      case LOGISTIC -> 0.5;
      case SVM, SQUARED_HINGE -> 0.0;
      case LINEAR, SOFTMAX, POISSON, HUBER, GAMMA -> Double.NaN;
    };
  }

  /** Returns whether the mean response is a probability of a class. */
  public boolean hasProbabilities() {
    return this == LOGISTIC || this == SOFTMAX;
  }

  /** Returns whether the mean response is the exponential of the score. */
  public boolean hasLogLink() {
    return this == POISSON || this == GAMMA;
  }
}
