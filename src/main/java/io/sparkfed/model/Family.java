package io.sparkfed.model;

import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.SquaredLoss;

/** The model families and the loss each is trained with. */
public enum Family {
  /** Least squares. */
  LINEAR(SquaredLoss.INSTANCE),
  /** Binary logistic regression, labels 0 and 1. */
  LOGISTIC(LogisticLoss.INSTANCE);

  private final Loss loss;

  Family(Loss loss) {
    this.loss = loss;
  }

  /** Returns the family's loss. */
  public Loss loss() {
    return loss;
  }

  /** Returns whether the label is a class rather than a quantity. */
  public boolean isClassifier() {
    return this == LOGISTIC;
  }
}
