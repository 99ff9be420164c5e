package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedEvaluator;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.RecordingFederation;
import io.sparkfed.testing.Table;
import io.sparkfed.testing.TestData;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StandardizeTest {

  private static final ModelShape SHAPE = new ModelShape(2, true);

  /** Features in units far apart: 1000 + 50 z and 0.003 z - 2. */
  private static Table inAwkwardUnits(Family family) {
    Table table = Table.random(11L, 100, 2, family);
    for (double[] row : table.x()) {
      row[0] = 1000.0 + 50.0 * row[0];
      row[1] = 0.003 * row[1] - 2.0;
    }
    return table;
  }

  private static double[] means(Table table) {
    return new double[] {
      new DescriptiveStatistics(table.column(0)).getMean(),
      new DescriptiveStatistics(table.column(1)).getMean()
    };
  }

  private static double[] deviations(Table table) {
    return new double[] {
      new DescriptiveStatistics(table.column(0)).getStandardDeviation(),
      new DescriptiveStatistics(table.column(1)).getStandardDeviation()
    };
  }

  /** Families of one output; softmax is among the families trained by configuration. */
  @ParameterizedTest
  @EnumSource(value = Family.class, mode = EnumSource.Mode.EXCLUDE, names = "SOFTMAX")
  void train_federated_isTrainingOnRowsStandardisedBeforehand(Family family) {
    Table pooled = inAwkwardUnits(family);
    double[] m = means(pooled);
    double[] s = deviations(pooled);
    PlanBuilder plan =
        new PlanBuilder().family(family).l2(0.05).solver(new MinibatchSgd(1, 10, 0.05)).rounds(10);

    TrainingResult beforehand = plan.train(PlanBuilder.deal(pooled.standardized(m, s)));
    TrainingResult federated =
        plan.standardize(Standardize.FEDERATED).train(PlanBuilder.deal(pooled));

    double[] z = beforehand.model().values();
    assertArrayEquals(
        new double[] {z[0] / s[0], z[1] / s[1], z[2] - z[0] * m[0] / s[0] - z[1] * m[1] / s[1]},
        federated.model().values(),
        1e-9 * Math.abs(z[0] / s[1]));
    assertSameFigures(beforehand.rounds(), federated.rounds());
  }

  @Test
  void train_federatedOfMeansFarFromZero_makesTwoSumsMoreAndShowsTheDriverNoMessage() {
    RecordingFederation<Shard> federation =
        new RecordingFederation<>(
            PlanBuilder.federation(PlanBuilder.deal(inAwkwardUnits(Family.LINEAR))));

    new PlanBuilder().standardize(Standardize.FEDERATED).train(federation);

    assertEquals(
        List.of(
            "choosing the range of sums (3 workers)",
            "standardization: moments (3 workers)",
            "choosing the range of sums (3 workers)",
            "standardization: deviations (3 workers)",
            "choosing the range of sums (3 workers)",
            "round 1/1: local training (3 workers)",
            "round 1/1: evaluation (3 workers)"),
        federation.visits().stream().map(Visit::description).toList());
  }

  @Test
  void train_federatedOfMeansNearZero_makesOneSumMore() {
    Table pooled = Table.random(11L, 100, 2, Family.LINEAR);
    double[] m = means(pooled);
    double[] s = deviations(pooled);
    RecordingFederation<Shard> federation =
        new RecordingFederation<>(PlanBuilder.federation(PlanBuilder.deal(pooled)));
    PlanBuilder plan = new PlanBuilder().solver(new GradientDescent(3, 0.1)).rounds(1);

    double[] z = plan.train(PlanBuilder.deal(pooled.standardized(m, s))).model().values();
    double[] model = plan.standardize(Standardize.FEDERATED).train(federation).model().values();

    assertEquals(
        List.of(
            "standardization: moments (3 workers)",
            "round 1/1: local training (3 workers)",
            "round 1/1: evaluation (3 workers)"),
        federation.visits().stream()
            .map(Visit::description)
            .filter(description -> !description.startsWith("choosing"))
            .toList());
    assertArrayEquals(
        new double[] {z[0] / s[0], z[1] / s[1], z[2] - z[0] * m[0] / s[0] - z[1] * m[1] / s[1]},
        model,
        1e-12);
  }

  @Test
  void train_federatedWithoutIntercept_scalesAndDoesNotCentre() {
    Table pooled = inAwkwardUnits(Family.LINEAR);
    double[] s = deviations(pooled);
    PlanBuilder plan =
        new PlanBuilder().withoutIntercept().solver(new GradientDescent(2, 1e-6)).rounds(5);

    double[] z =
        plan.train(PlanBuilder.deal(pooled.standardized(new double[2], s))).model().values();
    double[] raw =
        plan.standardize(Standardize.FEDERATED).train(PlanBuilder.deal(pooled)).model().values();

    assertArrayEquals(new double[] {z[0] / s[0], z[1] / s[1]}, raw, 1e-9 * Math.abs(raw[1]));
  }

  /** A column that says nothing must not disturb those that do. */
  @Test
  void train_federatedConstantColumn_getsNoWeightAndChangesNothing() {
    Table pooled = inAwkwardUnits(Family.LINEAR);
    PlanBuilder plan = new PlanBuilder().standardize(Standardize.FEDERATED).rounds(50);
    double[] without = plan.train(PlanBuilder.deal(pooled)).model().values();
    double[][] wider = new double[pooled.rows()][];
    for (int i = 0; i < wider.length; i++) {
      wider[i] = new double[] {pooled.x()[i][0], 0.1, pooled.x()[i][1]};
    }

    double[] with =
        plan.features(3).train(PlanBuilder.deal(Table.of(wider, pooled.y()))).model().values();

    assertEquals(0.0, with[1]);
    assertArrayEquals(without, new double[] {with[0], with[2], with[3]}, 1e-9);
  }

  @Test
  void train_worker_isTrainingOnRowsEachStandardisedByItsWorker() {
    Map<String, Table> workers = PlanBuilder.deal(inAwkwardUnits(Family.LOGISTIC));
    Map<String, Table> beforehand = new HashMap<>();
    Map<String, Shard> shards = new TreeMap<>();
    workers.forEach(
        (worker, table) -> {
          beforehand.put(worker, table.standardized(means(table), deviations(table)));
          ShardBuilder builder = new ShardBuilder(worker, 2);
          table.addTo(builder, Part.TRAIN);
          shards.put(worker, builder.build(0.0, 1L, true, SHAPE));
        });
    PlanBuilder plan =
        new PlanBuilder().family(Family.LOGISTIC).solver(new MinibatchSgd(2, 10, 0.1)).rounds(5);

    TrainingResult expected = plan.train(beforehand);
    TrainingResult actual =
        plan.standardize(Standardize.WORKER).train(new InProcessFederation<>(shards));

    assertArrayEquals(expected.model().values(), actual.model().values(), 1e-9);
    assertSameFigures(expected.rounds(), actual.rounds());
  }

  /** The finished model, evaluated by itself, has the figures of the last round. */
  @ParameterizedTest
  @EnumSource(Standardize.class)
  void evaluate_finishedModel_hasTheFiguresOfTheLastRound(Standardize standardize) {
    Map<String, Shard> shards = new TreeMap<>();
    PlanBuilder.deal(inAwkwardUnits(Family.LOGISTIC))
        .forEach(
            (worker, table) -> {
              ShardBuilder builder = new ShardBuilder(worker, 2);
              table.addTo(builder, Part.TRAIN);
              shards.put(worker, builder.build(0.25, 1L, standardize == Standardize.WORKER, SHAPE));
            });
    InProcessFederation<Shard> federation = new InProcessFederation<>(shards);
    PlanBuilder plan =
        new PlanBuilder()
            .family(Family.LOGISTIC)
            .standardize(standardize)
            .solver(new GradientDescent(2, standardize == Standardize.NONE ? 1e-7 : 0.1))
            .leastHolders(3)
            .rounds(5);
    TrainingResult result = plan.train(federation);

    FederatedEvaluator.Evaluation evaluation =
        FederatedEvaluator.evaluate(federation, plan.build(), result.model());

    assertEquals(result.lastRound().trainMetrics(), evaluation.train());
    assertEquals(result.lastRound().testMetrics(), evaluation.test());
    assertEquals(12.0 + 8.0 + 5.0, evaluation.test().get("rows"), 1.0);
    assertEquals(List.of(), evaluation.notes());
  }

  @Test
  void evaluate_zeroModel_isThatOfRoundZero() {
    InProcessFederation<Shard> federation =
        (InProcessFederation<Shard>)
            PlanBuilder.federation(PlanBuilder.deal(inAwkwardUnits(Family.LINEAR)));
    PlanBuilder plan = new PlanBuilder().standardize(Standardize.FEDERATED);

    assertEquals(
        plan.train(federation).rounds().get(0).trainMetrics(),
        FederatedEvaluator.evaluate(federation, plan.build(), Coefficients.zeros(SHAPE)).train());
  }

  /**
   * NIST StRD "Norris" dealt out to three workers: the certified slope and intercept. Its column
   * goes to 1000, where a step of 0.1 on raw rows diverges at once.
   */
  @Test
  void train_federatedOnNorris_givesTheCertifiedCoefficients() {
    List<Map<String, String>> rows = TestData.csv("nist-strd/Norris.csv");
    Table table =
        Table.of(
            rows.stream()
                .map(row -> new double[] {Double.parseDouble(row.get("x"))})
                .toArray(double[][]::new),
            rows.stream().mapToDouble(row -> Double.parseDouble(row.get("y"))).toArray());
    assertEquals(36, table.rows());

    double[] model =
        new PlanBuilder()
            .features(1)
            .standardize(Standardize.FEDERATED)
            .rounds(400)
            .train(PlanBuilder.deal(table))
            .model()
            .values();

    assertEquals(1.00211681802045, model[0], 1e-12);
    assertEquals(-0.262323073774029, model[1], 1e-9);
  }

  private static void assertSameFigures(List<RoundSummary> expected, List<RoundSummary> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).loss(), actual.get(i).loss(), 1e-9);
      assertEquals(expected.get(i).trainMetrics().keySet(), actual.get(i).trainMetrics().keySet());
      assertArrayEquals(
          values(expected.get(i).trainMetrics()), values(actual.get(i).trainMetrics()), 1e-7);
    }
  }

  private static double[] values(Map<String, Double> metrics) {
    return metrics.values().stream().mapToDouble(Double::doubleValue).toArray();
  }
}
