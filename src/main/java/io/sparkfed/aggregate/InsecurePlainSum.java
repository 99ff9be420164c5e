package io.sparkfed.aggregate;

import io.sparkfed.wire.Form;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Sums the workers' vectors at the driver, which sees every one of them: the baseline to compare
 * with. It protects nobody.
 *
 * @param minWorkers the least number of workers a sum may be opened over, at least 1
 */
public record InsecurePlainSum(int minWorkers) implements RingSum {

  /**
   * Returns what reads what a worker is asked whose message is its own.
   *
   * @param ofWords reads what is asked for
   */
  public static <S> Form<WorkerTask<S, PlainMessage>> form(Form<Words<S>> ofWords) {
    return GroupOfOne.form(PlainTask.form(ofWords));
  }

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    CohortSum sum = new CohortSum(visit.cohort(), visit.atLeast(minWorkers), words.ring());
    List<PlainMessage> messages =
        new ArrayList<>(federation.visitGroups(visit, new PlainTask<>(words)));
    Set<String> answered = new HashSet<>();
    messages.forEach(message -> answered.addAll(message.workers()));
    List<String> missing =
        visit.cohort().stream().filter(worker -> !answered.contains(worker)).toList();
    if (!missing.isEmpty()) {
      messages.add(new PlainMessage(missing, missing, List.of(), 0, new long[0]));
    }
    return sum.combine(messages).open(visit.atLeast(minWorkers));
  }
}
