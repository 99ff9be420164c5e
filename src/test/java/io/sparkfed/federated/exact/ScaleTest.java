package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.server.ExactGradientDescent;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scaling the input scales the answer: of weights not at all, of features by the inverse, of labels
 * by the same or, with a log link, by its logarithm, of offsets by their shift. The answer that is
 * scaled is one found by Newton's method, or by L-BFGS for a loss without curvature.
 */
class ScaleTest {
  private static final int ROWS = 150;
  private static final int FEATURES = 3;
  private static final Set<Family> CURVED =
      EnumSet.of(Family.LINEAR, Family.LOGISTIC, Family.SOFTMAX, Family.POISSON, Family.GAMMA);
  private static final Set<Family> LOG_LINK = EnumSet.of(Family.POISSON, Family.GAMMA);
  private static final double[] SCALES = {1e-12, 1e-6, 1e-3, 0.1, 30.0, 1e6, 1e9, 1e12};

  /** Rows with what is scaled. */
  private record Rows(double[][] x, double[] y, double[] weights, double[] offsets) {
    static Rows of(Family family) {
      Table table = Table.random(31L, ROWS, FEATURES, family);
      double[] weights = new Random(5L).doubles(ROWS, 0.2, 2.0).toArray();
      return new Rows(table.x(), table.y(), weights, new double[ROWS]);
    }

    Rows weighted(double scale) {
      return new Rows(x, y, times(weights, scale), offsets);
    }

    Rows labelled(double scale, double shift) {
      double[] labels = Arrays.stream(y).map(label -> label * scale + shift).toArray();
      return new Rows(x, labels, weights, offsets);
    }

    Rows shifted(double offset) {
      return new Rows(x, y, weights, DoubleStream.generate(() -> offset).limit(ROWS).toArray());
    }

    Rows featured(double... scales) {
      double[][] scaled = new double[ROWS][FEATURES];
      for (int i = 0; i < ROWS; i++) {
        for (int j = 0; j < FEATURES; j++) {
          scaled[i][j] = x[i][j] * scales[j];
        }
      }
      return new Rows(scaled, y, weights, offsets);
    }

    private static double[] times(double[] values, double scale) {
      return Arrays.stream(values).map(value -> value * scale).toArray();
    }

    Federation<Shard> dealt() {
      Map<String, Shard> shards = new TreeMap<>();
      for (int k = 0; k < 3; k++) {
        ShardBuilder builder = new ShardBuilder("w" + k, FEATURES);
        for (int i = k; i < ROWS; i += 3) {
          builder.addDense(x[i], y[i], weights[i], offsets[i], Part.TRAIN);
        }
        shards.put("w" + k, builder.build(0.0, 1L, false, new ModelShape(FEATURES, true)));
      }
      return new InProcessFederation<>(shards);
    }
  }

  static Stream<Arguments> methods() {
    List<Arguments> methods = new ArrayList<>();
    for (Family family : EnumSet.complementOf(EnumSet.of(Family.SVM))) {
      methods.add(Arguments.of(family, plan(family, new Lbfgs(10, 1e-11), false, false)));
      methods.add(Arguments.of(family, plan(family, new Lbfgs(10, 1e-11), true, false)));
      if (CURVED.contains(family)) {
        methods.add(Arguments.of(family, plan(family, new Newton(1e-12), false, false)));
        methods.add(Arguments.of(family, plan(family, new Newton(1e-12), false, true)));
      }
    }
    methods.add(
        Arguments.of(Family.LINEAR, plan(Family.LINEAR, new NormalEquations(), false, false)));
    return methods.stream();
  }

  private static PlanBuilder plan(
      Family family, ExactOptimizer optimizer, boolean preconditioned, boolean warm) {
    PlanBuilder plan =
        new PlanBuilder()
            .family(family)
            .features(FEATURES)
            .rounds(500)
            .sum(new InsecurePlainSum(2));
    if (preconditioned) {
      plan.preconditioned();
    }
    if (warm) {
      plan.warmStart(new LocalLbfgs(3, 1e-6, 10));
    }
    return plan.optimizer(optimizer);
  }

  private static TrainingResult train(PlanBuilder plan, Rows rows, String what) {
    TrainingResult result = plan.train(rows.dealt());
    assertTrue(result.divergence().isEmpty(), () -> what + result.divergence());
    assertTrue(
        InKeys.said(result.notes()).stream().noneMatch(note -> note.startsWith("WARNING")),
        () -> what + result.notes());
    return result;
  }

  /** The answer for rows of no particular scale, by the most exact method there is. */
  private static double[] answer(Family family, Rows rows) {
    ExactOptimizer exact = CURVED.contains(family) ? new Newton(1e-14) : new Lbfgs(10, 1e-14);
    return train(plan(family, exact, false, false), rows, "answer ").model().values();
  }

  private static void close(double[] expected, double[] actual, String what) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    for (int j = 0; j < expected.length; j++) {
      assertEquals(expected[j], actual[j], 1e-6 * largest, what + " coefficient " + j);
    }
  }

  /** All but the intercept. */
  private static void same(FitStatistics expected, FitStatistics actual, String what) {
    for (int j = 0; j < FEATURES; j++) {
      double error = expected.coefficients().get(j).standardError();
      assertEquals(error, actual.coefficients().get(j).standardError(), 1e-6 * error, what);
    }
    assertEquals(expected.deviance(), actual.deviance(), 1e-8 * expected.deviance(), what);
    assertEquals(
        expected.nullDeviance(), actual.nullDeviance(), 1e-8 * expected.nullDeviance(), what);
    assertEquals(expected.r2(), actual.r2(), 1e-8, what);
    assertEquals(expected.aic(), actual.aic(), 1e-8 * Math.abs(expected.aic()), what);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void train_weightsOfAnyScale_sameCoefficients(Family family, PlanBuilder plan) {
    Rows rows = Rows.of(family);
    double[] expected = answer(family, rows);
    double total = Arrays.stream(rows.weights).sum();
    for (double scale : new double[] {1e-18, 1e-12, 1e-6, 0.5, 1.0, 1e6, 1e12, 1e18}) {
      String what = "weights " + scale + " ";
      TrainingResult result = train(plan, rows.weighted(scale / total), what);
      close(expected, result.model().values(), what);
      assertEquals(scale, result.lastRound().trainMetrics().get("rows"), 1e-9 * scale);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void train_featuresOfAnyScale_coefficientsOfTheInverse(Family family, PlanBuilder plan) {
    Rows rows = Rows.of(family);
    double[] expected = answer(family, rows);
    for (double scale : SCALES) {
      String what = "features " + scale + " ";
      double[] actual = train(plan, rows.featured(scale, 1.0 / scale, 1.0), what).model().values();
      for (int k = 0; k < actual.length / (FEATURES + 1); k++) {
        actual[k * FEATURES] *= scale;
        actual[k * FEATURES + 1] /= scale;
      }
      close(expected, actual, what);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void train_labelsOfAnyScale_coefficientsOfThatScale(Family family, PlanBuilder plan) {
    if (family != Family.LINEAR && !LOG_LINK.contains(family)) {
      return;
    }
    Rows rows = Rows.of(family);
    double[] expected = answer(family, rows);
    for (double scale : SCALES) {
      String what = "labels " + scale + " ";
      double[] actual = train(plan, rows.labelled(scale, 0.0), what).model().values();
      if (LOG_LINK.contains(family)) {
        actual[FEATURES] -= Math.log(scale);
      } else {
        actual = Rows.times(actual, 1.0 / scale);
      }
      close(expected, actual, what);
    }
  }

  /** Labels of 1e9 leave seven digits of what is around them. */
  @ParameterizedTest
  @MethodSource("methods")
  void train_labelsFarFromZero_sameWeights(Family family, PlanBuilder plan) {
    if (family != Family.LINEAR && family != Family.HUBER) {
      return;
    }
    Rows rows = Rows.of(family);
    double[] expected = answer(family, rows);
    for (double shift : new double[] {-1e9, 1e6, 1e9}) {
      String what = "labels + " + shift + " ";
      double[] actual = train(plan, rows.labelled(1.0, shift), what).model().values();
      actual[FEATURES] = expected[FEATURES];
      close(expected, actual, what);
    }
  }

  @ParameterizedTest
  @MethodSource("methods")
  void train_offsetsOfAnyMean_interceptThatMakesUpForThem(Family family, PlanBuilder plan) {
    if (family == Family.SOFTMAX) {
      return;
    }
    Rows rows = Rows.of(family);
    double[] expected = answer(family, rows);
    Optional<FitStatistics> statistics = train(plan, rows, "").statistics();
    for (double offset : new double[] {-100.0, -18.4, -3.0, 1e-12, 3.0, 18.4, 30.0, 1000.0}) {
      String what = "offset " + offset + " ";
      TrainingResult result = train(plan, rows.shifted(offset), what);
      double[] actual = result.model().values();
      actual[FEATURES] += offset;
      close(expected, actual, what);
      statistics.ifPresent(at -> same(at, result.statistics().orElseThrow(), what));
    }
  }

  /** Whatever is not a search for the optimum: steps of fixed length, and averages. */
  static Stream<PlanBuilder> walks(Family family) {
    return Stream.of(
        plan(family, new ExactGradientDescent(0.01, 0.0, 1000.0), false, false).rounds(20),
        averaged(family).solver(new GradientDescent(2, 0.01)),
        averaged(family).solver(new LocalLbfgs(3, 1e-9, 10)));
  }

  private static PlanBuilder averaged(Family family) {
    return new PlanBuilder()
        .family(family)
        .features(FEATURES)
        .rounds(5)
        .sum(new InsecurePlainSum(2));
  }

  /** What has no optimum yet scales all the same: by weights not at all. */
  @ParameterizedTest
  @EnumSource
  void walk_weightsOfAnyScale_sameCoefficients(Family family) {
    Rows rows = Rows.of(family);
    double total = Arrays.stream(rows.weights).sum();
    walks(family)
        .forEach(
            plan -> {
              double[] expected = walked(plan, rows);
              for (double scale : new double[] {1e-18, 1e-9, 1.0, 1e9, 1e18}) {
                String what = family + " weights " + scale;
                close(expected, walked(plan, rows.weighted(scale / total)), what);
              }
            });
  }

  /** A squared loss is homogeneous: so is each step of descent, of exact or averaged gradients. */
  @Test
  void walk_labelsOfAnyScale_coefficientsOfThatScale() {
    Rows rows = Rows.of(Family.LINEAR);
    walks(Family.LINEAR)
        .limit(2)
        .forEach(
            plan -> {
              double[] expected = walked(plan, rows);
              for (double scale : SCALES) {
                double[] actual = walked(plan, rows.labelled(scale, 0.0));
                close(expected, Rows.times(actual, 1.0 / scale), "labels " + scale);
              }
            });
  }

  private static double[] walked(PlanBuilder plan, Rows rows) {
    TrainingResult result = plan.train(rows.dealt());
    assertTrue(result.divergence().isEmpty(), () -> result.divergence().toString());
    return result.model().values();
  }
}
