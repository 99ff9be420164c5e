package io.sparkfed.federated;

import io.sparkfed.math.Seeds;
import java.util.Comparator;
import java.util.List;

/**
 * Who takes part in a round of local training: everybody, or a sample. A sample is the workers
 * whose hashes of (seed, round, id) are the smallest, so it is the same on any machine, in any
 * order, and after a resumption; each worker's turn in a round is as likely as any other's.
 *
 * <p>Evaluations are everybody's: what differs from sample to sample would tell what each worker
 * has.
 */
public sealed interface Cohort {
  /** How often models are evaluated unless somebody says otherwise, where rounds take samples. */
  int EVALUATED_EVERY = 10;

  /** Returns all workers, in every round. */
  static Cohort everybody() {
    return new Everybody();
  }

  /**
   * Returns how many workers take part.
   *
   * @param workers how many there are
   */
  int size(int workers);

  /** Returns how many rounds are between two evaluations of the model; the last always is one. */
  default int evaluatedEvery() {
    return 1;
  }

  /** Returns whether rounds may differ in who takes part. */
  default boolean isSampled() {
    return !(this instanceof Everybody);
  }

  /**
   * Returns the ids of those who take part, sorted.
   *
   * @param workers all ids, sorted
   * @param seed the run's seed
   * @param round from 1
   */
  default List<String> of(List<String> workers, long seed, int round) {
    int size = size(workers.size());
    if (size == workers.size()) {
      return workers;
    }
    record Drawn(String worker, long hash) {}
    return workers.stream()
        .map(worker -> new Drawn(worker, Seeds.derive(seed, "cohort", round, worker)))
        .sorted(Comparator.comparingLong(Drawn::hash).thenComparing(Drawn::worker))
        .limit(size)
        .map(Drawn::worker)
        .sorted()
        .toList();
  }

  /** All workers. */
  record Everybody() implements Cohort {
    @Override
    public int size(int workers) {
      return workers;
    }
  }

  /**
   * A number of workers; all where there are fewer.
   *
   * @param count at least 1
   * @param evaluatedEvery at least 1
   */
  record Count(int count, int evaluatedEvery) implements Cohort {
    /**
     * @throws IllegalArgumentException if the number is out of range
     */
    public Count {
      if (count < 1) {
        throw new IllegalArgumentException("a cohort must be >= 1. Provided value: " + count);
      }
      requirePeriod(evaluatedEvery);
    }

    /** Evaluates every {@value #EVALUATED_EVERY} rounds. */
    public Count(int count) {
      this(count, EVALUATED_EVERY);
    }

    @Override
    public int size(int workers) {
      return Math.min(count, workers);
    }
  }

  /**
   * A part of the workers, rounded, but at least a number of them.
   *
   * @param fraction in (0, 1]
   * @param least at least 1; all where there are fewer
   * @param evaluatedEvery at least 1
   */
  record Fraction(double fraction, int least, int evaluatedEvery) implements Cohort {
    /**
     * @throws IllegalArgumentException if a parameter is out of range
     */
    public Fraction {
      if (!(fraction > 0.0 && fraction <= 1.0)) {
        throw new IllegalArgumentException(
            "a cohort's fraction must be in (0, 1]. Provided value: " + fraction);
      }
      if (least < 1) {
        throw new IllegalArgumentException("a cohort must be >= 1. Provided value: " + least);
      }
      requirePeriod(evaluatedEvery);
    }

    /** Evaluates every {@value #EVALUATED_EVERY} rounds. */
    public Fraction(double fraction, int least) {
      this(fraction, least, EVALUATED_EVERY);
    }

    @Override
    public int size(int workers) {
      return Math.min(workers, Math.max(least, (int) Math.round(fraction * workers)));
    }
  }

  private static void requirePeriod(int rounds) {
    if (rounds < 1) {
      throw new IllegalArgumentException(
          "a model must be evaluated every so many rounds, at least 1. Provided value: " + rounds);
    }
  }
}
