package io.sparkfed.federated;

import java.util.Set;

/**
 * What an owner that bounds updates answers although it is none: numbers of workers and of rows,
 * and how well a model does at rows. All other statements let sums of rows' values leave.
 */
final class BesideUpdates {
  private static final Set<Class<?>> STATEMENTS =
      Set.of(
          TypesOfColumns.class,
          RowsOfBuckets.class,
          TextsOfBuckets.class,
          RowsOfLevels.class,
          HoldersOfValues.class,
          IncompleteRowHolders.class,
          IncompleteRows.class,
          HeldClasses.class,
          TestHolders.class,
          TestEvaluation.class,
          ModelEvaluation.class,
          HistogramOfScores.class,
          EvaluationWithin.class,
          MeansWithin.class);

  private BesideUpdates() {}

  static boolean contains(Statement<?> statement) {
    return STATEMENTS.contains(statement.getClass());
  }
}
