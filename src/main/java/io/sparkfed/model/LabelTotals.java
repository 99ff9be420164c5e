package io.sparkfed.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is known of the labels of all training rows.
 *
 * @param shape the model's
 * @param sums one sum of weighted labels, or the weight of each class; at least 0 for classes
 * @param weight sum of the rows' weights
 */
public record LabelTotals(ModelShape shape, double[] sums, double weight) {

  /** Returns the mean label; NaN of classes. */
  public double mean() {
    return shape.outputs() == 1 ? sums[0] / weight : Double.NaN;
  }

  /** Returns the largest class's part of the weight. */
  double largestShare() {
    double all = Arrays.stream(sums).sum();
    return Arrays.stream(sums).max().orElse(Double.NaN) / all;
  }

  /** Says which classes no row is of; empty where there is none. */
  Optional<String> missingClasses() {
    int[] held = IntStream.range(0, sums.length).filter(k -> sums[k] > 0.0).toArray();
    if (held.length == sums.length) {
      return Optional.empty();
    }
    return Optional.of(
        held.length == 1
            ? "all labels are " + held[0]
            : "no training row of any worker is of class "
                + IntStream.range(0, sums.length)
                    .filter(k -> !(sums[k] > 0.0))
                    .mapToObj(Integer::toString)
                    .collect(Collectors.joining(", ")));
  }
}
