package io.sparkfed.loss;

import io.sparkfed.math.Elementary;
import io.sparkfed.math.Kernels;

/**
 * Binomial negative log-likelihood with the logit link, labels 0 and 1: {@code log(1 + exp(s)) - y
 * s}.
 *
 * <p>Written as {@code max(s, 0) - y s + log1p(exp(-|s|))}, which neither overflows nor cancels for
 * large scores (M. Mächler, "Accurately computing log(1 - exp(-|a|))", 2012, equation 10).
 */
public enum LogisticLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    double hinge = Math.max(score, 0.0) - label * score;
    return hinge + Elementary.log1p(Elementary.exp(-Math.abs(score)));
  }

  @Override
  public double gradient(double score, double label) {
    return mean(score) - label;
  }

  @Override
  public double curvature(double score, double label) {
    double e = Elementary.exp(-Math.abs(score));
    return e / ((1.0 + e) * (1.0 + e));
  }

  @Override
  public double mean(double score) {
    return mean(score, Elementary.exp(-Math.abs(score)));
  }

  private static double mean(double score, double e) {
    return (score >= 0.0 ? 1.0 : e) / (1.0 + e);
  }

  @Override
  public void values(ScoreBlock block) {
    double[] scores = block.scores();
    double[] labels = block.labels();
    double[] values = block.values();
    for (int i = 0; i < block.rows(); i++) {
      values[i] = -Math.abs(scores[i]);
    }
    Kernels.best().exp(values, block.rows());
    Kernels.best().log1p(values, block.rows());
    for (int i = 0; i < block.rows(); i++) {
      values[i] = (Math.max(scores[i], 0.0) - labels[i] * scores[i]) + values[i];
    }
  }

  @Override
  public void gradients(ScoreBlock block) {
    logistic(block, null, null);
  }

  @Override
  public void valuesAndGradients(ScoreBlock block) {
    logistic(block, block.values(), null);
  }

  @Override
  public void derivatives(ScoreBlock block, double[] curvaturesOut) {
    logistic(block, block.values(), curvaturesOut);
  }

  private static void logistic(ScoreBlock block, double[] values, double[] curvatures) {
    Kernels.best()
        .logistic(block.rows(), block.scores(), block.labels(), block.terms(), values, curvatures);
  }

  @Override
  public boolean isCurved() {
    return true;
  }

  @Override
  public double largestSlope() {
    return 1.0;
  }

  @Override
  public double largestCurvature() {
    return 0.25;
  }

  @Override
  public boolean acceptsLabel(double label) {
    return label == 0.0 || label == 1.0;
  }

  @Override
  public String labelRule() {
    return "exactly 0 or 1";
  }
}
