package io.sparkfed.federated;

import io.sparkfed.hint.Message;

/** A feature is a linear combination of those before it, so that no single model is the best. */
public final class DependentFeatureException extends FeatureException {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the exception.
   *
   * @param feature index of the feature from 0; the number of features stands for the intercept
   * @param penalty what to do with the penalty
   */
  public DependentFeatureException(int feature, Message penalty, Throwable driverCause) {
    super(
        feature,
        Message.of(
            " must not be a linear combination of the features before it: there is no single"
                + " optimum. Leave features out, or ",
            penalty),
        driverCause);
  }
}
