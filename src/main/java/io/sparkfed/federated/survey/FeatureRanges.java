package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.MomentsOfFeatures;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.ValuesOutOfRange;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import java.util.Arrays;
import java.util.OptionalInt;

/**
 * Which feature has values that sums have no room for. Asked only when sums have failed: for each
 * feature the number of workers that hold such a value, through a secure sum.
 */
public final class FeatureRanges {
  /** Squares of larger values, times weights, may be beyond the range of a sum. */
  static final double LARGEST = 1e24;

  private static final Message TOO_LARGE =
      Message.of(
          " must not have values larger than 1e24 in size, for which sums have no room: leave out a"
              + " sentinel for a missing value (",
          Hint.FILTER,
          "), or rescale a column in other units (",
          Hint.DERIVED_COLUMNS,
          ")");

  private static final Message TOO_SMALL =
      Message.of(
          " must not have values so small, below 1e-21 in size, that their squares vanish in sums:"
              + " rescale the column (",
          Hint.DERIVED_COLUMNS,
          ")");

  private FeatureRanges() {}

  /**
   * Refuses a feature with a value that is too large.
   *
   * @throws FeatureException if there is one
   */
  public static void requireNoneTooLarge(
      Federation<Shard> federation, TrainingPlan plan, Throwable cause) {
    OptionalInt found = tooLarge(federation, plan);
    if (found.isPresent()) {
      throw new FeatureException(found.getAsInt(), TOO_LARGE, cause);
    }
  }

  /** Returns the first feature with a value that is too large. */
  public static OptionalInt tooLarge(Federation<Shard> federation, TrainingPlan plan) {
    boolean[] all = new boolean[plan.shape().features()];
    Arrays.fill(all, true);
    double[] holders = holders(federation, plan, new ValuesOutOfRange(LARGEST, all));
    for (int j = 0; j < holders.length; j++) {
      if (holders[j] > 0.5) {
        return OptionalInt.of(j);
      }
    }
    return OptionalInt.empty();
  }

  /**
   * Refuses a feature whose squares vanish though not all of its values are 0.
   *
   * @param squares mean square of each feature
   * @throws FeatureException if there is one
   */
  static void requireNoneTooSmall(
      Federation<Shard> federation, TrainingPlan plan, double[] squares) {
    boolean[] asked = new boolean[squares.length];
    for (int j = 0; j < asked.length; j++) {
      asked[j] = squares[j] < MomentsOfFeatures.LEAST_SQUARE;
    }
    double[] holders = holders(federation, plan, new ValuesOutOfRange(0.0, asked));
    for (int j = 0; j < holders.length; j++) {
      if (holders[j] > 0.5) {
        throw new FeatureException(j, TOO_SMALL, null);
      }
    }
  }

  private static double[] holders(
      Federation<Shard> federation, TrainingPlan plan, ValuesOutOfRange asked) {
    return Ask.workers(federation, plan.sums(), "range of features", asked)
        .all(ValuesOutOfRange.HOLDS_SUCH);
  }
}
