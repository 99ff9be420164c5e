package io.sparkfed.federated;

import io.sparkfed.data.DataException;
import io.sparkfed.hint.Message;
import java.util.List;

/** A feature can't be used as it is; who knows its name says it. */
public class FeatureException extends DataException {
  private static final long serialVersionUID = 1L;

  private final int feature;
  private final Message rule;

  /**
   * Creates the exception.
   *
   * @param feature index of the feature from 0; the number of features stands for the intercept
   * @param rule what it must or must not be, after its name
   */
  public FeatureException(int feature, Message rule, Throwable driverCause) {
    super(Message.of("feature ", feature + 1, rule), driverCause);
    this.feature = feature;
    this.rule = rule;
  }

  /** Returns the same with the feature's name. */
  public DataException named(List<String> features) {
    String name =
        feature < features.size()
            ? "feature " + features.get(feature)
            : "the constant column of the intercept";
    return new DataException(Message.of(name, rule), this);
  }
}
