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
import io.sparkfed.federated.PrivatePlan.Method;
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
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Intervals of private trainings, with the workers' real noise, against the models that made the
 * labels.
 */
class PrivateIntervalsTest {
  private static final System.Logger LOG = System.getLogger(PrivateIntervalsTest.class.getName());
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

  /** A preset's fit of a family. */
  private enum Fit {
    LOGISTIC(Family.LOGISTIC, Method.GRADIENTS),
    POISSON(Family.POISSON, Method.GRADIENTS),
    LINEAR(Family.LINEAR, Method.GRADIENTS),
    HUBER(Family.HUBER, Method.GRADIENTS),
    LEAST_SQUARES(Family.LINEAR, Method.STATISTICS);

    private final Family family;
    private final Method method;

    Fit(Family family, Method method) {
      this.family = family;
      this.method = method;
    }
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
      case HUBER -> score + 0.8 * random.nextGaussian() * (random.nextInt(10) == 0 ? 4.0 : 1.0);
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

  private static TrainingResult fit(Fit fit, double[][] x, double epsilon, double share, int seed) {
    Random random = new Random(seed);
    return fit(fit, x, score -> label(fit.family, score, random), epsilon, share, seed);
  }

  /**
   * Trains.
   *
   * @param label of a score
   */
  private static TrainingResult fit(
      Fit fit, double[][] x, DoubleUnaryOperator label, double epsilon, double share, int seed) {
    Family family = fit.family;
    double[] truth = truth(family);
    Map<String, Shard> shards = new TreeMap<>();
    for (int k = 0; k < WORKERS; k++) {
      ShardBuilder builder = new ShardBuilder("w" + k, FEATURES);
      for (int i = k; i < x.length; i += WORKERS) {
        double score = truth[FEATURES];
        for (int j = 0; j < FEATURES; j++) {
          score += truth[j] * x[i][j];
        }
        builder.addDense(x[i], label.applyAsDouble(score), 1.0, Part.TRAIN);
      }
      shards.put("w" + k, builder.build(0.0, 1L, false, SHAPE));
    }
    double[] halves = new double[FEATURES];
    Arrays.fill(halves, HALF_WIDTH);
    boolean isClass = family == Family.LOGISTIC;
    PrivatePlan privacy =
        new PrivatePlan(
            HiddenUnit.ROW,
            fit.method,
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
  @EnumSource
  void train_freshRowsAndNoise_intervalsCoverTheTruthAsOftenAsTheySay(Fit fit) {
    double[][] x = rows(20_000);

    assertCovered(fit, repetition -> fit(fit, x, 1.0, 0.1, repetition));
  }

  /**
   * Residuals of a thirteenth of the labels' bounds: the way from the first model is long beside
   * the errors, and no gradient near the optimum is cut. At a half of the bounds a fifth of them
   * are.
   */
  @ParameterizedTest
  @CsvSource({"LINEAR, 0.3", "LINEAR, 2", "HUBER, 0.3"})
  void train_residualsThatAreSmallOrOftenCut_intervalsCover(Fit fit, double deviation) {
    double[][] x = rows(20_000);

    assertCovered(
        fit,
        repetition -> {
          Random random = new Random(repetition);
          return fit(
              fit, x, score -> score + deviation * random.nextGaussian(), 1.0, 0.1, repetition);
        });
  }

  /**
   * The intercept's of a class that is not as frequent as the other, and with errors of few parts.
   */
  @ParameterizedTest
  @CsvSource({"-2, 20000, 1", "-2, 20000, 8", "-2, 80000, 1", "0, 80000, 1"})
  void train_unbalancedClassesOrManyRows_intervalsCover(
      double intercept, int count, double epsilon) {
    int fits = count > 20_000 ? 40 : 100;
    double[][] x = rows(count);
    double[] truth = truth(Family.LOGISTIC);
    double shift = intercept - truth[FEATURES];
    truth[FEATURES] = intercept;
    int[] covered = new int[truth.length];
    for (int repetition = 0; repetition < fits; repetition++) {
      Random random = new Random(repetition);
      TrainingResult result =
          fit(
              Fit.LOGISTIC,
              x,
              score -> label(Family.LOGISTIC, score + shift, random),
              epsilon,
              0.1,
              repetition);
      FitStatistics statistics = result.statistics().orElseThrow();
      for (int j = 0; j < truth.length; j++) {
        FitStatistics.Coefficient one = statistics.coefficients().get(j);
        covered[j] += one.lower() <= truth[j] && truth[j] <= one.upper() ? 1 : 0;
      }
    }

    double share = Arrays.stream(covered).sum() / (double) (fits * truth.length);
    assertTrue(share >= 0.92 && share <= 0.98, "covered " + share);
    double ofIntercept = covered[FEATURES] / (double) fits;
    assertTrue(ofIntercept >= 0.83, "the intercept's covered " + ofIntercept);
  }

  /** 300 times. */
  private static void assertCovered(Fit fit, IntFunction<TrainingResult> training) {
    double[] truth = truth(fit.family);
    int covered = 0;
    int intervals = 0;
    for (int repetition = 0; repetition < 300; repetition++) {
      FitStatistics statistics = training.apply(repetition).statistics().orElseThrow();
      for (int j = 0; j < truth.length; j++) {
        FitStatistics.Coefficient one = statistics.coefficients().get(j);
        covered += one.lower() <= truth[j] && truth[j] <= one.upper() ? 1 : 0;
        intervals++;
      }
    }
    double share = covered / (double) intervals;

    LOG.log(System.Logger.Level.INFO, fit + " covered " + share);
    assertTrue(share >= 0.92 && share <= 0.98, "covered " + share);
  }

  /** The mean of what is left of them isn't 0: the intercept would be off by many errors. */
  @Test
  void train_skewedResidualsThatAreCut_haveNoIntervals() {
    Random random = new Random(1);
    TrainingResult result =
        fit(
            Fit.LINEAR,
            rows(20_000),
            score -> score - 0.8 * (Math.log(1.0 - random.nextDouble()) + 1.0),
            1.0,
            0.1,
            1);

    assertTrue(result.statistics().isEmpty());
    assertNoted(result, "no intervals: " + Dispersion.ONE_SIDED);
  }

  @Test
  void train_residualsMostlyBeyondTheLosssDelta_haveNoIntervals() {
    Random random = new Random(1);
    TrainingResult result =
        fit(Fit.HUBER, rows(20_000), score -> score + 2.4 * random.nextGaussian(), 1.0, 0.1, 1);

    assertTrue(result.statistics().isEmpty());
    assertNoted(result, "no intervals: " + Dispersion.CUT);
  }

  private static void assertNoted(TrainingResult result, String note) {
    assertTrue(
        result.notes().stream().anyMatch(n -> n.toString().equals(note)),
        result.notes().toString());
  }

  /** One release, with two numbers more: a row moves it by the root of 1.25 as much. */
  @Test
  void train_linear_whatDispersionNeedsIsInTheSameRelease() {
    PrivacyAccount account = fit(Fit.LINEAR, rows(20_000), 1.0, 0.1, 1).privacy().orElseThrow();

    Released hessian = account.releases().get(3);
    assertEquals("Hessian", hessian.purpose());
    assertEquals(68, hessian.length());
    // A row in whitened coordinates is mostly no longer than the root of 22, and its curvature 2.
    assertEquals(44.0 * Math.sqrt(1.25) * (1.0 + 0x1p-10), hessian.sensitivity(), 1e-9);
    assertEquals(0.1 * 0.98 * Zcdp.within(1.0, 1e-5).rho().doubleValue(), hessian.rho(), 1e-12);
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
    TrainingResult result = fit(Fit.LOGISTIC, rows(20_000), 1.0, 0.1, 1);
    PrivacyAccount account = result.privacy().orElseThrow();
    double all = Zcdp.within(1.0, 1e-5).rho().doubleValue();

    assertEquals(
        List.of("1 lengths of 1", "1 products of 66", "8 gradient of 11", "1 Hessian of 66"),
        sums(result));
    assertEquals(0.02 * all, account.releases().get(0).rho(), 1e-12);
    assertEquals(0.2 * 0.9 * 0.98 * all, account.releases().get(1).rho(), 1e-12);
    assertEquals(0.1 * 0.98 * all, account.releases().get(3).rho(), 1e-12);
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
    TrainingResult result = fit(Fit.LOGISTIC, rows(2_000), 1.0, 0.1, 1);
    double all = Zcdp.within(1.0, 1e-5).rho().doubleValue();

    assertTrue(result.statistics().isEmpty());
    assertEquals(List.of("1 lengths of 1", "1 products of 66", "8 gradient of 11"), sums(result));
    assertEquals(all, result.privacy().orElseThrow().rho(), 1e-12);
    assertNoted(result, "no intervals: noise dominates");
  }

  @Test
  void train_leastSquares_fewRowsHaveNoIntervalsAndManyDo() {
    TrainingResult few = fit(Fit.LEAST_SQUARES, rows(2_000), 1.0, 0.0, 1);
    TrainingResult many = fit(Fit.LEAST_SQUARES, rows(20_000), 1.0, 0.0, 1);

    assertTrue(few.statistics().isEmpty());
    assertNoted(few, "no intervals: noise dominates");
    assertTrue(many.statistics().orElseThrow().countsNoise());
    assertEquals(List.of("1 products of 78"), sums(many));
  }

  @Test
  void train_noShare_hasNoneAndSaysNothing() {
    TrainingResult result = fit(Fit.LOGISTIC, rows(20_000), 1.0, 0.0, 1);

    assertTrue(result.statistics().isEmpty());
    assertEquals(List.of("1 lengths of 1", "1 products of 66", "8 gradient of 11"), sums(result));
    assertEquals(List.of(), result.notes());
  }
}
