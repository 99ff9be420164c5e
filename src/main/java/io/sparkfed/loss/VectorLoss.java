package io.sparkfed.loss;

import java.io.Serializable;

/**
 * The loss of one row as a function of its K scores. Implementations are stateless.
 *
 * <p>No method allocates: results are written into arrays of the caller. A loss of one score is a
 * {@link Loss}; it is a vector loss with K = 1.
 */
public interface VectorLoss extends Serializable {

  /** Returns K, the number of scores of a row, at least 1. */
  int outputs();

  /**
   * Returns the loss l(s, y), at least 0.
   *
   * @param scores the scores, length K
   */
  double value(double[] scores, double label);

  /**
   * Writes dl/ds_k for each k.
   *
   * @param scores the scores, length K
   * @param gradientOut length K; may be {@code scores} itself
   */
  void gradient(double[] scores, double label, double[] gradientOut);

  /**
   * Writes d²l/ds_k ds_m, a positive semidefinite matrix.
   *
   * @param scores the scores, length K
   * @param curvatureOut length K², row-major; not {@code scores} itself
   */
  void curvature(double[] scores, double label, double[] curvatureOut);

  /** Writes the losses of a block's rows: the same bits as {@link #value} row by row. */
  void values(ScoreBlock block);

  /** Overwrites the scores of a block's rows with what {@link #gradient} writes for each. */
  void gradients(ScoreBlock block);

  /** Does what {@link #values} does and then {@link #gradients}. */
  default void valuesAndGradients(ScoreBlock block) {
    values(block);
    gradients(block);
  }

  /**
   * Writes the mean response: for classes their probabilities, otherwise E[y | s].
   *
   * @param scores the scores, length K
   * @param meanOut length K; may be {@code scores} itself
   */
  void mean(double[] scores, double[] meanOut);

  /** Returns whether the loss is curved everywhere, in every direction that changes it. */
  boolean isCurved();

  /**
   * Returns a bound of |dl/ds_k| that holds for all scores and labels, in whatever units labels
   * are; NaN where there is none.
   */
  default double largestSlope() {
    return Double.NaN;
  }

  /**
   * Returns a bound of |d²l/ds_k ds_m| for a loss that is curved everywhere; NaN where there is
   * none, and for other losses.
   */
  default double largestCurvature() {
    return Double.NaN;
  }

  /** Returns whether {@code label} is in the loss's domain; NaN never is. */
  boolean acceptsLabel(double label);

  /** Says which labels are accepted, for error messages: "a label must be ...". */
  String labelRule();
}
