package io.sparkfed.federated;

import io.sparkfed.data.DataException;
import java.util.List;

/** A feature is a linear combination of those before it, so that no single model is the best. */
public final class DependentFeatureException extends DataException {
  private static final long serialVersionUID = 1L;

  private static final String RULE =
      " must not be a linear combination of the features before it: there is no single optimum."
          + " Leave features out, or set model.l2 > 0";

  private final int feature;

  /**
   * Creates the exception.
   *
   * @param feature index of the feature from 0; the number of features stands for the intercept
   */
  public DependentFeatureException(int feature, Throwable driverCause) {
    super("feature " + (feature + 1) + RULE, driverCause);
    this.feature = feature;
  }

  /** Returns the same with the feature's name. */
  public DataException named(List<String> features) {
    String name =
        feature < features.size()
            ? "feature " + features.get(feature)
            : "the constant column of the intercept";
    return new DataException(name + RULE, this);
  }
}
