package io.sparkfed.loss;

import io.sparkfed.math.Elementary;
import io.sparkfed.math.Kernels;

/**
 * Multinomial negative log-likelihood with one score for each of K classes, labels 0 to K - 1:
 * {@code log(sum_k exp(s_k)) - s_y}.
 *
 * <p>Written around the largest score m as {@code log1p(sum_{k not at m} exp(s_k - m)) + (m -
 * s_y)}, which neither overflows nor cancels. Adding a number to all scores changes nothing; the
 * slopes of a row add up to 0. Two classes with the scores (0, s) are {@link LogisticLoss}.
 *
 * @param classes K, at least 2
 */
public record SoftmaxLoss(int classes) implements VectorLoss {

  /**
   * @throws IllegalArgumentException if {@code classes < 2}
   */
  public SoftmaxLoss {
    if (classes < 2) {
      throw new IllegalArgumentException("classes must be >= 2. Provided value: " + classes);
    }
  }

  @Override
  public int outputs() {
    return classes;
  }

  @Override
  public double value(double[] scores, double label) {
    int largest = largest(scores);
    double others = 0.0;
    for (int k = 0; k < classes; k++) {
      if (k != largest) {
        others += Elementary.exp(scores[k] - scores[largest]);
      }
    }
    return (scores[largest] - scores[(int) label]) + Elementary.log1p(others);
  }

  @Override
  public void gradient(double[] scores, double label, double[] gradientOut) {
    mean(scores, gradientOut);
    gradientOut[(int) label] -= 1.0;
  }

  @Override
  public void curvature(double[] scores, double label, double[] curvatureOut) {
    double max = scores[largest(scores)];
    double sum = 0.0;
    for (int k = 0; k < classes; k++) {
      double e = Elementary.exp(scores[k] - max);
      // The diagonal holds the terms until all pairs are written.
      curvatureOut[k * classes + k] = e;
      sum += e;
    }
    for (int k = 0; k < classes; k++) {
      double p = curvatureOut[k * classes + k] / sum;
      for (int m = k + 1; m < classes; m++) {
        double pair = -p * (curvatureOut[m * classes + m] / sum);
        curvatureOut[k * classes + m] = pair;
        curvatureOut[m * classes + k] = pair;
      }
    }
    // p (1 - p) as a sum of products: 1 - p would cancel where p is near 1.
    for (int k = 0; k < classes; k++) {
      double row = 0.0;
      for (int m = 0; m < classes; m++) {
        if (m != k) {
          row -= curvatureOut[k * classes + m];
        }
      }
      curvatureOut[k * classes + k] = row;
    }
  }

  @Override
  public void mean(double[] scores, double[] meanOut) {
    double max = scores[largest(scores)];
    double sum = 0.0;
    for (int k = 0; k < classes; k++) {
      double e = Elementary.exp(scores[k] - max);
      meanOut[k] = e;
      sum += e;
    }
    double share = 1.0 / sum;
    for (int k = 0; k < classes; k++) {
      meanOut[k] *= share;
    }
  }

  @Override
  public void values(ScoreBlock block) {
    softmax(block, false);
  }

  @Override
  public void gradients(ScoreBlock block) {
    softmax(block, true);
  }

  @Override
  public void valuesAndGradients(ScoreBlock block) {
    softmax(block, true);
  }

  private void softmax(ScoreBlock block, boolean withSlopes) {
    Kernels.best()
        .softmax(
            block.rows(),
            classes,
            block.scores(),
            block.stride(),
            block.labels(),
            block.terms(),
            block.bases(),
            block.values(),
            withSlopes);
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
    return label >= 0.0 && label < classes && label == Math.rint(label);
  }

  @Override
  public String labelRule() {
    return "a class from 0 to " + (classes - 1);
  }

  /** Returns the class of the largest score, the first of several. */
  public static int largest(double[] scores) {
    return largest(scores, 0, scores.length);
  }

  /** Returns the same of the scores {@code from .. from + classes - 1}. */
  public static int largest(double[] scores, int from, int classes) {
    int largest = 0;
    for (int k = 1; k < classes; k++) {
      if (scores[from + k] > scores[from + largest]) {
        largest = k;
      }
    }
    return largest;
  }
}
