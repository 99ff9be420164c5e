package io.sparkfed.federated.training;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FederatedTrainerTest {

  private static final Table POOLED = Table.random(1L, 100, 2, Family.LINEAR);
  private static final Map<String, Table> WORKERS = PlanBuilder.deal(POOLED);

  @Test
  void train_anyRounds_choosesTheRangeThenMakesOneVisitARoundAndOneMore() {
    RecordingFederation<Shard> federation = recorded(WORKERS);

    new PlanBuilder().rounds(4).train(federation);

    assertEquals(
        List.of(
            "choosing the range of sums (3 workers)",
            "round 1/4: local training (3 workers)",
            "round 2/4: local training (3 workers)",
            "round 3/4: local training (3 workers)",
            "round 4/4: local training (3 workers)",
            "round 4/4: evaluation (3 workers)"),
        federation.visits().stream().map(Visit::description).toList());
  }

  @Test
  void train_anyRounds_tellsTheListenerEachRoundInOrderFromZero() {
    List<RoundSummary> heard = new ArrayList<>();
    TrainingResult result =
        new FederatedTrainer(
                PlanBuilder.federation(WORKERS), new PlanBuilder().rounds(3).build(), heard::add)
            .train();

    assertEquals(List.of(0, 1, 2, 3), heard.stream().map(RoundSummary::round).toList());
    assertEquals(List.of(0, 3, 3, 3), heard.stream().map(RoundSummary::workers).toList());
    assertEquals(heard, result.rounds());
    assertEquals(0L, heard.get(0).measured(Measurement.BYTES));
    // Down: three numbers to each of three workers. Up: a word for each of those, seven words for
    // the weight and the labels, for each of 2 x 5 sums and for three flags, one for
    // saturation.
    long visit = 3 * 8 * (3 + 3 + 7 * (2 + 10 + 3) + 1);
    assertEquals(visit, heard.get(2).measured(Measurement.BYTES));
    // The first round also chose the range of the update among 128 buckets, and that of each of the
    // twelve numbers that aren't whole among 256.
    assertEquals(visit + 3 * 8 * (128 + 12 * 256), heard.get(1).measured(Measurement.BYTES));
  }

  /** The listener hears of a round before the next one trains: a killed run has its last round. */
  @Test
  void train_nextRound_isReportedRightAfterTheVisitThatEvaluatedIt() {
    RecordingFederation<Shard> federation = recorded(WORKERS);
    List<Integer> visitsWhenHeard = new ArrayList<>();

    new FederatedTrainer(
            federation,
            new PlanBuilder().rounds(3).build(),
            round -> visitsWhenHeard.add(federation.visits().size()))
        .train();

    assertEquals(List.of(2, 3, 4, 5), visitsWhenHeard);
  }

  @Test
  void train_eachRound_reportsTheLossOfThatRoundsModel() {
    List<RoundSummary> rounds = new PlanBuilder().rounds(3).train(WORKERS).rounds();

    for (int round = 1; round <= 3; round++) {
      Coefficients model = new PlanBuilder().rounds(round).train(WORKERS).model();
      double sum = 0.0;
      for (int i = 0; i < POOLED.rows(); i++) {
        double error = score(model, POOLED.x()[i]) - POOLED.y()[i];
        sum += error * error;
      }
      assertEquals(sum / POOLED.rows(), rounds.get(round).loss(), 1e-12);
    }
    double labels = 0.0;
    for (double y : POOLED.y()) {
      labels += y * y / POOLED.rows();
    }
    assertEquals(labels, rounds.get(0).loss(), 1e-12);
  }

  /** A worker's message evaluates the model it was sent; its update is start minus end. */
  @Test
  void train_aVisit_evaluatesTheModelItBringsAndTrainsFromIt() {
    Map<String, Table> one = Map.of("w", Table.of(new double[][] {{1.0}}, new double[] {2.0}));
    List<double[]> opened = new ArrayList<>();

    new PlanBuilder()
        .features(1)
        .solver(new GradientDescent(1, 0.125))
        .sums(n -> new Listening(new FixedPointSum(new InsecurePlainSum(1), n), opened))
        .rounds(2)
        .train(recorded(one));

    // f = (w + b - 2)². At 0 the gradient is -4 in both: the update is -1/2, the model (1/2, 1/2).
    // There the error is -1, the gradient -2, the update -1/4. A sum over one worker is its vector.
    assertArrayEquals(
        new double[] {-0.5, -0.5, 1.0, 2.0, 1.0, 4.0, 2.0, 2.0, 4.0, 0, 0, 0, 0, 0, 1.0, 0, 0},
        opened.get(0));
    assertArrayEquals(
        new double[] {-0.25, -0.25, 1.0, 2.0, 1.0, 1.0, 1.0, 2.0, 4.0, 0, 0, 0, 0, 0, 1.0, 0, 0},
        opened.get(1));
    // The last visit evaluates (3/4, 3/4) and trains no more.
    assertArrayEquals(
        new double[] {0.0, 0.0, 1.0, 2.0, 1.0, 0.25, 0.5, 2.0, 4.0, 0, 0, 0, 0, 0, 1.0, 0, 0},
        opened.get(2));
    assertEquals(3, opened.size());
  }

  /** One local step on the mean, weighted by rows, is a step of pooled gradient descent. */
  @Test
  void train_weightingRows_reachesThePooledLeastSquaresSolution() {
    assertArrayEquals(
        Oracles.leastSquares(POOLED),
        new PlanBuilder().rounds(1500).train(WORKERS).model().values(),
        1e-10);
  }

  /** Weighted equally, a row of a worker with n rows counts 1/n. */
  @Test
  void train_weightingEqual_reachesTheSolutionWithEachWorkerCountingOne() {
    double[] weights =
        IntStream.range(0, 100).mapToDouble(i -> 1.0 / (i < 50 ? 50 : i < 80 ? 30 : 20)).toArray();

    double[] model =
        new PlanBuilder().weighting(Weighting.EQUAL).rounds(1500).train(WORKERS).model().values();

    assertArrayEquals(Oracles.leastSquares(POOLED.withWeights(weights)), model, 1e-10);
  }

  @Test
  void train_instanceWeights_weighRowsAndWorkers() {
    double[] weights = new Random(7L).doubles(100, 0.0, 4.0).toArray();
    Table weighted = POOLED.withWeights(weights);

    assertArrayEquals(
        Oracles.leastSquares(weighted),
        new PlanBuilder().rounds(1500).train(PlanBuilder.deal(weighted)).model().values(),
        1e-10);
  }

  @Test
  void train_ridgeLogistic_reachesThePooledSolutionOfLbfgs() {
    Table pooled = Table.random(5L, 100, 2, Family.LOGISTIC);

    double[] model =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .l2(0.1)
            .solver(new GradientDescent(1, 1.0))
            .rounds(1000)
            .train(PlanBuilder.deal(pooled))
            .model()
            .values();

    assertArrayEquals(Oracles.ridgeLogistic(pooled, 0.1), model, 1e-7);
  }

  @Test
  void train_oneClassWorkers_areCountedByTrainingLabels() {
    Table zeros = Table.of(new double[][] {{1, 2}, {3, 4}}, new double[] {0.0, 0.0});
    Table ones = Table.of(new double[][] {{1, 2}}, new double[] {1.0});
    Table both = Table.of(new double[][] {{1, 2}, {3, 4}}, new double[] {0.0, 1.0});
    ShardBuilder builder = new ShardBuilder("onlyOneInTraining", 2);
    ones.addTo(builder, Part.TRAIN);
    zeros.addTo(builder, Part.TEST);
    Map<String, Shard> shards =
        Map.of(
            "zeros", zeros.shard("zeros"),
            "ones", ones.shard("ones"),
            "both", both.shard("both"),
            "test", builder.build(0.0, 1L, false, new ModelShape(2, true)));

    TrainingResult result =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .leastHolders(1)
            .train(new InProcessFederation<>(shards));

    assertEquals(3, result.oneClassWorkers());
    assertEquals(2.0, result.lastRound().testMetrics().get("rows"));
    assertEquals(6.0, result.lastRound().trainMetrics().get("rows"));
  }

  /** Who is there counts by the powers of two next to 50, 30, 20 and 20 rows. */
  @Test
  void train_workerWhoseWorkFails_dropsOutAndIsCounted() {
    Map<String, Table> four = new HashMap<>(WORKERS);
    four.put("d", Table.random(3L, 20, 2, Family.LINEAR));
    Map<String, Table> workers = new HashMap<>(four);
    workers.put("wrong", Table.random(9L, 10, 5, Family.LINEAR));

    TrainingResult result = new PlanBuilder().rounds(1).train(recorded(workers));

    assertEquals(List.of(0, 1), result.rounds().stream().map(RoundSummary::dropouts).toList());
    double[] expected = new double[3];
    four.forEach(
        (worker, table) -> {
          Shard shard = table.shard(worker);
          TrainingPlan plan = new PlanBuilder().rounds(1).build();
          double[] update =
              LocalTraining.of(plan, Scaling.identity(plan.shape()), 1, new double[3], true)
                  .answer(worker, shard);
          int weight = table.rows() == 50 ? 64 : table.rows() == 30 ? 32 : 16;
          for (int j = 0; j < 3; j++) {
            expected[j] -= weight * update[j] / table.rows() / (64 + 32 + 16 + 16);
          }
        });
    assertArrayEquals(expected, result.model().values(), 1e-15);
  }

  @Test
  void train_fewerWorkersThanTheMinimum_isRefused() {
    Map<String, Table> one = Map.of("a", POOLED);

    assertThrows(CohortException.class, () -> new PlanBuilder().train(one));
  }

  @Test
  void train_sgdAndWorkersInAnyOrder_givesTheSameBits() {
    Map<String, Table> reversed = new LinkedHashMap<>();
    List.of("c", "b", "a").forEach(worker -> reversed.put(worker, WORKERS.get(worker)));

    assertEquals(sgd().train(WORKERS).model(), sgd().train(reversed).model());
  }

  @Test
  void train_sgdAndAnotherWorkerName_givesAnotherModel() {
    Map<String, Table> renamed = new HashMap<>(WORKERS);
    renamed.put("d", renamed.remove("a"));

    assertNotEquals(sgd().train(WORKERS).model(), sgd().train(renamed).model());
    // A full batch has nothing random, and the sum is the same in any order.
    assertEquals(
        new PlanBuilder().train(WORKERS).model(), new PlanBuilder().train(renamed).model());
  }

  @Test
  void train_sgdAndAnotherSeed_givesAnotherModel() {
    assertNotEquals(sgd().train(WORKERS).model(), sgd().seed(2L).train(WORKERS).model());
  }

  @Test
  void run_sgdAndAnotherRound_drawsOtherBatches() {
    TrainingPlan plan = sgd().build();
    Scaling raw = Scaling.identity(new ModelShape(2, true));
    Shard shard = WORKERS.get("a").shard("a");
    double[] first = LocalTraining.of(plan, raw, 1, new double[3], true).answer("a", shard);
    double[] again = LocalTraining.of(plan, raw, 1, new double[3], true).answer("a", shard);
    double[] second = LocalTraining.of(plan, raw, 2, new double[3], true).answer("a", shard);

    assertArrayEquals(first, again);
    assertNotEquals(first[0], second[0]);
  }

  /** Two rounds in a row without a change, and the rest is left out. */
  @Test
  void train_withTolerance_endsWhenTheLossStands() {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(3L, 60, 3, Family.LINEAR));
    PlanBuilder plan =
        new PlanBuilder()
            .features(3)
            .sum(new InsecurePlainSum(2))
            .solver(new LocalNewton(1, 1e-9))
            .rounds(40);
    List<RoundSummary> all = plan.train(workers).rounds();
    TrainingResult result = plan.tolerance(1e-9).train(workers);
    List<RoundSummary> rounds = result.rounds();
    int last = rounds.size() - 1;

    assertEquals(41, all.size());
    assertTrue(last >= 2 && last < 40);
    for (int round = 1; round <= last; round++) {
      double change = Math.abs(rounds.get(round).loss() - rounds.get(round - 1).loss());
      assertEquals(round > last - 2, change <= 1e-9 * rounds.get(round).loss());
    }
    assertTrue(result.divergence().isEmpty());
  }

  @Test
  void train_twice_isRefused() {
    FederatedTrainer trainer =
        new FederatedTrainer(
            PlanBuilder.federation(WORKERS), new PlanBuilder().build(), round -> {});
    trainer.train();

    assertThrows(IllegalStateException.class, trainer::train);
  }

  @Test
  void plan_valueOutOfRange_isRefusedWithTheRule() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new PlanBuilder().rounds(0).build())
            .getMessage()
            .startsWith("rounds must be >= 1"));
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> new PlanBuilder().divergenceFactor(1.0).build())
            .getMessage()
            .startsWith("divergence-factor must be > 1"));
  }

  private static PlanBuilder sgd() {
    return new PlanBuilder().solver(new MinibatchSgd(1, 8, 0.05)).rounds(3);
  }

  private static RecordingFederation<Shard> recorded(Map<String, Table> workers) {
    Federation<Shard> federation = PlanBuilder.federation(workers);
    return new RecordingFederation<>(federation);
  }

  /** Keeps what was opened. */
  private record Listening(VectorSum sum, List<double[]> heard) implements VectorSum {
    @Override
    public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
      Opened<double[]> opened = sum.sum(federation, visit, question);
      heard.add(opened.value());
      return opened;
    }
  }

  private static double score(Coefficients model, double[] row) {
    double[] w = model.weights();
    return w[0] * row[0] + w[1] * row[1] + model.intercept();
  }
}
