package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RowCounts;

/**
 * Rules of disclosure control for one worker's rows, as statistical offices have them and
 * DataSHIELD calls {@code nfilter}: what is computed from rows that break one is about single rows.
 *
 * @param leastRows training rows
 * @param leastEffectiveRows (sum w)^2 / sum w^2 over the training rows' weights w: with weights
 *     that hardly count all rows but a few, a sum is about these few (Kish, Survey Sampling, 1965)
 * @param mostParametersPerRow coefficients for each training row
 * @param leastEachSide rows of a value that some row has, where a label or a feature is 0 or 1
 * @param leastDifference by how many rows they must differ from those of an earlier answer, unless
 *     they are the same: the difference of two sums is a sum about the rows that only one has
 */
public record Disclosure(
    int leastRows,
    double leastEffectiveRows,
    double mostParametersPerRow,
    int leastEachSide,
    int leastDifference) {

  /**
   * Reads the rules.
   *
   * @throws io.sparkfed.wire.ProtocolException if a value is out of its domain
   */
  public static Disclosure read(PolicyText policy) {
    int rows = policy.count("least-rows", 1, 10);
    return new Disclosure(
        rows,
        policy.number("least-effective-rows", ">= 1", v -> v >= 1.0, rows),
        policy.number("most-parameters-per-row", "> 0", v -> v > 0.0, 0.33),
        policy.count("least-each-side", 0, 3),
        policy.count("least-difference", 1, RowSketch.MOST + 1, 5));
  }

  /**
   * Checks what stands behind an answer.
   *
   * @param parameters coefficients of the model that is asked about; 0 for none
   * @throws RefusedException if a rule is broken
   */
  void check(RowCounts counts, long parameters) {
    require(counts.rows() >= leastRows, OwnersRule.LEAST_ROWS);
    require(counts.effectiveRows() >= leastEffectiveRows, OwnersRule.LEAST_EFFECTIVE_ROWS);
    require(parameters <= mostParametersPerRow * counts.rows(), OwnersRule.MOST_PARAMETERS_PER_ROW);
    require(counts.smallestSide() >= leastEachSide, OwnersRule.LEAST_EACH_SIDE);
  }

  private static void require(boolean isKept, OwnersRule rule) {
    if (!isKept) {
      throw new RefusedException(rule, "the worker's rows must keep the rule " + rule.key());
    }
  }
}
