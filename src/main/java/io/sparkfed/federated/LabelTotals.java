package io.sparkfed.federated;

import io.sparkfed.data.Examples;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What the labels of all training rows tell of a training.
 *
 * @param sums one sum of weighted labels, or the weight of each class
 * @param weight sum of the rows' weights
 */
public record LabelTotals(Family family, ModelShape shape, double[] sums, double weight) {
  private static final double ROUNDING_OF_TERMS = 4.0 * 0x1p-52;

  /** Runs at the worker: the sums of its rows. */
  static double[] own(Examples rows, ModelShape shape) {
    double[] sums = new double[shape.outputs()];
    for (int i = 0; i < rows.rows(); i++) {
      if (shape.outputs() == 1) {
        sums[0] += rows.weight(i) * rows.label(i);
      } else {
        sums[(int) rows.label(i)] += rows.weight(i);
      }
    }
    return sums;
  }

  /** Returns the mean label; NaN of classes. */
  public double mean() {
    return shape.outputs() == 1 ? sums[0] / weight : Double.NaN;
  }

  /**
   * A mean log-likelihood is of the size of 1, but for counts that hardly ever are above 0 and
   * classes that nearly all rows, by weight, are of.
   */
  public double typical() {
    double labelMean = mean();
    return switch (family) {
      case LOGISTIC -> rarity(Math.min(labelMean, 1.0 - labelMean));
      case SOFTMAX -> rarity(1.0 - largestShare());
      case GAMMA -> 1.0;
      case POISSON -> labelMean > 0.0 ? Math.min(1.0, labelMean) : 1.0;
      case LINEAR, HUBER, SVM, SQUARED_HINGE -> Double.POSITIVE_INFINITY;
    };
  }

  /**
   * With a log link a row's loss is a small difference of terms as large as its label, of which
   * Poisson's multiplies the score.
   */
  public double rounding() {
    double labelMean = mean();
    boolean hasMean = labelMean > 0.0;
    return switch (family) {
      case POISSON -> hasMean ? ROUNDING_OF_TERMS * labelMean * ofScores() : 0.0;
      case GAMMA -> hasMean ? ROUNDING_OF_TERMS * ofScores() : 0.0;
      case LINEAR, LOGISTIC, SOFTMAX, HUBER, SVM, SQUARED_HINGE -> 0.0;
    };
  }

  private double ofScores() {
    return 1.0 + Math.abs(Math.log(mean()));
  }

  private static double rarity(double share) {
    return share > 0.0 ? Math.min(1.0, share) : 1.0;
  }

  private double largestShare() {
    double all = Arrays.stream(sums).sum();
    return Arrays.stream(sums).max().orElse(Double.NaN) / all;
  }

  /**
   * Says why an intercept, which is never penalized, would grow for ever; empty where the labels
   * don't make it.
   */
  public Optional<String> runaway() {
    if (!shape.hasIntercept()) {
      return Optional.empty();
    }
    return switch (family) {
      case LOGISTIC -> {
        boolean same = sums[0] == 0.0 || sums[0] == weight;
        yield same ? Optional.of("all labels are " + (sums[0] == 0.0 ? 0 : 1)) : Optional.empty();
      }
      case POISSON -> sums[0] == 0.0 ? Optional.of("all labels are 0") : Optional.empty();
      case SOFTMAX -> {
        List<Integer> held =
            IntStream.range(0, sums.length).filter(k -> sums[k] > 0.0).boxed().toList();
        yield held.size() == sums.length
            ? Optional.empty()
            : Optional.of(
                held.size() == 1
                    ? "all labels are " + held.get(0)
                    : "no training row of any worker is of class "
                        + IntStream.range(0, sums.length)
                            .filter(k -> !held.contains(k))
                            .mapToObj(Integer::toString)
                            .collect(Collectors.joining(", ")));
      }
      case LINEAR, SVM, SQUARED_HINGE, HUBER, GAMMA -> Optional.empty();
    };
  }

  /** Returns what to do about labels that are the reason of {@link #runaway}. */
  public Message advice() {
    return family == Family.SOFTMAX
        ? Message.of("such labels need no model, such a class no place in ", Hint.CLASSES)
        : Message.of("such labels need no model");
  }
}
