package io.sparkfed.config;

import io.sparkfed.math.Interval;
import java.util.Collections;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What {@code privacy} says, where a unit is protected.
 *
 * @param unit what a run must not tell of
 * @param epsilon of the run, positive and finite
 * @param delta of the run, in (0, 1), less than 1 by the number of rows where that is public
 * @param rows the public number of training rows; empty to buy a noisy count
 * @param rowsPerPerson how many rows one person may have at a worker, at least 1
 * @param personColumn whose values say which rows are one person's
 * @param bounds what each column of numbers is cut to, or each entry of the column of vectors, by
 *     the column's name as the features spell it; finite, of positive width
 * @param vectorSize how many features a vector has, at least 1; empty without a column of vectors
 * @param labelBounds what labels are cut to; empty for classes
 * @param maxWeight a heavier row counts as much, positive and finite
 * @param maxRowNorm a longer row, in the units of the bounds, is shortened to it, positive and
 *     finite; empty for what the columns allow
 * @param honestWorkers of how many workers the noise is relied on, at least 1; empty for as many as
 *     the sums can
 * @param rounds how many gradients are released, at least 1
 * @param gramShare of the budget for training rows: for products of features, in [0, 1)
 * @param evaluationShare of it: for figures of training rows, in [0, 1)
 * @param countShare of it: for the number of rows, in (0, 1), where that isn't public
 * @param intervalsShare of it: for intervals of coefficients, in [0, 1); 0 for none
 * @param updateNorm where whole workers are protected: a worker's longer update is shortened to it,
 *     positive and finite; empty otherwise
 */
public record PrivacySettings(
    Unit unit,
    double epsilon,
    double delta,
    OptionalLong rows,
    int rowsPerPerson,
    Optional<String> personColumn,
    SortedMap<String, Interval> bounds,
    OptionalInt vectorSize,
    Optional<Interval> labelBounds,
    double maxWeight,
    OptionalDouble maxRowNorm,
    OptionalInt honestWorkers,
    int rounds,
    double gramShare,
    double evaluationShare,
    double countShare,
    double intervalsShare,
    OptionalDouble updateNorm) {

  /** Copies the bounds. */
  public PrivacySettings {
    bounds = Collections.unmodifiableSortedMap(new TreeMap<>(bounds));
  }

  /** What a run must not tell of. */
  public enum Unit {
    /** Nothing: no noise. */
    NONE,
    /** One row of one worker, there or not. */
    ROW,
    /** All rows of one worker, there or not. */
    WORKER;

    /** Returns what a rule that holds under the unit ends with. */
    String under() {
      return " under privacy.unit = " + EnumNames.of(this);
    }
  }
}
