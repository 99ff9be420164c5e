package io.sparkfed.federated.survey;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.EvaluationSums;
import io.sparkfed.federated.LocalTraining;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeldOutRowsTest {
  private static final int ROWS = 12;
  private static final String TOO_FEW =
      "test metrics are not opened: fewer than 3 workers (aggregation.min-workers) hold test rows";

  /** How a federation trains. */
  enum Way {
    AVERAGES {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().rounds(3);
      }
    },
    EXACTLY {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder().rounds(20).optimizer(new Newton(1e-12));
      }
    },
    MASKED {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder()
            .sum(new MaskedSum(new EphemeralKeys(), 3))
            .optimizer(new NormalEquations());
      }
    },
    COMMITTEE {
      @Override
      PlanBuilder plan() {
        return new PlanBuilder()
            .sum(new SealedSum(new EphemeralKeys(), Set.of("agg-1", "agg-2"), 3))
            .optimizer(new NormalEquations());
      }
    };

    abstract PlanBuilder plan();
  }

  private static Table table(long seed, int rows) {
    return Table.random(seed, rows, 2, Family.LINEAR);
  }

  private static Shard shard(String worker, Table train, Table test) {
    ShardBuilder builder = new ShardBuilder(worker, 2);
    if (train != null) {
      train.addTo(builder, Part.TRAIN);
    }
    if (test != null) {
      test.addTo(builder, Part.TEST);
    }
    return builder.build(0.0, 1L, false, new ModelShape(2, true));
  }

  private static Map<String, Shard> training(int holders) {
    Map<String, Shard> shards = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      String worker = "w" + i;
      shards.put(worker, shard(worker, table(i, ROWS), i < holders ? table(10 + i, 2) : null));
    }
    return shards;
  }

  @ParameterizedTest
  @EnumSource
  void train_testRowsAtFewerWorkersThanTheLeast_opensNoTestMetrics(Way way) {
    for (int holders = 0; holders <= 4; holders++) {
      TrainingResult result =
          way.plan().leastHolders(3).train(new InProcessFederation<>(training(holders)));

      boolean isOpen = holders >= 3;
      for (RoundSummary round : result.rounds()) {
        assertEquals(isOpen, round.testMetrics().containsKey("rows"), "holders " + holders);
      }
      assertEquals(isOpen, result.lastRound().testMetrics().containsKey("rows"));
      assertEquals(holders == 1 || holders == 2, InKeys.said(result.notes()).contains(TOO_FEW));
      assertEquals(holders == 0, result.notes().toString().contains("no worker holds test rows"));
      assertEquals(4.0 * ROWS, result.lastRound().trainMetrics().get("rows"));
      if (isOpen) {
        assertEquals(2.0 * holders, result.lastRound().testMetrics().get("rows"));
        assertEquals(
            error(result, holders), result.lastRound().testMetrics().get("meanSquaredError"), 1e-9);
      }
    }
  }

  /** By hand over the pooled test rows. */
  private static double error(TrainingResult result, int holders) {
    double sum = 0.0;
    for (int i = 0; i < holders; i++) {
      sum += squaredErrors(result, shard("any", null, table(10 + i, 2)));
    }
    return sum / (2.0 * holders);
  }

  private static double squaredErrors(TrainingResult result, Shard shard) {
    double sum = 0.0;
    double[] score = new double[1];
    for (int i = 0; i < shard.test().rows(); i++) {
      shard.test().scores(i, result.model().shape(), result.model().values(), score);
      double error = score[0] - shard.test().label(i);
      sum += error * error;
    }
    return sum;
  }

  /** The number that leaves the worker, not only what is shown of it. */
  @Test
  void run_testRowsLeftOut_sendsZeros() {
    TrainingPlan plan = new PlanBuilder().leastHolders(3).build().withoutTestRows();
    Shard shard = training(1).get("w0");
    LocalTraining statement =
        LocalTraining.of(
            plan, Scaling.identity(plan.shape()), 1, new double[] {1.0, 1.0, 1.0}, true);

    EvaluationSums sums = EvaluationSums.of(statement.layout().read(statement.answer("w0", shard)));

    assertArrayEquals(new double[plan.metrics().length()], sums.test());
    assertTrue(sums.train()[0] > 0.0);
  }

  /** Trains at four workers, tests at others: the model is the same as without them. */
  @ParameterizedTest
  @EnumSource
  void train_workersWithTestRowsOnly_areEvaluatedAndTrainNothing(Way way) {
    Map<String, Shard> others = new HashMap<>();
    List.of("x", "y", "z").forEach(id -> others.put(id, shard(id, null, table(id.hashCode(), 5))));
    TrainingResult alone = way.plan().train(new InProcessFederation<>(training(0)));

    TrainingResult result =
        way.plan()
            .leastHolders(3)
            .train(new RecordingFederation<>(new InProcessFederation<>(training(0), others)));

    assertArrayEquals(alone.model().values(), result.model().values());
    assertEquals(15.0, result.lastRound().testMetrics().get("rows"));
    double sum = others.values().stream().mapToDouble(s -> squaredErrors(result, s)).sum();
    assertEquals(sum / 15.0, result.lastRound().testMetrics().get("meanSquaredError"), 1e-9);
    assertEquals(4, result.lastRound().workers());
    assertEquals(List.of(), result.notes());
    FederatedEvaluator.Evaluation evaluation =
        FederatedEvaluator.evaluate(
            new InProcessFederation<>(training(0), others),
            way.plan().leastHolders(3).build(),
            result.model());
    assertEquals(result.lastRound().testMetrics().get("rows"), evaluation.test().get("rows"));
    assertEquals(
        result.lastRound().testMetrics().get("meanSquaredError"),
        evaluation.test().get("meanSquaredError"),
        1e-12);
    assertEquals(4.0 * ROWS, evaluation.train().get("rows"));
  }

  /** One of the other two holds none of what one worker would show. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void train_fewWorkersWithTestRowsOnly_showNothing(int count) {
    Map<String, Shard> others = new HashMap<>();
    for (int i = 0; i < count; i++) {
      others.put("x" + i, shard("x" + i, null, table(i, 5)));
    }

    TrainingResult result =
        new PlanBuilder().leastHolders(3).train(new InProcessFederation<>(training(0), others));

    assertEquals(Map.of(), result.lastRound().testMetrics());
    assertEquals(List.of(TOO_FEW), InKeys.said(result.notes()));
  }

  /** An owner's external validation: nobody holds training rows. */
  @Test
  void evaluate_testRowsOnly_hasTestMetricsAlone() {
    Map<String, Shard> others = new HashMap<>();
    List.of("x", "y", "z").forEach(id -> others.put(id, shard(id, null, table(id.hashCode(), 5))));
    PlanBuilder plan = new PlanBuilder().leastHolders(3);
    TrainingResult trained = plan.train(new InProcessFederation<>(training(0)));

    FederatedEvaluator.Evaluation evaluation =
        FederatedEvaluator.evaluate(
            new InProcessFederation<>(Map.of(), others), plan.build(), trained.model());

    assertEquals(Map.of(), evaluation.train());
    assertEquals(15.0, evaluation.test().get("rows"));
    assertEquals(List.of("no worker holds training rows"), InKeys.said(evaluation.notes()));
  }

  /** Loses one worker's message of the second round. */
  private record Lossy(Federation<Shard> federation, String lost) implements Federation<Shard> {
    @Override
    public List<String> workers() {
      return federation.workers();
    }

    @Override
    public <M> List<M> visit(Visit visit, WorkerTask<Shard, M> task) {
      List<M> messages = new ArrayList<>(federation.visit(visit, task));
      if (visit.description().startsWith("round 2/")) {
        messages.remove(visit.cohort().indexOf(lost));
      }
      return messages;
    }

    @Override
    public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
      return federation.visitAggregators(visit, task);
    }
  }

  @Test
  void train_holderDropsOutOfARound_leavesOutThatRoundsMetrics() {
    TrainingResult result =
        new PlanBuilder()
            .sum(new InsecurePlainSum(3))
            .leastHolders(3)
            .rounds(3)
            .train(new Lossy(new InProcessFederation<>(training(3)), "w1"));

    assertTrue(result.rounds().get(0).testMetrics().containsKey("rows"));
    assertEquals(Map.of(), result.rounds().get(1).testMetrics());
    assertEquals(Map.of(), result.rounds().get(1).trainMetrics());
    assertTrue(result.rounds().get(2).testMetrics().containsKey("rows"));
  }

  /** 0.5% of events, so that most rows are in the outer bins; the pooled rows are the oracle. */
  @ParameterizedTest
  @ValueSource(doubles = {1.0, 1e3})
  void train_rareEvents_haveTheAucOfThePooledRows(double scale) {
    Random random = new Random(7L);
    int n = 3000;
    double[][] x = new double[n][];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      double z = random.nextGaussian();
      x[i] = new double[] {scale * z, random.nextGaussian()};
      y[i] = i < 3 || random.nextDouble() < 0.004 * Math.exp(z) ? 1.0 : 0.0;
    }
    Map<String, Shard> shards = new TreeMap<>();
    PlanBuilder.deal(Table.of(x, y), 3)
        .forEach((worker, table) -> shards.put(worker, shard(worker, table, table)));
    PlanBuilder plan =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .leastHolders(3)
            .rounds(30)
            .optimizer(new Newton(1e-12));

    TrainingResult result =
        plan.train(new RecordingFederation<>(new InProcessFederation<>(shards)));

    double exact = auc(x, y, result.model().values());
    double coarse = result.rounds().get(result.rounds().size() - 2).trainMetrics().get("aucError");
    assertTrue(coarse > 0.002, "coarse " + coarse);
    for (Map<String, Double> metrics :
        List.of(result.lastRound().trainMetrics(), result.lastRound().testMetrics())) {
      double error = metrics.get("aucError");
      assertTrue(error <= 0.002, "error " + error);
      assertEquals(exact, metrics.get("auc"), error + 1e-12);
    }
    assertFalse(result.lastRound().trainMetrics().containsKey("aucBinWidth"));
    FederatedEvaluator.Evaluation evaluation =
        FederatedEvaluator.evaluate(
            new InProcessFederation<>(shards), plan.build(), result.model());
    assertEquals(exact, evaluation.train().get("auc"), 0.002);
    assertEquals(exact, evaluation.test().get("auc"), 0.002);
  }

  private static double auc(double[][] x, double[] y, double[] model) {
    double concordant = 0.0;
    double pairs = 0.0;
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < y.length; j++) {
        if (y[i] == 1.0 && y[j] == 0.0) {
          double positive = model[0] * x[i][0] + model[1] * x[i][1];
          double negative = model[0] * x[j][0] + model[1] * x[j][1];
          pairs++;
          concordant += positive > negative ? 1.0 : positive == negative ? 0.5 : 0.0;
        }
      }
    }
    return concordant / pairs;
  }
}
