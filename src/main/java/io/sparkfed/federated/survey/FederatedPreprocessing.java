package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.HoldersOfValues;
import io.sparkfed.federated.SumsOfValues;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * Finds what an encoding needs to know of all workers' rows before round 1, through the same sums
 * as training: the levels of its categories and the means that replace missing values.
 */
public final class FederatedPreprocessing {
  private static final int FIRST_BUCKETS = 2048;

  private FederatedPreprocessing() {}

  /** Whether an encoding has anything to find. */
  public static boolean isNeeded(FeatureEncoding draft) {
    return !draft.categories().isEmpty() || !draft.imputed().isEmpty();
  }

  /**
   * Completes an encoding.
   *
   * @param draft the encoding; levels that are empty, references that are empty (then the first
   *     level) and fills are found
   * @param federation the workers with the summaries of this draft
   * @param sums what all numbers travel through
   * @param least how common a level must be
   * @param minWorkers the least number of workers that must have a value for a mean to be opened
   * @param seed the run's seed
   * @throws DataException if a level has too few rows or workers, a category has one level or too
   *     many, a reference is no level, too few workers have a value to take a mean of, or two
   *     features would have one name
   * @throws io.sparkfed.aggregate.AggregationException if a sum could not be opened
   */
  public static FeatureEncoding complete(
      FeatureEncoding draft,
      Federation<ColumnSummary> federation,
      SumFactory sums,
      LeastOfLevel least,
      int minWorkers,
      long seed) {
    Iterator<List<String>> levels =
        new FederatedLevels(federation, sums, least, seed, FIRST_BUCKETS)
            .complete(draft.categories())
            .iterator();
    Iterator<Double> means = means(draft, federation, sums, minWorkers).iterator();
    List<InputColumn> columns = new ArrayList<>();
    for (InputColumn column : draft.columns()) {
      if (column instanceof OneHot category) {
        columns.add(complete(category, levels.next()));
      } else if (column instanceof Numeric number && number.imputed()) {
        columns.add(new Numeric(number.name(), number.type(), true, means.next()));
      } else {
        columns.add(column);
      }
    }
    return checked(new FeatureEncoding(columns, draft.terms()));
  }

  /**
   * Completes an encoding whose levels and fills all are given, and asks nobody.
   *
   * @throws DataException if a category has one level, a reference is no level, or two features
   *     would have one name
   */
  public static FeatureEncoding asGiven(FeatureEncoding draft) {
    List<InputColumn> columns = new ArrayList<>();
    for (InputColumn column : draft.columns()) {
      columns.add(
          column instanceof OneHot category ? complete(category, category.levels()) : column);
    }
    return checked(new FeatureEncoding(columns, draft.terms()));
  }

  private static FeatureEncoding checked(FeatureEncoding complete) {
    try {
      complete.width();
    } catch (IllegalArgumentException e) {
      throw new DataException(Message.of(Hint.FORMULA, ": ", e.getMessage()), e);
    }
    requireDistinct(complete.features());
    return complete;
  }

  private static OneHot complete(OneHot draft, List<String> levels) {
    if (levels.size() < 2) {
      throw new DataException(
          "column "
              + draft.name()
              + ": a category must have at least two levels. Provided: "
              + levels.size());
    }
    String reference = draft.reference().isEmpty() ? levels.get(0) : draft.reference();
    if (!levels.contains(reference)) {
      throw new DataException(
          Message.of(
              Hint.CATEGORIES,
              ".",
              draft.name(),
              ".reference must be one of the levels ",
              String.join(", ", levels),
              ". Provided value: ",
              reference));
    }
    return new OneHot(draft.name(), draft.type(), reference, levels, draft.spelling());
  }

  private static List<Double> means(
      FeatureEncoding draft,
      Federation<ColumnSummary> federation,
      SumFactory sums,
      int minWorkers) {
    List<Numeric> imputed = draft.imputed();
    if (imputed.isEmpty()) {
      return List.of();
    }
    requireMeans(draft, federation, sums, minWorkers);
    NamedVector both =
        Ask.workers(federation, sums, "imputation: means", new SumsOfValues(imputed.size()));
    double[] values = both.all(SumsOfValues.VALUES);
    double[] weights = both.all(SumsOfValues.WEIGHTS);
    List<Double> means = new ArrayList<>();
    for (int j = 0; j < values.length; j++) {
      means.add(values[j] / weights[j]);
    }
    return means;
  }

  /**
   * Checks by a secure sum that enough workers have a value in each column to impute: a mean over
   * fewer workers' values would say much of each.
   *
   * @param minWorkers how many are enough
   * @throws DataException naming a column where too few have one
   */
  public static void requireMeans(
      FeatureEncoding draft,
      Federation<ColumnSummary> federation,
      SumFactory sums,
      int minWorkers) {
    List<Numeric> imputed = draft.imputed();
    if (imputed.isEmpty()) {
      return;
    }
    double[] holders =
        Ask.workers(
                federation, sums, "imputation: who has values", new HoldersOfValues(imputed.size()))
            .all(HoldersOfValues.HOLDS_VALUES);
    for (int j = 0; j < imputed.size(); j++) {
      String column = "column " + imputed.get(j).name() + ": ";
      if (holders[j] == 0.0) {
        throw new DataException(
            Message.of(
                column,
                "no training row of any worker has a value, so there is no mean to fill in (",
                Hint.IMPUTATION,
                ")"));
      }
      if (holders[j] < minWorkers) {
        throw new DataException(
            Message.of(
                column,
                "fewer than ",
                minWorkers,
                " workers (",
                Hint.MIN_WORKERS,
                ") have a value in a training row, so the mean to fill in is not opened (",
                Hint.IMPUTATION,
                ")"));
      }
    }
  }

  private static void requireDistinct(List<String> features) {
    Set<String> seen = new HashSet<>();
    for (String feature : features) {
      if (!seen.add(feature)) {
        throw new DataException(
            Message.of(
                "two features would be called ",
                feature,
                "; rename a column with ",
                Hint.DERIVED_COLUMNS));
      }
    }
  }
}
