package io.sparkfed.federated;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import java.util.List;

/** Asks workers the same and opens the sum of their answers, at the driver. */
public final class Ask {
  private Ask() {}

  /**
   * Asks all who hold rows to train from, before or after the rounds.
   *
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> NamedVector workers(
      Federation<S> federation, SumFactory sums, String what, Statement<S> statement) {
    return cohort(federation, federation.workers(), sums, what, statement).value();
  }

  /**
   * Asks a cohort, before or after the rounds.
   *
   * @param cohort ids of the workers, sorted
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<NamedVector> cohort(
      Federation<S> federation,
      List<String> cohort,
      SumFactory sums,
      String what,
      Statement<S> statement) {
    return through(sums.sumOf(statement.layout()), federation, cohort, what, statement);
  }

  /**
   * Asks a cohort through a sum that has been prepared.
   *
   * @param cohort ids of the workers, sorted
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<NamedVector> through(
      VectorSum sum,
      Federation<S> federation,
      List<String> cohort,
      String what,
      Statement<S> statement) {
    return sum.sum(federation, visit(what, cohort), statement).map(statement.layout()::read);
  }

  /**
   * Asks a cohort through a sum that has been prepared, and opens it over all of the cohort or not
   * at all.
   *
   * @param cohort ids of the workers, sorted
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part; nothing was opened
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<NamedVector> all(
      VectorSum sum,
      Federation<S> federation,
      List<String> cohort,
      String what,
      Statement<S> statement) {
    return sum.sum(federation, visit(what, cohort).ofAll(), statement)
        .map(statement.layout()::read);
  }

  private static Visit visit(String what, List<String> cohort) {
    return new Visit(what + " (" + cohort.size() + " workers)", 0, cohort);
  }
}
