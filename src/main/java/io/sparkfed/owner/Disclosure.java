package io.sparkfed.owner;

import java.util.Optional;

/**
 * Rules of disclosure control for one worker's rows, as statistical offices have them and
 * DataSHIELD calls {@code nfilter}: what is computed from rows that break one is about single rows.
 *
 * @param leastRows training rows
 * @param leastEffectiveRows (sum w)^2 / sum w^2 over the training rows' weights w: with weights
 *     that hardly count all rows but a few, a sum is about these few (Kish, Survey Sampling, 1965)
 * @param mostParametersPerRow coefficients for each training row
 * @param leastEachSide rows of a value that some row has, where a label or a feature has two values
 */
public record Disclosure(
    int leastRows, double leastEffectiveRows, double mostParametersPerRow, int leastEachSide) {

  static Disclosure read(PolicyText policy) {
    int rows = policy.count("least-rows", 1, 10);
    return new Disclosure(
        rows,
        policy.number("least-effective-rows", ">= 1", v -> v >= 1.0, rows),
        policy.number("most-parameters-per-row", "> 0", v -> v > 0.0, 0.33),
        policy.count("least-each-side", 0, 3));
  }

  /**
   * Counts of a worker's training rows.
   *
   * @param rows how many
   * @param weight sum of weights
   * @param squaredWeight sum of squared weights
   * @param parameters coefficients of the model
   * @param smallestSide rows of the rarest value that some row has, of a label or a feature with
   *     two
   */
  public record Counts(
      long rows, double weight, double squaredWeight, long parameters, long smallestSide) {}

  /** Returns which rule is broken, by its name in a policy; empty where none is. */
  public Optional<String> broken(Counts counts) {
    if (counts.rows() < leastRows) {
      return Optional.of("least-rows");
    }
    if (!(counts.weight() * counts.weight() >= leastEffectiveRows * counts.squaredWeight())) {
      return Optional.of("least-effective-rows");
    }
    if (counts.parameters() > mostParametersPerRow * counts.rows()) {
      return Optional.of("most-parameters-per-row");
    }
    return counts.smallestSide() < leastEachSide
        ? Optional.of("least-each-side")
        : Optional.empty();
  }
}
