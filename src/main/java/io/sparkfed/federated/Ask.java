package io.sparkfed.federated;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import java.util.List;

/**
 * Asks workers the same and opens the sum of their answers, at the driver: over all who are asked,
 * or not at all. Two sums before and after the rounds so are of the same workers, and their
 * difference is nobody's.
 */
public final class Ask {
  private Ask() {}

  /**
   * Asks all who hold rows to train from, before or after the rounds.
   *
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part; nothing was opened
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
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part; nothing was opened
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
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part; nothing was opened
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<NamedVector> through(
      VectorSum sum,
      Federation<S> federation,
      List<String> cohort,
      String what,
      Statement<S> statement) {
    return ofAll(sum, federation, visit(what, cohort), what, statement)
        .map(statement.layout()::read);
  }

  /**
   * Asks a cohort through a sum that has been prepared. Where its range didn't do, and is to be
   * chosen anew, the same is asked again, of the same workers.
   *
   * @param cohort ids of the workers, sorted
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> NamedVector whole(
      VectorSum sum,
      Federation<S> federation,
      List<String> cohort,
      String what,
      Statement<S> statement) {
    return whole(sum, federation, visit(what, cohort), what, statement)
        .map(statement.layout()::read)
        .value();
  }

  /**
   * The same for a visit of a round.
   *
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<double[]> whole(
      VectorSum sum, Federation<S> federation, Visit visit, String what, Question<S> question) {
    Opened<double[]> first = ofAll(sum, federation, visit, what, question);
    if (sum.choices().length > 0) {
      return first;
    }
    Opened<double[]> again = ofAll(sum, federation, visit, what, question);
    return new Opened<>(
        again.value(),
        again.workers(),
        again.dropouts(),
        first.messageBytes() + again.messageBytes(),
        again.saturated());
  }

  /**
   * Asks a cohort in a visit of a round, through a sum that has nothing to choose.
   *
   * @param what is asked, as the user reads it
   * @throws io.sparkfed.aggregate.CohortException if a worker doesn't take part
   * @throws io.sparkfed.aggregate.AggregationException if the sum could not be opened
   */
  public static <S> Opened<double[]> ofAll(
      VectorSum sum, Federation<S> federation, Visit visit, String what, Question<S> question) {
    try {
      return twice(sum, federation, visit.ofAll(), question);
    } catch (CohortException e) {
      if (e.least() > visit.cohort().size()) {
        throw e;
      }
      throw CohortException.notAll(what, e);
    }
  }

  /**
   * Nothing was opened, so it may be tried once more: who was late, or lost with an executor, may
   * be back.
   */
  private static <S> Opened<double[]> twice(
      VectorSum sum, Federation<S> federation, Visit visit, Question<S> question) {
    try {
      return sum.sum(federation, visit, question);
    } catch (CohortException e) {
      if (e.isRefused()) {
        throw e;
      }
      return sum.sum(federation, visit, question);
    }
  }

  private static Visit visit(String what, List<String> cohort) {
    return new Visit(what + " (" + cohort.size() + " workers)", 0, cohort);
  }
}
