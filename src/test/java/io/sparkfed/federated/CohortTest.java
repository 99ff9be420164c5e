package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Family;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CohortTest {
  private static final int WORKERS = 7;
  private static final Table POOLED = Table.random(3L, 210, 2, Family.LINEAR);
  private static final Map<String, Table> TABLES = PlanBuilder.deal(POOLED, WORKERS);

  private static List<String> names(int count) {
    return IntStream.range(0, count).mapToObj(k -> String.format("w%03d", k)).toList();
  }

  /** By hashlib: the first eight bytes, signed, of SHA-256(seed, purpose, round, worker). */
  @Test
  void of_seedAndRound_isTheSameOnAnyMachine() {
    List<String> ten = names(10);
    Cohort three = new Cohort.Count(3);

    assertEquals(List.of("w006", "w008", "w009"), three.of(ten, 1L, 1));
    assertEquals(List.of("w001", "w004", "w008"), three.of(ten, 1L, 2));
    assertEquals(List.of("w001", "w006", "w007"), three.of(ten, -5L, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0.1, 3, 100, 10",
    "0.1, 3, 30, 3",
    "0.1, 3, 10, 3",
    "0.25, 2, 10, 3",
    "0.24, 2, 10, 2",
    "1, 3, 10, 10",
    "0.5, 3, 2, 2",
    "1e-9, 3, 1000000, 3"
  })
  void size_fraction_isRoundedAndAtLeastTheLeast(
      double fraction, int least, int workers, int size) {
    assertEquals(size, new Cohort.Fraction(fraction, least).size(workers));
  }

  @Test
  void of_fewerWorkersThanCounted_isEverybody() {
    assertEquals(names(3), new Cohort.Count(5).of(names(3), 1L, 1));
    assertEquals(names(3), Cohort.everybody().of(names(3), 1L, 1));
  }

  /** 3 of 10 in 3000 rounds: each 900 times, but for chance of 5 standard deviations of 25. */
  @Test
  void of_manyRounds_takesEachWorkerAsOftenAndEachPair() {
    List<String> ten = names(10);
    Map<String, Integer> turns = new HashMap<>();
    Map<Set<String>, Integer> pairs = new HashMap<>();
    for (int round = 1; round <= 3000; round++) {
      List<String> cohort = new Cohort.Count(3).of(ten, 42L, round);
      assertEquals(3, new HashSet<>(cohort).size());
      assertEquals(cohort.stream().sorted().toList(), cohort);
      cohort.forEach(worker -> turns.merge(worker, 1, Integer::sum));
      for (String a : cohort) {
        for (String b : cohort) {
          if (a.compareTo(b) < 0) {
            pairs.merge(Set.of(a, b), 1, Integer::sum);
          }
        }
      }
    }
    assertEquals(10, turns.size());
    turns.forEach((worker, count) -> assertEquals(900, count, 125, worker));
    assertEquals(45, pairs.size());
    pairs.forEach((pair, count) -> assertEquals(200, count, 70, pair.toString()));
  }

  private static PlanBuilder plan() {
    return new PlanBuilder().rounds(4).solver(new LocalNewton(1, 1e-12));
  }

  /**
   * A round's model is the average of its cohort's own optima, by their rows; its line has how many
   * trained it. Everybody evaluates the model of each second round, and the last.
   */
  @Test
  void train_sampled_averagesTheCohortAndIsEvaluatedByEverybody() {
    RecordingFederation<Shard> federation =
        new RecordingFederation<>(PlanBuilder.federation(TABLES));
    List<RoundSummary> heard = new ArrayList<>();
    TrainingPlan plan = plan().rounds(5).cohort(new Cohort.Count(3, 2)).build();

    TrainingResult result = new FederatedTrainer(federation, plan, heard::add).train();

    List<String> all = federation.workers();
    List<Visit> visits =
        federation.visits().stream()
            .filter(visit -> !visit.description().startsWith("choosing"))
            .toList();
    List<Visit> trained =
        visits.stream().filter(visit -> visit.description().contains("training")).toList();
    assertEquals(5, trained.size());
    Set<List<String>> distinct = new HashSet<>();
    for (int round = 1; round <= 5; round++) {
      Visit visit = trained.get(round - 1);
      List<String> cohort = plan.cohort().of(all, 1L, round);
      distinct.add(cohort);
      assertEquals(cohort, visit.cohort());
      assertEquals(
          "round "
              + round
              + "/5: local training (3 of 7 workers: "
              + String.join(", ", cohort)
              + ")",
          visit.description());
      assertEquals(3, heard.get(round).workers());
    }
    assertTrue(distinct.size() > 1);
    List<String> evaluated = new ArrayList<>(visits.stream().map(Visit::description).toList());
    evaluated.removeIf(description -> description.contains("training"));
    assertEquals(
        List.of(
            "round 1/5: evaluation (7 workers)",
            "round 3/5: evaluation (7 workers)",
            "round 5/5: evaluation (7 workers)",
            "round 5/5: evaluation (7 workers)"),
        evaluated);
    for (RoundSummary round : heard) {
      boolean isKnown = round.round() % 2 == 0 || round.round() == 5;
      assertEquals(isKnown ? 210.0 : null, round.trainMetrics().get("rows"));
      assertEquals(isKnown, Double.isFinite(round.loss()));
    }
    double[] expected = new double[3];
    for (String worker : trained.get(4).cohort()) {
      double[] own = Oracles.leastSquares(TABLES.get(worker));
      for (int j = 0; j < 3; j++) {
        expected[j] += own[j] / 3.0;
      }
    }
    assertArrayEquals(expected, result.model().values(), 1e-9);
    assertTrue(
        InKeys.said(result.notes()).get(0).contains("cohorts are samples"),
        result.notes().toString());
  }

  @Test
  void train_otherSeed_takesOthersAndAnySecureSumTheSameBits() {
    Cohort four = new Cohort.Fraction(0.5, 3);
    TrainingResult expected = plan().cohort(four).train(TABLES);

    RingSum masked = new MaskedSum(new EphemeralKeys(), 3);
    assertEquals(expected.model(), plan().cohort(four).sum(masked).train(TABLES).model());
    assertEquals(
        expected.model(), plan().cohort(four).sum(new InsecurePlainSum(3)).train(TABLES).model());
    assertNotEquals(expected.model(), plan().cohort(four).seed(2L).train(TABLES).model());
    Federation<Shard> federation = PlanBuilder.federation(TABLES);
    assertEquals(
        plan().train(federation).model(),
        plan().cohort(new Cohort.Count(WORKERS)).train(federation).model());
  }

  @Test
  void constructor_outOfRange_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Count(0));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Count(2, 0));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Fraction(0.5, 3, 0));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Fraction(0.0, 3));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Fraction(1.1, 3));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Fraction(Double.NaN, 3));
    assertThrows(IllegalArgumentException.class, () -> new Cohort.Fraction(0.5, 0));
  }
}
