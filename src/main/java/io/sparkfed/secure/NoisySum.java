package io.sparkfed.secure;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.privacy.Zcdp;

/**
 * Sums vectors with differential privacy for rows: each worker adds its share of discrete Gaussian
 * noise before anything leaves it, and its owner charges its budget. How large numbers are is not
 * asked for: the grid follows from the question's bound.
 *
 * <p><b>Guaranteed:</b> for a row more or less at one worker, each sum costs at most {@code cost},
 * towards everybody but that worker, while no more than all workers but {@code honestWorkers} tell
 * others their noise. A task that runs again sends the same; another session has other noise, and
 * is charged again. <b>Not guaranteed:</b> that for questions whose bound is not true; and nothing
 * is hidden of who took part.
 *
 * @param ring the sum of integer vectors it travels through
 * @param cost of each sum
 * @param plan of all releases of the run, this one too
 * @param honestWorkers of how many workers the noise is relied on, at least 1
 */
public record NoisySum(RingSum ring, Zcdp cost, Zcdp plan, int honestWorkers)
    implements ReleasedSum {

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the question has no bound, or not only numbers of one scale
   */
  @Override
  public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
    NoisyAnswer<S> answer = asked(question, visit.cohort().size());
    return ring.sum(federation, visit, answer).map(answer::decode);
  }

  @Override
  public double deviation(Question<?> question, int cohort, int workers) {
    NoisyAnswer<?> answer = asked(question, cohort);
    double share = answer.release().orElseThrow().share().doubleValue();
    return Math.scalb(Math.sqrt(workers * share), -answer.fractionBits());
  }

  private <S> NoisyAnswer<S> asked(Question<S> question, int cohort) {
    return NoisyAnswer.of(question, cohort, cost, honestWorkers, plan);
  }
}
