package io.sparkfed.aggregate;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Checks a cohort's messages and sums them as integers, which is exact and the same in any order.
 * Whoever runs this sees who sent what.
 */
final class CohortSum {
  private final List<String> cohort;
  private final int minWorkers;
  private final Ring ring;

  /**
   * What leaves the place of summation.
   *
   * @param ruling whether the sum was opened, and if not, why
   * @param sums the sum; empty unless opened
   * @param workers how many workers are in the sum; for {@code NOT_FINITE} how many were not finite
   * @param dropouts how many workers of the cohort failed
   * @param refused by which rules of owners' policies some did
   * @param messageBytes payload bytes received
   */
  record Verdict(
      Ruling ruling,
      long[] sums,
      int workers,
      int dropouts,
      Set<OwnersRule> refused,
      long messageBytes) {

    /**
     * Returns the opened sum.
     *
     * @throws AggregationException if nothing was opened
     */
    Opened<long[]> open(int minWorkers) {
      return switch (ruling) {
        case OPENED -> new Opened<>(sums, workers, dropouts, messageBytes, 0);
        case TOO_FEW -> throw CohortException.tooFew(workers, minWorkers, refused);
        case NOT_FINITE -> throw new NonFiniteUpdateException(workers);
        case WRONG_COHORT ->
            throw new AggregationException(
                "the messages are not exactly one from each worker of the cohort, of one length");
      };
    }
  }

  /** Whether a sum was opened. */
  enum Ruling {
    OPENED,
    TOO_FEW,
    NOT_FINITE,
    WRONG_COHORT
  }

  /**
   * Creates the combiner for exactly this cohort.
   *
   * @param cohort ids of the workers that must answer, sorted
   * @param minWorkers the least number of workers a sum may be opened over, at least 1
   * @param ring how their vectors are added
   * @throws IllegalArgumentException if {@code minWorkers < 1}
   */
  CohortSum(List<String> cohort, int minWorkers, Ring ring) {
    if (minWorkers < 1) {
      throw new IllegalArgumentException("min-workers must be >= 1. Provided value: " + minWorkers);
    }
    this.cohort = List.copyOf(cohort);
    this.minWorkers = minWorkers;
    this.ring = ring;
  }

  /** Sums the messages, which come in no particular order. */
  Verdict combine(List<PlainMessage> messages) {
    List<String> answered = new ArrayList<>(cohort.size());
    long bytes = 0;
    int dropouts = 0;
    int notFinite = 0;
    Set<OwnersRule> refused = EnumSet.noneOf(OwnersRule.class);
    for (PlainMessage message : messages) {
      answered.addAll(message.workers());
      bytes += message.payloadBytes();
      dropouts += message.failed().size();
      notFinite += message.notFinite();
      refused.addAll(message.refused());
    }
    Collections.sort(answered);
    if (!answered.equals(cohort)) {
      return refuse(Ruling.WRONG_COHORT, 0, 0, refused, bytes);
    }
    int present = cohort.size() - dropouts;
    if (present < minWorkers) {
      return refuse(Ruling.TOO_FEW, present, dropouts, refused, bytes);
    }
    if (notFinite > 0) {
      return refuse(Ruling.NOT_FINITE, notFinite, dropouts, refused, bytes);
    }
    long[] sums = null;
    for (PlainMessage message : messages) {
      if (message.failed().size() == message.workers().size()) {
        continue;
      }
      if (sums == null) {
        sums = message.sums().clone();
        continue;
      }
      if (sums.length != message.sums().length) {
        return refuse(Ruling.WRONG_COHORT, 0, dropouts, refused, bytes);
      }
      ring.add(sums, message.sums());
    }
    return new Verdict(Ruling.OPENED, sums, present, dropouts, refused, bytes);
  }

  private static Verdict refuse(
      Ruling ruling, int workers, int dropouts, Set<OwnersRule> refused, long bytes) {
    return new Verdict(ruling, new long[0], workers, dropouts, refused, bytes);
  }
}
