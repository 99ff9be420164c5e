package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.RecordingFederation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Workers' own rules bind what leaves them in each mode, by their own count; and who asked is told
 * which rule it was, and no more.
 */
class OwnersRulesTest {
  private static final List<String> WORKERS = List.of("a", "b", "c", "d");
  private static final Words<Long> FIRST = words(1L);
  private static final Words<Long> SECOND = words(2L);

  /** Sums that have an owner's side. */
  enum Mode {
    MASKED(Set.of()),
    SECURE_WORKER(Set.of("agg-1")),
    COMMITTEE(Set.of("agg-1", "agg-2"));

    private final Set<String> aggregators;

    Mode(Set<String> aggregators) {
      this.aggregators = aggregators;
    }

    RingSum sum(KeysWithPolicies keys) {
      return aggregators.isEmpty() ? new MaskedSum(keys, 3) : new SealedSum(keys, aggregators, 3);
    }
  }

  private static Words<Long> words(long factor) {
    return Asked.words((worker, held) -> new long[] {factor * held, 1});
  }

  private static KeysWithPolicies keys(Policy policy, Limits limits) {
    KeysWithPolicies keys = new KeysWithPolicies();
    WORKERS.forEach(worker -> keys.with(worker, policy, limits));
    return keys;
  }

  private static Policy policy(int minWorkers, int minThreshold, long words) {
    return new Policy(minWorkers, minThreshold, words, Clip.NONE, 0.1, Optional.empty());
  }

  private static Policy lax() {
    return policy(2, 2, 1000);
  }

  private static long sum(RingSum sum, List<String> cohort, Words<Long> words) {
    return sum(sum, new RecordingFederation<>(workers()), cohort, words);
  }

  private static long sum(
      RingSum sum, RecordingFederation<Long> workers, List<String> cohort, Words<Long> words) {
    return sum.sum(workers, new Visit("sum", 0, cohort), words).value()[0];
  }

  private static InProcessFederation<Long> workers() {
    Map<String, Long> held = new TreeMap<>();
    WORKERS.forEach(worker -> held.put(worker, 1L << (10 * held.size())));
    return new InProcessFederation<>(held);
  }

  /** All owners refuse: no message of a vector's length leaves, and the rule is named. */
  private static void refused(OwnersRule rule, RingSum sum, Words<Long> words) {
    RecordingFederation<Long> workers = new RecordingFederation<>(workers());

    CohortException failure =
        assertThrows(CohortException.class, () -> sum(sum, workers, WORKERS, words));

    assertTrue(failure.isRefused());
    // Of four workers all must help to unmask.
    int least = sum instanceof MaskedSum ? 4 : 3;
    assertEquals(
        "too few workers: 0 took part, but the minimum is " + least + OwnersRule.said(Set.of(rule)),
        failure.getMessage());
    assertTrue(failure.getMessage().contains("(" + rule.key() + ")"));
    long refusals =
        workers.seenByDriver().stream()
            .filter(message -> message instanceof byte[] bytes && bytes.length == 1)
            .peek(message -> assertArrayEquals(new byte[] {(byte) rule.code()}, (byte[]) message))
            .count();
    assertEquals(WORKERS.size(), refusals);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_policyBroken_namesTheRule(Mode mode) {
    refused(OwnersRule.MIN_WORKERS, mode.sum(keys(policy(4, 2, 1000), Limits.NONE)), FIRST);
    refused(OwnersRule.MAX_DIMENSION, mode.sum(keys(policy(2, 2, 3), Limits.NONE)), FIRST);
    Policy clip = new Policy(2, 2, 1000, new Clip(1e-9), 0.1, Optional.empty());
    refused(OwnersRule.CLIP, mode.sum(keys(clip, Limits.NONE)), FIRST);
    if (mode == Mode.MASKED) {
      refused(OwnersRule.MIN_THRESHOLD, mode.sum(keys(policy(2, 5, 9), Limits.NONE)), FIRST);
    } else {
      Policy others = new Policy(2, 2, 9, Clip.NONE, 0.1, Optional.of(Set.of("agg-3")));
      refused(OwnersRule.AGGREGATORS, mode.sum(keys(others, Limits.NONE)), FIRST);
    }
  }

  /** An owner that demands noise lets no sum leave without it; one that has a budget alone does. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_withoutNoiseWhereItIsRequired_isRefused(Mode mode) {
    refused(OwnersRule.DP_REQUIRED, mode.sum(budgets(true)), FIRST);
    assertEquals(0x40100401L, sum(mode.sum(budgets(false)), WORKERS, FIRST));
    RingSum plain = new UnderPolicies(budgets(true), new InsecurePlainSum(3), new byte[32]);
    CohortException inTheClear =
        assertThrows(CohortException.class, () -> sum(plain, WORKERS, FIRST));
    assertTrue(inTheClear.isRefused());
    assertEquals(
        "too few workers: 0 took part, but the minimum is 3"
            + OwnersRule.said(Set.of(OwnersRule.DP_REQUIRED)),
        inTheClear.getMessage());
    assertEquals("dp.required", OwnersRule.DP_REQUIRED.key());
  }

  private static KeysWithPolicies budgets(boolean isRequired) {
    KeysWithPolicies keys = new KeysWithPolicies();
    WORKERS.forEach(worker -> keys.with(worker, new Budget(isRequired, "all", 1.0, 1e-6, 1.0, 1)));
    return keys;
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_moreThanTheWorkersLimits_isRefusedByTheirOwnCount(Mode mode) {
    Limits sums = new Limits(2, Integer.MAX_VALUE, Limits.Cohorts.ANY);
    KeysWithPolicies counted = keys(lax(), sums);
    assertEquals(0x40100401L, sum(mode.sum(counted), WORKERS, FIRST));
    // A driver that begins anew, under another run, begins no new count.
    assertEquals(2 * 0x40100401L, sum(mode.sum(counted), WORKERS, SECOND));
    refused(OwnersRule.MAX_SUMS, mode.sum(counted), FIRST);

    Limits questions = new Limits(Long.MAX_VALUE, 1, Limits.Cohorts.ANY);
    RingSum run = mode.sum(keys(lax(), questions));
    sum(run, WORKERS, FIRST);
    sum(run, WORKERS, FIRST);
    refused(OwnersRule.MAX_ROUNDS, run, SECOND);
  }

  /** Here nobody answers for a second cohort: workers where they mask, else the aggregators. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_anotherCohortThanTheFirst_namesTheRule(Mode mode) {
    Limits one = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ONE);
    KeysWithPolicies keys = keys(lax(), one);
    mode.aggregators.forEach(aggregator -> keys.with(aggregator, lax(), one));
    sum(mode.sum(keys), WORKERS, FIRST);

    Exception failure =
        assertThrows(Exception.class, () -> sum(mode.sum(keys), List.of("a", "b", "c"), FIRST));

    assertTrue(failure.getMessage().contains("(cohorts)"), failure.getMessage());
    sum(mode.sum(keys), WORKERS, FIRST);
  }

  /** A sum without whom an owner requires is opened by nobody, be it not asked or fallen silent. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_withoutAWorkerThatIsRequired_namesTheRule(Mode mode) {
    Policy required = new Policy(2, 2, 1000, Clip.NONE, 0.1, Optional.empty(), Set.of("b", "d"));
    KeysWithPolicies keys = keys(mode.aggregators.isEmpty() ? required : lax(), Limits.NONE);
    mode.aggregators.forEach(aggregator -> keys.with(aggregator, required, Limits.NONE));
    assertEquals(0x40100401L, sum(mode.sum(keys), WORKERS, FIRST));

    Exception without =
        assertThrows(Exception.class, () -> sum(mode.sum(keys), List.of("a", "b", "c"), FIRST));
    assertTrue(without.getMessage().contains("(required-workers)"), without.getMessage());

    Map<String, Long> silent = new TreeMap<>(Map.of("a", 1L, "b", 2L, "c", 3L, "d", 4L));
    Words<Long> failing =
        Asked.words(
            (worker, held) -> {
              if (worker.equals("d")) {
                throw new IllegalStateException("silent");
              }
              return new long[] {held};
            });
    assertThrows(
        Exception.class,
        () ->
            mode.sum(keys)
                .sum(new InProcessFederation<>(silent), new Visit("sum", 0, WORKERS), failing));
  }
}
