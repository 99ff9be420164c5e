package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.PrivacyAccount.Released;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Intervals of private trainings, with the workers' real noise, against the models that made the
 * labels.
 */
class PrivateIntervalsTest {
  private static final int FEATURES = 10;
  private static final int WORKERS = 2;
  private static final double HALF_WIDTH = 2.0;
  private static final ModelShape SHAPE = new ModelShape(FEATURES, true);

  /** Correlated features; they are bounded by -2 and 2, and the mean of the last one isn't 0. */
  private static double[][] rows(int count) {
    Random random = new Random(1);
    double[][] x = new double[count][FEATURES];
    for (double[] row : x) {
      double common = random.nextGaussian();
      for (int j = 0; j < FEATURES; j++) {
        double value = 0.8 * (0.5 * common + random.nextGaussian()) + (j == FEATURES - 1 ? 0.5 : 0);
        row[j] = Math.max(-HALF_WIDTH, Math.min(HALF_WIDTH, value));
      }
    }
    return x;
  }

  /** The coefficients, the intercept last. */
  private static double[] truth(Family family) {
    double size = family == Family.POISSON ? 0.15 : 0.4;
    return IntStream.rangeClosed(0, FEATURES)
        .mapToDouble(j -> j == FEATURES ? -0.3 : size * Math.cos(2.0 * j))
        .toArray();
  }

  private static double label(Family family, double score, Random random) {
    return switch (family) {
      case LOGISTIC -> random.nextDouble() < 1.0 / (1.0 + Math.exp(-score)) ? 1.0 : 0.0;
      case POISSON -> poisson(Math.exp(score), random);
      default -> score + 0.8 * random.nextGaussian();
    };
  }

  private static double poisson(double mean, Random random) {
    double left = random.nextDouble();
    double probability = Math.exp(-mean);
    int count = 0;
    while (left > probability) {
      left -= probability;
      probability *= mean / ++count;
    }
    return count;
  }

  private static TrainingResult fit(
      Family family, double[][] x, double epsilon, double share, int seed) {
    Random random = new Random(seed);
    double[] truth = truth(family);
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < WORKERS; k++) {
      ShardBuilder builder = new ShardBuilder("w" + k, FEATURES);
      for (int i = k; i < x.length; i += WORKERS) {
        double score = truth[FEATURES];
        for (int j = 0; j < FEATURES; j++) {
          score += truth[j] * x[i][j];
        }
        builder.addDense(x[i], label(family, score, random), 1.0, Part.TRAIN);
      }
      shards.put("w" + k, builder.build(0.0, 1L, false, SHAPE));
    }
    double[] halves = new double[FEATURES];
    Arrays.fill(halves, HALF_WIDTH);
    boolean isClass = family == Family.LOGISTIC;
    PrivatePlan privacy =
        new PrivatePlan(
            HiddenUnit.ROW,
            family == Family.LINEAR ? PrivatePlan.Method.STATISTICS : PrivatePlan.Method.GRADIENTS,
            epsilon,
            1e-5,
            new RunBudget(Zcdp.within(epsilon, 1e-5), Zcdp.NOTHING, 0.0, 0.0, share, 0.2),
            new RowCut(
                Scaling.standardize(SHAPE, new double[FEATURES], halves),
                Math.sqrt(FEATURES + 1.0),
                1.0,
                1),
            family == Family.POISSON ? 4.0 : 0.0,
            isClass ? 1.0 : 4.0,
            OptionalLong.of(x.length),
            OptionalInt.of(WORKERS),
            0.95,
            MetricSettings.of(family),
            OptionalDouble.empty());
    return new PlanBuilder()
        .family(family)
        .features(FEATURES)
        .sums(new RealNoise(seed))
        .rounds(8)
        .privacy(privacy)
        .train(new InProcessFederation<>(shards));
  }

  /** 300 fits of 20,000 rows at epsilon 1. */
  @ParameterizedTest
  @EnumSource(
      value = Family.class,
      names = {"LOGISTIC", "POISSON", "LINEAR"})
  void train_freshRowsAndNoise_intervalsCoverTheTruthAsOftenAsTheySay(Family family) {
    double[][] x = rows(20_000);
    double[] truth = truth(family);
    int covered = 0;
    int intervals = 0;
    for (int repetition = 0; repetition < 300; repetition++) {
      FitStatistics statistics = fit(family, x, 1.0, 0.1, repetition).statistics().orElseThrow();
      for (int j = 0; j < truth.length; j++) {
        FitStatistics.Coefficient one = statistics.coefficients().get(j);
        covered += one.lower() <= truth[j] && truth[j] <= one.upper() ? 1 : 0;
        intervals++;
      }
    }
    double share = covered / (double) intervals;

    assertTrue(share >= 0.92 && share <= 0.98, "covered " + share);
  }

  private static List<String> sums(TrainingResult result) {
    List<String> sums = new ArrayList<>();
    for (Released one : result.privacy().orElseThrow().releases()) {
      sums.add(one.sums() + " " + one.purpose() + " of " + one.length());
    }
    return sums;
  }

  @Test
  void train_intervals_oneHessianIsReleasedAndTheBudgetHolds() {
    TrainingResult result = fit(Family.LOGISTIC, rows(20_000), 1.0, 0.1, 1);
    PrivacyAccount account = result.privacy().orElseThrow();
    double all = Zcdp.within(1.0, 1e-5).rho().doubleValue();

    assertEquals(List.of("1 products of 66", "8 gradient of 11", "1 Hessian of 66"), sums(result));
    assertEquals(0.1 * all, account.releases().get(2).rho(), 1e-12);
    assertEquals(0.2 * 0.9 * all, account.releases().get(0).rho(), 1e-12);
    assertEquals(all, account.rho(), 1e-12);
    assertTrue(account.rho() <= all);
    FitStatistics statistics = result.statistics().orElseThrow();
    assertTrue(statistics.countsNoise());
    for (int j = 0; j <= FEATURES; j++) {
      assertEquals(result.model().values()[j], statistics.coefficients().get(j).estimate(), 1e-15);
    }
  }

  /** What it would cost is spent on gradients then, and nothing naive is told. */
  @Test
  void train_fewRows_noiseDominatesAndNothingIsAskedForIt() {
    TrainingResult result = fit(Family.LOGISTIC, rows(2_000), 1.0, 0.1, 1);
    double all = Zcdp.within(1.0, 1e-5).rho().doubleValue();

    assertTrue(result.statistics().isEmpty());
    assertEquals(List.of("1 products of 66", "8 gradient of 11"), sums(result));
    assertEquals(all, result.privacy().orElseThrow().rho(), 1e-12);
    assertTrue(
        result.notes().stream().anyMatch(n -> n.toString().equals("no intervals: noise dominates")),
        result.notes().toString());
  }

  @Test
  void train_leastSquares_fewRowsHaveNoIntervalsAndManyDo() {
    TrainingResult few = fit(Family.LINEAR, rows(2_000), 1.0, 0.0, 1);
    TrainingResult many = fit(Family.LINEAR, rows(20_000), 1.0, 0.0, 1);

    assertTrue(few.statistics().isEmpty());
    assertTrue(
        few.notes().stream().anyMatch(n -> n.toString().equals("no intervals: noise dominates")),
        few.notes().toString());
    assertTrue(many.statistics().orElseThrow().countsNoise());
    assertEquals(List.of("1 products of 78"), sums(many));
  }

  @Test
  void train_noShare_hasNoneAndSaysNothing() {
    TrainingResult result = fit(Family.LOGISTIC, rows(20_000), 1.0, 0.0, 1);

    assertTrue(result.statistics().isEmpty());
    assertEquals(List.of("1 products of 66", "8 gradient of 11"), sums(result));
    assertEquals(List.of(), result.notes());
  }
}
