package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Limits.Cohorts;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A driver that lies chooses the grid of a sum, and a grid cuts off what is too large for it, at
 * each worker. The sums of one question on many grids tell how many workers' numbers are above each
 * bound: so all of them, one by one. An owner that answers one cohort answers few grids.
 */
class GridsOfOneQuestionTest {
  private static final Map<String, Double> HELD =
      new TreeMap<>(Map.of("a", 3.25, "b", -0.5, "c", 2.125, "d", 0.75, "e", 1.0));
  private static final Question<Double> QUESTION =
      Asked.vector(1, 0, (worker, held) -> new double[] {held});

  private static KeysWithPolicies keys(Cohorts cohorts) {
    Policy policy = new Policy(3, 2, 1000, Clip.NONE, 0.1, Optional.empty());
    Limits limits = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, cohorts);
    KeysWithPolicies keys = new KeysWithPolicies();
    HELD.keySet().forEach(worker -> keys.with(worker, policy, limits));
    List.of("agg-1", "agg-2").forEach(name -> keys.with(name, policy, limits));
    return keys;
  }

  private static List<RingSum> sums(Cohorts cohorts) {
    return List.of(
        new MaskedSum(keys(cohorts), 3),
        new SealedSum(keys(cohorts), Set.of("agg-1"), 3),
        new SealedSum(keys(cohorts), Set.of("agg-1", "agg-2"), 3));
  }

  /** Returns the sum where each worker's number is cut to [-bound, bound]. */
  private static double sum(RingSum sum, List<String> cohort, double bound) {
    FixedPoint grid = new FixedPoint(1, bound, 40, 5);
    long[] opened =
        sum.sum(
                new InProcessFederation<>(HELD),
                new Visit("sum", 0, cohort),
                new EncodedAnswer<>(QUESTION, grid))
            .value();
    return grid.decode(opened, cohort.size())[0];
  }

  private static List<String> everybody() {
    return List.copyOf(HELD.keySet());
  }

  /** Where any cohort is answered, so is any grid: the largest number, of one worker, comes out. */
  @Test
  void sum_onManyGridsWhereAnythingGoes_tellsTheLargestNumber() {
    for (RingSum sum : sums(Cohorts.ANY)) {
      double all = sum(sum, everybody(), 4.0);

      assertEquals(3.25, all - sum(sum, everybody(), 2.5) + 2.5, 1e-9);
      assertEquals(2.125, all - sum(sum, everybody(), 2.0) - 1.25 + 2.0, 1e-9);
    }
  }

  /** Another grid makes no other question: the cohort stays the first. */
  @Test
  void sum_ofAnotherCohortOnAnotherGrid_isRefused() {
    for (RingSum sum : sums(Cohorts.ONE)) {
      sum(sum, everybody(), 4.0);

      refused("(cohorts)", () -> sum(sum, List.of("a", "b", "c", "d"), 8.0));
    }
  }

  /** A few grids are answered, as an honest driver needs; then the question is closed. */
  @Test
  void sum_ofOneCohortOnManyGrids_isRefusedAfterAFew() {
    for (RingSum sum : sums(Cohorts.ONE)) {
      for (double bound : List.of(4.0, 8.0, 16.0, 32.0)) {
        assertEquals(6.625, sum(sum, everybody(), bound), 1e-9);
      }
      // Again on one of them tells nothing new.
      assertEquals(6.625, sum(sum, everybody(), 8.0), 1e-9);

      refused("(grids)", () -> sum(sum, everybody(), 2.0));
    }
  }

  /** Exact numbers aren't cut, whatever the driver says of them. */
  @Test
  void sum_thatWouldCutExactNumbers_isRefused() {
    for (RingSum sum : sums(Cohorts.ANY)) {
      FixedPoint cut = new FixedPoint(1, 2.0, 40, 5);
      Question<Double> exact = Asked.vector(0, 1, (worker, held) -> new double[] {held});

      assertThrows(
          AggregationException.class,
          () ->
              sum.sum(
                  new InProcessFederation<>(HELD),
                  new Visit("sum", 0, everybody()),
                  new EncodedAnswer<>(exact, cut)));
    }
  }

  private static void refused(String rule, Runnable asking) {
    String message = assertThrows(AggregationException.class, asking::run).getMessage();
    assertTrue(message.contains(rule), message);
  }
}
