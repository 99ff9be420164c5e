package io.sparkfed.aggregate;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

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
    List<WorkerMessage> messages =
        new ArrayList<>(federation.visit(visit, new MessageTask<>(work)));
    Set<String> missing = new TreeSet<>(visit.cohort());
    messages.forEach(message -> missing.remove(message.worker()));
    for (String worker : missing) {
      messages.add(new WorkerMessage(worker, WorkerMessage.Status.FAILED, new long[0]));
    }
    return sum.combine(messages).open(minWorkers);
  }
}
