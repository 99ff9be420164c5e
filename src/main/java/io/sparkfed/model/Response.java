package io.sparkfed.model;

import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.loss.VectorLoss;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a family's label may be, and what a model says of a row whose scores are known.
 *
 * @param family the family
 * @param loss its loss with its parameter
 * @param labels what stands in the label's column
 * @param threshold a row of two classes is predicted positive when its probability, or a support
 *     vector machine's score, is above it; of no meaning for other families
 */
public record Response(Family family, VectorLoss loss, Labels labels, double threshold)
    implements Serializable {
  /** The name of the column with the class's name, where classes have names. */
  public static final String CLASS_NAME = "predictedLabel";

  private static final String PROBABILITY = "probability";

  /** Creates a response of numbers in the family's domain, with the family's usual threshold. */
  public Response(Family family, VectorLoss loss) {
    this(family, loss, new Labels.Numbers(), family.threshold());
  }

  /** Returns whether {@code label} is in the family's domain. */
  public boolean acceptsLabel(double label) {
    return labels instanceof Labels.Proportions
        ? label >= 0.0 && label <= 1.0
        : loss.acceptsLabel(label);
  }

  /** Says which labels are accepted: "a label must be ...". */
  public String labelRule() {
    return labels instanceof Labels.Proportions ? "from 0 to 1" : loss.labelRule();
  }

  /** Returns the name of the class that {@link #predictions} begin with; empty without names. */
  public Optional<String> className(double[] predictions) {
    return labels instanceof Labels.Classes classes
        ? Optional.of(classes.levels().get((int) predictions[0]))
        : Optional.empty();
  }

  /** Returns the names of {@link #predictions}; the first is {@code prediction}. */
  public List<String> predictionNames() {
    List<String> names = new ArrayList<>();
    names.add("prediction");
    switch (family) {
      case LINEAR, POISSON, HUBER, GAMMA -> {}
      case LOGISTIC -> names.add(PROBABILITY);
      case SVM, SQUARED_HINGE -> names.add("margin");
      case SOFTMAX -> {
        for (int k = 0; k < loss.outputs(); k++) {
          names.add(PROBABILITY + "_" + k);
        }
      }
    }
    return names;
  }

  /**
   * Returns the mean response, or for a classifier the class and after it the probability of class
   * 1, the probability of each class, or a support vector machine's score.
   *
   * @param scores the scores of a row, length K
   */
  public double[] predictions(double[] scores) {
    double[] mean = new double[loss.outputs()];
    loss.mean(scores, mean);
    return switch (family) {
      case LINEAR, POISSON, HUBER, GAMMA -> mean;
      case LOGISTIC -> new double[] {mean[0] > threshold ? 1.0 : 0.0, mean[0]};
      case SVM, SQUARED_HINGE -> new double[] {scores[0] > threshold ? 1.0 : 0.0, scores[0]};
      case SOFTMAX -> {
        double[] values = new double[1 + mean.length];
        values[0] = SoftmaxLoss.largest(scores);
        System.arraycopy(mean, 0, values, 1, mean.length);
        yield values;
      }
    };
  }
}
