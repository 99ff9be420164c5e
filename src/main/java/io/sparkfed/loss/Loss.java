package io.sparkfed.loss;

/** The loss of one row as a function of its one score. Implementations are stateless. */
public interface Loss extends VectorLoss {

  /** Returns the loss l(s, y), at least 0. */
  double value(double score, double label);

  /** Returns dl/ds; at a kink one of its subgradients. */
  double gradient(double score, double label);

  /** Returns d²l/ds², at least 0; 0 at a kink. */
  double curvature(double score, double label);

  /**
   * Returns the mean response E[y | s]: the prediction for a row with this score. For a loss that
   * belongs to no distribution, the predicted class.
   */
  double mean(double score);

  @Override
  default int outputs() {
    return 1;
  }

  @Override
  default double value(double[] scores, double label) {
    return value(scores[0], label);
  }

  @Override
  default void gradient(double[] scores, double label, double[] gradientOut) {
    gradientOut[0] = gradient(scores[0], label);
  }

  @Override
  default void curvature(double[] scores, double label, double[] curvatureOut) {
    curvatureOut[0] = curvature(scores[0], label);
  }

  @Override
  default void mean(double[] scores, double[] meanOut) {
    meanOut[0] = mean(scores[0]);
  }

  @Override
  default void values(ScoreBlock block) {
    for (int i = 0; i < block.rows(); i++) {
      block.values()[i] = value(block.scores()[i * block.stride()], block.labels()[i]);
    }
  }

  @Override
  default void gradients(ScoreBlock block) {
    for (int i = 0; i < block.rows(); i++) {
      int at = i * block.stride();
      block.scores()[at] = gradient(block.scores()[at], block.labels()[i]);
    }
  }

  /**
   * Does what {@link #valuesAndGradients} does and writes the {@link #curvature} of each of the
   * block's rows.
   *
   * @param curvaturesOut as long as the block's values
   */
  default void derivatives(ScoreBlock block, double[] curvaturesOut) {
    for (int i = 0; i < block.rows(); i++) {
      double score = block.scores()[i * block.stride()];
      curvaturesOut[i] = curvature(score, block.labels()[i]);
    }
    valuesAndGradients(block);
  }
}
