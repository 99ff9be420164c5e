package io.sparkfed.model;

import io.sparkfed.loss.VectorLoss;
import java.io.Serializable;
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
    return family.prediction().names(loss.outputs());
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
    return family.prediction().values(scores, mean, threshold);
  }
}
