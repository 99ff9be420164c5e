package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.Scaling;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.Journal;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.ThrowAwayJournal;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/**
 * Rounds of averaging that a worker stays away from: what the others tell, and what comes of it.
 */
class AwayTest {
  private static final String AWAY = "c";

  /** Of unequal sizes, that no power of two is near to. */
  private static Map<String, Table> tables() {
    Map<String, Table> tables = new TreeMap<>();
    int[] rows = {90, 47, 23, 180};
    String[] workers = {"a", "b", "c", "d"};
    for (int k = 0; k < rows.length; k++) {
      tables.put(workers[k], Table.random(20L + k, rows[k], 2, Family.LINEAR));
    }
    return tables;
  }

  /** Loses a worker's answers to some visits, at the aggregators nothing. */
  private record Lossy(Federation<Shard> all, Predicate<Visit> when) implements Federation<Shard> {
    @Override
    public List<String> workers() {
      return all.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
      List<M> answers = new ArrayList<>(all.visit(visit, task));
      int away = visit.cohort().indexOf(AWAY);
      if (away >= 0 && when.test(visit)) {
        answers.remove(away);
      }
      return answers;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      return all.visitAggregators(visit, task);
    }
  }

  private static PlanBuilder plan() {
    return new PlanBuilder().rounds(5).solver(new GradientDescent(2, 0.05));
  }

  private static Predicate<Visit> inRounds(Set<Integer> rounds) {
    return visit -> rounds.contains(visit.round()) && visit.description().contains("training");
  }

  private static TrainingResult trained(PlanBuilder plan, Predicate<Visit> when) {
    return plan.train(new Lossy(PlanBuilder.federation(tables()), when));
  }

  /** Whoever sees all rounds must not find by subtraction what the missing worker has. */
  @Test
  void train_somebodyAwayInSomeRounds_numbersThatNeverChangeAreOfAllOrOfNobody() {
    TrainingResult result =
        trained(plan().sum(new MaskedSum(new EphemeralKeys(), 2)), inRounds(Set.of(2)));

    List<RoundSummary> rounds = result.rounds();
    assertEquals(List.of(0, 0, 1, 0, 0, 0), rounds.stream().map(RoundSummary::dropouts).toList());
    for (RoundSummary round : rounds) {
      // A model is evaluated in the round after it.
      boolean isKnown = round.round() != 1;
      assertEquals(isKnown, Double.isFinite(round.loss()), round.toString());
      assertEquals(isKnown ? 340.0 : null, round.trainMetrics().get("rows"));
      assertEquals(isKnown, !round.trainMetrics().isEmpty());
    }
  }

  /** The three who are there count by the powers of two next to their 90, 47 and 180 rows. */
  @Test
  void train_somebodyAwayInTheSecondRound_theOthersUpdatesAreAveragedByPowersOfTwo() {
    double[] first = plan().rounds(1).train(tables()).model().values();
    double[] expected = first.clone();
    Map<String, Table> tables = tables();
    Map<String, Integer> weights = Map.of("a", 64, "b", 64, "d", 128);
    weights.forEach(
        (worker, weight) -> {
          double[] own = stepped(tables.get(worker), first);
          for (int j = 0; j < 3; j++) {
            expected[j] -= weight * (first[j] - own[j]) / 256.0;
          }
        });

    TrainingResult result = trained(plan().rounds(2), inRounds(Set.of(2)));

    assertArrayEquals(expected, result.model().values(), 1e-12);
  }

  /** Two steps of gradient descent on the mean of squares. */
  private static double[] stepped(Table table, double[] start) {
    double[] at = start.clone();
    for (int step = 0; step < 2; step++) {
      double[] gradient = new double[3];
      for (int i = 0; i < table.rows(); i++) {
        double[] x = table.x()[i];
        double error = at[0] * x[0] + at[1] * x[1] + at[2] - table.y()[i];
        gradient[0] += 2 * error * x[0] / table.rows();
        gradient[1] += 2 * error * x[1] / table.rows();
        gradient[2] += 2 * error / table.rows();
      }
      for (int j = 0; j < 3; j++) {
        at[j] -= 0.05 * gradient[j];
      }
    }
    return at;
  }

  /**
   * A worker that solves its own problem sends its weight times the model, less what never changes:
   * of two rounds of the same workers the weights can be found. They are powers of two.
   */
  @Test
  void sum_updatesOfSomeAtTwoModels_tellNoNumberOfRows() {
    TrainingPlan plan = plan().solver(new LocalNewton(3, 1e-12)).build();
    Scaling raw = Scaling.identity(plan.shape());
    List<String> some = List.of("a", "b", "d");
    double[][] models = {{0.0, 0.0, 0.0}, {1.0, 2.0, 3.0}};
    double[][] sums = new double[2][];
    for (int k = 0; k < 2; k++) {
      RingSum ring = new MaskedSum(new EphemeralKeys(), 2);
      LocalUpdate asked = LocalUpdate.of(plan, raw, 1 + k, models[k]);
      sums[k] = asked(ring, asked, new Visit("round " + k, 1, some), each -> false);
    }
    for (int j = 0; j < 3; j++) {
      double solved = (sums[1][j] - sums[0][j]) / (models[1][j] - models[0][j]);
      assertEquals(64 + 64 + 128, solved, 1e-6);
    }
  }

  /** Afterwards everybody counts as ever. */
  @Test
  void train_somebodyAwayAtFirst_endsAtTheOptimumOfAll() {
    TrainingResult result =
        trained(
            plan().rounds(1500).solver(new GradientDescent(1, 0.05)),
            visit -> visit.round() % 3 == 0 && visit.round() < 100);

    List<double[]> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (Table table : tables().values()) {
      x.addAll(List.of(table.x()));
      for (double label : table.y()) {
        y.add(label);
      }
    }
    Table pooled =
        Table.of(x.toArray(new double[0][]), y.stream().mapToDouble(Double::doubleValue).toArray());
    assertArrayEquals(Oracles.leastSquares(pooled), result.model().values(), 1e-9);
  }

  @Test
  void train_somebodyAway_allModesGiveTheSameBits() {
    Set<Integer> rounds = Set.of(1, 3);
    List<RingSum> sums =
        List.of(
            new MaskedSum(new EphemeralKeys(), 2),
            new SealedSum(new EphemeralKeys(), Set.of("p"), 2),
            new SealedSum(new EphemeralKeys(), Set.of("p", "q", "r"), 2));
    TrainingResult plain = trained(plan(), inRounds(rounds));

    for (RingSum sum : sums) {
      TrainingResult result = trained(plan().sum(sum), inRounds(rounds));
      assertEquals(plain.model(), result.model(), sum.toString());
      for (int k = 0; k < result.rounds().size(); k++) {
        assertEquals(plain.rounds().get(k).trainMetrics(), result.rounds().get(k).trainMetrics());
      }
    }
  }

  @Test
  void train_somebodyAwayAtTheEnd_hasAModelThatNobodyEvaluated() {
    TrainingResult result = trained(plan(), visit -> visit.description().contains("evaluation"));

    assertEquals(plan().train(tables()).model(), result.model());
    assertTrue(Double.isNaN(result.lastRound().loss()));
    assertTrue(result.lastRound().trainMetrics().isEmpty());
    assertTrue(
        InKeys.said(result.notes()).stream().anyMatch(note -> note.contains("not evaluated")),
        result.notes().toString());
  }

  @Test
  void train_somebodyAwayForLong_asksEachRoundOnce() {
    List<String> visits = new ArrayList<>();
    trained(
        plan(),
        visit -> {
          visits.add(visit.description());
          return visit.round() < 4;
        });

    String range = "choosing the range of sums (4 workers)";
    assertEquals(
        List.of(
            // Of all, in vain, and of who is there.
            range,
            range,
            "round 1/5: local training (4 workers)",
            // Once more of all.
            range,
            "round 2/5: local training (4 workers)",
            "round 3/5: local training (4 workers)",
            "round 4/5: local training (4 workers)",
            // All are back.
            range,
            "round 5/5: local training (4 workers)",
            "round 5/5: evaluation (4 workers)"),
        visits);
  }

  /** Owners that answer a question for one cohort, and remember. */
  private record Strict(ThrowAwayKeys keys, Map<String, Journal> journals) implements KeyRing {
    private static final long serialVersionUID = 1L;

    Strict() {
      this(ThrowAwayKeys.random(), new ConcurrentHashMap<>());
    }

    @Override
    public Owner open(String worker) {
      Owner owner = keys.open(worker);
      Limits limits = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Limits.Cohorts.ONE);
      Journal journal =
          journals.computeIfAbsent(
              worker, name -> new ThrowAwayJournal(name.getBytes(StandardCharsets.UTF_8), limits));
      return new Owner(owner.keys(), owner.policy(), journal, owner.roster());
    }

    @Override
    public Roster roster() {
      return keys.roster();
    }
  }

  private static double[] asked(
      RingSum ring, Statement<Shard> statement, Visit visit, Predicate<Visit> when) {
    return new FixedPointSum(ring, statement.layout())
        .sum(new Lossy(PlanBuilder.federation(tables()), when), visit, statement)
        .value();
  }

  /** A driver that has the sum of all wants the one without a worker, by whatever statement. */
  @Test
  void sum_ofAllAndThenWithoutSomebodyAtOneModel_isRefused() {
    RingSum ring = new MaskedSum(new Strict(), 2);
    TrainingPlan plan = plan().build();
    Scaling raw = Scaling.identity(plan.shape());
    double[] model = {0.5, 0.25, 0.125};
    Visit visit = new Visit("round 1/5: local training", 1, List.of("a", "b", "c", "d"));
    LocalUpdate alone = LocalUpdate.of(plan, raw, 1, model);
    asked(ring, LocalTraining.of(plan, raw, 1, model, true), visit.ofAll(), each -> false);

    assertThrows(AggregationException.class, () -> asked(ring, alone, visit, each -> true));

    LocalUpdate another = LocalUpdate.of(plan, raw, 2, new double[] {0.5, 0.25, 0.25});
    assertEquals(4, asked(ring, another, visit, each -> true).length);
  }

  /** Workers see to it themselves that what never changes is asked of all. */
  @Test
  void sum_driverWouldLeaveSomebodyOut_workersSendNothing() {
    RingSum ring = new MaskedSum(new EphemeralKeys(), 2);
    TrainingPlan plan = plan().build();
    LocalTraining training =
        LocalTraining.of(plan, Scaling.identity(plan.shape()), 1, new double[3], true);
    Visit visit = new Visit("round 1/5: local training", 1, List.of("a", "b", "c", "d"));

    CohortException refused =
        assertThrows(CohortException.class, () -> asked(ring, training, visit, each -> false));

    assertTrue(refused.getMessage().contains("too few workers: 0 took part"), refused.toString());
    assertEquals(
        training.layout().length(), asked(ring, training, visit.ofAll(), e -> false).length);
  }
}
