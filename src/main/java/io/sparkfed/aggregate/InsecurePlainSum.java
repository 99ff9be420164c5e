package io.sparkfed.aggregate;

/**
 * Sums the workers' vectors at the driver, which sees every one of them: the baseline to compare
 * with. It protects nobody.
 *
 * @param minWorkers the least number of workers a sum may be opened over, at least 1
 */
public record InsecurePlainSum(int minWorkers) implements Aggregation<long[], long[]> {

  @Override
  public <S, B> Opened<long[]> aggregate(
      Federation<S> federation, Visit<B> visit, WorkerTask<S, B, long[]> work) {
    CohortSum sum = new CohortSum(visit.cohort(), minWorkers);
    return sum.combine(federation.visit(visit, new MessageTask<>(work))).open(minWorkers);
  }
}
