package io.sparkfed.loss;

import java.io.Serializable;

/** The loss of one row as a function of its score. Implementations are stateless. */
public interface Loss extends Serializable {

  /** Returns the loss l(s, y), at least 0. */
  double value(double score, double label);

  /** Returns dl/ds. */
  double gradient(double score, double label);

  /** Returns d²l/ds², at least 0. */
  double curvature(double score, double label);

  /** Returns the mean response E[y | s]: the prediction for a row with this score. */
  double mean(double score);

  /** Returns whether {@code label} is in the loss's domain; NaN never is. */
  boolean acceptsLabel(double label);

  /** Says which labels are accepted, for error messages: "a label must be ...". */
  String labelRule();
}
