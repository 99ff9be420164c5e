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
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Private fits of counts that are small, and large, against the models that made them. */
class PoissonRatesTest {
  private static final int ROWS = 12_000;
  private static final int WORKERS = 3;
  private static final double HALF_WIDTH = 4.0;
  private static final double[] WEIGHTS = {0.2, -0.3, 0.0, 0.1, 0.0};
  private static final ModelShape SHAPE = new ModelShape(WEIGHTS.length, true);

  /** A count of Poisson's distribution; of large means by halves, as counts add up. */
  private static long count(double mean, Random random) {
    if (mean > 20.0) {
      return count(mean / 2.0, random) + count(mean / 2.0, random);
    }
    double least = Math.exp(-mean);
    double product = random.nextDouble();
    long count = 0;
    while (product > least) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }

  private static TrainingResult fit(
      double intercept, double most, double epsilon, double share, int seed) {
    Random random = new Random(seed);
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < WORKERS; k++) {
      ShardBuilder builder = new ShardBuilder("w" + k, WEIGHTS.length);
      for (int i = 0; i < ROWS / WORKERS; i++) {
        double[] x = new double[WEIGHTS.length];
        double score = intercept;
        for (int j = 0; j < x.length; j++) {
          x[j] = Math.max(-HALF_WIDTH, Math.min(HALF_WIDTH, random.nextGaussian()));
          score += WEIGHTS[j] * x[j];
        }
        builder.addDense(
            x, Math.min(most, (double) count(Math.exp(score), random)), 1.0, Part.TRAIN);
      }
      shards.put("w" + k, builder.build(0.0, 1L, false, SHAPE));
    }
    double[] halves = new double[WEIGHTS.length];
    Arrays.fill(halves, HALF_WIDTH);
    Zcdp budget = Zcdp.within(epsilon, 1e-5);
    PrivatePlan privacy =
        new PrivatePlan(
            HiddenUnit.ROW,
            PrivatePlan.Method.GRADIENTS,
            epsilon,
            1e-5,
            new RunBudget(budget, Zcdp.NOTHING, 0.0, 0.0, share, 0.2),
            new RowCut(
                Scaling.standardize(SHAPE, new double[WEIGHTS.length], halves),
                Math.sqrt(SHAPE.size()),
                1.0,
                1),
            most / 2.0,
            most / 2.0,
            OptionalLong.of(ROWS),
            OptionalInt.of(WORKERS),
            0.95,
            MetricSettings.of(Family.POISSON),
            OptionalDouble.empty());
    return new PlanBuilder()
        .family(Family.POISSON)
        .features(WEIGHTS.length)
        .sums(new RealNoise(seed))
        .rounds(8)
        .privacy(privacy)
        .train(new InProcessFederation<>(shards));
  }

  /** Errors are a few standard errors of the exact fit and of the noise. */
  @ParameterizedTest
  @CsvSource({
    "-2, 10, 0.15",
    "-0.3, 10, 0.06",
    "0.5, 20, 0.05",
    "0.5, 200, 0.1",
    "2, 60, 0.03",
    "4, 300, 0.02",
    "4, 1000, 0.02",
    "6, 5000, 0.02"
  })
  void train_countsOfAnyMean_findsTheModelThatMadeThem(
      double intercept, double most, double error) {
    TrainingResult result = fit(intercept, most, 1.0, 0.0, 1);

    for (int j = 0; j < WEIGHTS.length; j++) {
      assertEquals(WEIGHTS[j], result.model().values()[j], error, result.model().toString());
    }
    assertEquals(intercept, result.model().values()[WEIGHTS.length], 2.0 * error);
    assertEquals(
        "[1 lengths, 1 products, 1 first gradient, 7 gradient]",
        result.privacy().orElseThrow().releases().stream()
            .map((Released one) -> one.sums() + " " + one.purpose())
            .toList()
            .toString());
  }

  @ParameterizedTest
  @CsvSource({"0.5, 20", "2, 60", "4, 300"})
  void train_intervals_coverTheTruthAsOftenAsTheySay(double intercept, double most) {
    int covered = 0;
    int intervals = 0;
    for (int seed = 0; seed < 100; seed++) {
      FitStatistics statistics = fit(intercept, most, 2.0, 0.1, seed).statistics().orElseThrow();
      for (int j = 0; j <= WEIGHTS.length; j++) {
        double truth = j == WEIGHTS.length ? intercept : WEIGHTS[j];
        FitStatistics.Coefficient one = statistics.coefficients().get(j);
        covered += one.lower() <= truth && truth <= one.upper() ? 1 : 0;
        intervals++;
      }
    }
    double share = covered / (double) intervals;

    assertTrue(share >= 0.91 && share <= 0.985, "covered " + share);
  }
}
