package io.sparkfed.model;

import io.sparkfed.loss.SoftmaxLoss;
import java.util.ArrayList;
import java.util.List;

/** What a model says of a row whose scores are known. */
enum Prediction {
  /** The mean response. */
  MEAN(Double.NaN) {
    @Override
    void addDetails(int outputs, List<String> names) {}

    @Override
    double[] values(double[] scores, double[] mean, double threshold) {
      return mean;
    }
  },
  /** One of two classes, by the probability of class 1. */
  BY_PROBABILITY(0.5) {
    @Override
    void addDetails(int outputs, List<String> names) {
      names.add(PROBABILITY);
    }

    @Override
    double[] values(double[] scores, double[] mean, double threshold) {
      return new double[] {mean[0] > threshold ? 1.0 : 0.0, mean[0]};
    }
  },
  /** One of two classes, by the score of a support vector machine. */
  BY_MARGIN(0.0) {
    @Override
    void addDetails(int outputs, List<String> names) {
      names.add("margin");
    }

    @Override
    double[] values(double[] scores, double[] mean, double threshold) {
      return new double[] {scores[0] > threshold ? 1.0 : 0.0, scores[0]};
    }
  },
  /** The class of the largest of as many scores, the first of several. */
  OF_LARGEST(Double.NaN) {
    @Override
    void addDetails(int outputs, List<String> names) {
      for (int k = 0; k < outputs; k++) {
        names.add(PROBABILITY + "_" + k);
      }
    }

    @Override
    double[] values(double[] scores, double[] mean, double threshold) {
      double[] values = new double[1 + mean.length];
      values[0] = SoftmaxLoss.largest(scores);
      System.arraycopy(mean, 0, values, 1, mean.length);
      return values;
    }
  };

  private static final String PROBABILITY = "probability";

  private final double threshold;

  Prediction(double threshold) {
    this.threshold = threshold;
  }

  /** Returns the threshold of two classes where nobody sets one; NaN of others. */
  double threshold() {
    return threshold;
  }

  /** Returns the names of the {@link #values}; the first is {@code prediction}. */
  final List<String> names(int outputs) {
    List<String> names = new ArrayList<>();
    names.add("prediction");
    addDetails(outputs, names);
    return names;
  }

  abstract void addDetails(int outputs, List<String> names);

  /**
   * Returns what is predicted.
   *
   * @param scores the scores of a row, length K
   * @param mean the mean response, length K
   */
  abstract double[] values(double[] scores, double[] mean, double threshold);
}
