package io.sparkfed.server;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.server.Search.Ending;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Functions whose minima are known in closed form. */
class ExactOptimizerTest {

  /** A search run to its end. */
  private record Run(Search end, int evaluations) {
    double[] result() {
      return end.point();
    }

    Ending ending() {
      return end.ending().orElseThrow();
    }
  }

  private static Run run(
      ExactOptimizer optimizer,
      Function<double[], PointEvaluation> function,
      double[] start,
      double... l1) {
    Search search = optimizer.begin(start, l1);
    int evaluations = 0;
    while (search.ending().isEmpty()) {
      assertTrue(evaluations < 2000, "no end");
      search = search.next(function.apply(search.point()));
      evaluations++;
    }
    return new Run(search, evaluations);
  }

  /** {@code (a - x)² + 100 (b - x²)²} of Rosenbrock: curved and narrow; minimum at (1, 1). */
  private static PointEvaluation rosenbrock(double[] at) {
    double x = at[0];
    double y = at[1];
    double bend = y - x * x;
    return new PointEvaluation(
        (1.0 - x) * (1.0 - x) + 100.0 * bend * bend,
        new double[] {-2.0 * (1.0 - x) - 400.0 * x * bend, 200.0 * bend},
        Optional.empty());
  }

  /** {@code sum_j k_j/2 (x_j - c_j)²} with curvatures 1, 10 and 1e4, and minimum (3, -0.5, 0.2). */
  private static PointEvaluation bowl(double[] at) {
    double[] curvature = {1.0, 10.0, 1e4};
    double[] center = {3.0, -0.5, 0.2};
    double value = 0.0;
    double[] gradient = new double[3];
    for (int j = 0; j < 3; j++) {
      double from = at[j] - center[j];
      value += 0.5 * curvature[j] * from * from;
      gradient[j] = curvature[j] * from;
    }
    return new PointEvaluation(
        value,
        gradient,
        Optional.of(SymmetricMatrix.of(3, new double[] {1.0, 0, 0, 10.0, 0, 1e4})));
  }

  /** {@code sqrt(1 + x²)}: from beyond 1 Newton's full step goes further away each time. */
  private static PointEvaluation hyperbola(double[] at) {
    double root = Math.sqrt(1.0 + at[0] * at[0]);
    return new PointEvaluation(
        root,
        new double[] {at[0] / root},
        Optional.of(SymmetricMatrix.of(1, new double[] {1.0 / (root * root * root)})));
  }

  /** {@code log(1 + exp(-x))}, the loss of a separated class: falls for ever. */
  private static PointEvaluation separated(double[] at) {
    double p = 1.0 / (1.0 + Math.exp(at[0]));
    return new PointEvaluation(
        Math.log1p(Math.exp(-at[0])),
        new double[] {-p},
        Optional.of(SymmetricMatrix.of(1, new double[] {p * (1.0 - p)})));
  }

  @Test
  void newton_quadratic_needsTwoEvaluations() {
    Run run = run(new Newton(1e-12), ExactOptimizerTest::bowl, new double[3], new double[3]);

    assertEquals(Ending.CONVERGED, run.ending());
    assertArrayEquals(new double[] {3.0, -0.5, 0.2}, run.result(), 1e-15);
    assertEquals(2, run.evaluations());
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, 2.0, -30.0})
  void newton_fullStepTooLong_isHalvedUntilTheValueFalls(double start) {
    Run run =
        run(new Newton(1e-12), ExactOptimizerTest::hyperbola, new double[] {start}, new double[1]);

    assertEquals(Ending.CONVERGED, run.ending());
    assertEquals(0.0, run.result()[0], 1e-12);
  }

  /** A trial that overflows is one that is too long. */
  @Test
  void newton_trialOverflows_isHalved() {
    Function<double[], PointEvaluation> walled =
        at -> Math.abs(at[0]) > 10.0 ? PointEvaluation.overflow() : hyperbola(at);

    Run run = run(new Newton(1e-12), walled, new double[] {9.0}, new double[1]);

    assertEquals(0.0, run.result()[0], 1e-12);
  }

  @Test
  void newton_objectiveWithoutMinimum_saysSo() {
    Run run = run(new Newton(1e-12), ExactOptimizerTest::separated, new double[1], new double[1]);

    assertEquals(Ending.UNBOUNDED, run.ending());
  }

  @Test
  void newton_singularFromTheStart_namesTheCoordinate() {
    Search search = new Newton(1e-12).begin(new double[2], new double[2]);
    PointEvaluation flat =
        new PointEvaluation(
            1.0,
            new double[] {1.0, 1.0},
            Optional.of(SymmetricMatrix.of(2, new double[] {1.0, 1.0, 1.0})));

    assertEquals(1, assertThrows(SingularMatrixException.class, () -> search.next(flat)).column());
  }

  @Test
  void normalEquations_quadratic_isSolvedByOneEvaluation() {
    Run run =
        run(
            new NormalEquations(),
            ExactOptimizerTest::bowl,
            new double[] {7.0, 7.0, 7.0},
            new double[3]);

    assertArrayEquals(new double[] {3.0, -0.5, 0.2}, run.result(), 1e-12);
    assertEquals(1, run.evaluations());
  }

  @Test
  void lbfgs_rosenbrock_findsTheMinimum() {
    Run run =
        run(
            new Lbfgs(10, 1e-14),
            ExactOptimizerTest::rosenbrock,
            new double[] {-1.2, 1.0},
            new double[2]);

    assertArrayEquals(new double[] {1.0, 1.0}, run.result(), 1e-6);
    // scipy's L-BFGS-B takes 45 to 50 from this start.
    assertTrue(run.evaluations() < 80, "evaluations " + run.evaluations());
  }

  /** With separable squares the lasso is the soft threshold, coordinate by coordinate. */
  @Test
  void lbfgs_separableSquaresWithL1_isTheSoftThreshold() {
    Run run = run(new Lbfgs(10, 1e-13), ExactOptimizerTest::bowl, new double[3], 1.0, 6.0, 100.0);

    assertArrayEquals(new double[] {2.0, 0.0, 0.19}, run.result(), 1e-8);
    assertEquals(0.0, run.result()[1]);
  }

  /** The intercept's L1 weight is 0: only the others shrink. */
  @Test
  void lbfgs_l1OfOneCoordinateZero_leavesItAlone() {
    Run run = run(new Lbfgs(10, 1e-13), ExactOptimizerTest::bowl, new double[3], 0.0, 6.0, 0.0);

    assertArrayEquals(new double[] {3.0, 0.0, 0.2}, run.result(), 1e-8);
  }

  @Test
  void lbfgs_overflowOnTheWay_goesBack() {
    Function<double[], PointEvaluation> walled =
        at -> Math.abs(at[2]) > 0.25 ? PointEvaluation.overflow() : bowl(at);

    Run run = run(new Lbfgs(10, 1e-13), walled, new double[3], new double[3]);

    assertArrayEquals(new double[] {3.0, -0.5, 0.2}, run.result(), 1e-6);
  }

  @Test
  void gradientDescent_stepsOfTheGradient_reachTheMinimumOrEndAsDiverged() {
    Run good =
        run(
            new ExactGradientDescent(5e-5, 1e-15, 1000.0),
            ExactOptimizerTest::one,
            new double[1],
            new double[1]);
    Run bad =
        run(
            new ExactGradientDescent(3e-4, 0.0, 1000.0),
            ExactOptimizerTest::one,
            new double[1],
            new double[1]);

    assertEquals(Ending.CONVERGED, good.ending());
    assertEquals(0.2, good.result()[0], 1e-9);
    assertEquals(Ending.DIVERGED, bad.ending());
  }

  /** {@code 5000 (x - 0.2)² + 1}. */
  private static PointEvaluation one(double[] at) {
    double from = at[0] - 0.2;
    return new PointEvaluation(
        5e3 * from * from + 1.0, new double[] {1e4 * from}, Optional.empty());
  }

  @Test
  void begin_l1WhereItCantBe_isRefused() {
    for (ExactOptimizer optimizer :
        new ExactOptimizer[] {
          new Newton(0.0), new NormalEquations(), new ExactGradientDescent(1.0, 0.0, 2.0)
        }) {
      assertThrows(
          IllegalArgumentException.class,
          () -> optimizer.begin(new double[2], new double[] {0.0, 0.1}));
    }
  }
}
