package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.SummedDerivatives;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.model.Standardize;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The optimum is that of the pooled rows, whatever the split, the sum and the optimizer. */
class LosslessTest {
  private static final Table LOGISTIC = Table.random(11L, 300, 4, Family.LOGISTIC);
  private static final Newton NEWTON = new Newton(1e-12);
  private static final Lbfgs LBFGS = new Lbfgs(10, 1e-12);

  private static PlanBuilder plan(Family family, ExactOptimizer optimizer) {
    return new PlanBuilder()
        .family(family)
        .features(4)
        .rounds(500)
        .sum(new InsecurePlainSum(1))
        .optimizer(optimizer);
  }

  /** The mean logistic loss, written out. */
  private static double logLoss(Table table, double[] w) {
    double sum = 0.0;
    for (int i = 0; i < table.rows(); i++) {
      double score = w[4];
      for (int j = 0; j < 4; j++) {
        score += w[j] * table.x()[i][j];
      }
      sum += Math.log1p(Math.exp(table.y()[i] > 0.5 ? -score : score));
    }
    return sum / table.rows();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 100})
  void train_anyNumberOfWorkers_hasTheObjectiveOfThePooledOptimum(int workers) {
    double optimum = logLoss(LOGISTIC, Oracles.ridgeLogistic(LOGISTIC, 0.0));

    for (ExactOptimizer optimizer : List.of(NEWTON, LBFGS)) {
      TrainingResult result =
          plan(Family.LOGISTIC, optimizer).train(PlanBuilder.deal(LOGISTIC, workers));

      assertTrue(result.divergence().isEmpty());
      assertEquals(List.of(), result.notes());
      assertEquals(optimum, logLoss(LOGISTIC, result.model().values()), 1e-12 * optimum);
      assertEquals(optimum, result.lastRound().trainMetrics().get("objective"), 1e-12 * optimum);
    }
  }

  /** All rows at one worker and a single row at each other, against an even split. */
  @Test
  void train_unevenSplit_hasTheSameCoefficients() {
    Map<String, Table> uneven =
        Map.of(
            "a",
            LOGISTIC.slice(0, 298),
            "b",
            LOGISTIC.slice(298, 299),
            "c",
            LOGISTIC.slice(299, 300));

    assertArrayEquals(
        plan(Family.LOGISTIC, NEWTON).train(PlanBuilder.deal(LOGISTIC, 10)).model().values(),
        plan(Family.LOGISTIC, NEWTON).train(uneven).model().values(),
        1e-12);
  }

  @Test
  void train_warmStart_hasTheSameOptimumFromNearer() {
    Map<String, Table> workers = PlanBuilder.deal(LOGISTIC);
    LocalSolver solver = new LocalLbfgs(10, 1e-4, 10);
    for (ExactOptimizer optimizer : List.of(NEWTON, LBFGS)) {
      TrainingResult cold = plan(Family.LOGISTIC, optimizer).train(workers);
      TrainingResult warm =
          plan(Family.LOGISTIC, optimizer).warmStart(solver).optimizer(optimizer).train(workers);

      assertArrayEquals(cold.model().values(), warm.model().values(), 1e-5);
      assertTrue(warm.rounds().get(0).loss() < cold.rounds().get(0).loss());
    }
  }

  /** Where the local models' average overflows, the search starts from zero after all. */
  @ParameterizedTest
  @ValueSource(doubles = {1e30, 1e200})
  void train_warmStartThatOverflows_isGivenUp(double weight) {
    LocalSolver wild = (objective, start, random) -> filled(start.length, weight);
    Table counts = Table.random(5L, 100, 4, Family.POISSON);
    TrainingResult cold = plan(Family.POISSON, NEWTON).train(PlanBuilder.deal(counts));
    TrainingResult warm =
        plan(Family.POISSON, NEWTON)
            .warmStart(wild)
            .optimizer(NEWTON)
            .train(PlanBuilder.deal(counts));

    assertTrue(warm.divergence().isEmpty());
    assertEquals(cold.model(), warm.model());
  }

  private static double[] filled(int length, double value) {
    double[] all = new double[length];
    Arrays.fill(all, value);
    return all;
  }

  /** Every sum adds the same integers. */
  @Test
  void train_masked_givesTheBitsOfThePlainSum() {
    Map<String, Table> workers = PlanBuilder.deal(LOGISTIC, 4);
    for (ExactOptimizer optimizer : List.of(NEWTON, LBFGS)) {
      TrainingResult plain = plan(Family.LOGISTIC, optimizer).train(workers);
      TrainingResult masked =
          plan(Family.LOGISTIC, optimizer)
              .sum(new MaskedSum(new EphemeralKeys(), 2))
              .train(workers);

      assertEquals(plain.model(), masked.model());
      assertEquals(plain.rounds().size(), masked.rounds().size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void train_leastSquaresWithWeights_isThePooledSolution(boolean intercept) {
    Table table =
        Table.random(3L, 120, 4, Family.LINEAR)
            .withWeights(new Random(9L).doubles(120, 0.0, 4.0).toArray());
    double[] expected = intercept ? Oracles.leastSquares(table) : withoutIntercept(table);

    for (ExactOptimizer optimizer : List.of(new NormalEquations(), NEWTON, LBFGS)) {
      PlanBuilder plan = plan(Family.LINEAR, optimizer);
      TrainingResult result =
          (intercept ? plan : plan.withoutIntercept()).train(PlanBuilder.deal(table, 5));

      assertArrayEquals(
          expected, result.model().values(), optimizer instanceof Lbfgs ? 1e-6 : 1e-12);
    }
  }

  /** An intercept that is a constant column instead. */
  private static double[] withoutIntercept(Table table) {
    double[][] x = new double[table.rows()][];
    for (int i = 0; i < x.length; i++) {
      double[] row = table.x()[i];
      row[3] = 5.0;
      x[i] = new double[] {row[0], row[1], row[2]};
    }
    double[] solution = Oracles.leastSquares(new Table(x, table.y(), table.weights()));
    solution[3] /= 5.0;
    return solution;
  }

  @Test
  void train_normalEquations_isOneRoundAndAnEvaluation() {
    TrainingResult result =
        plan(Family.LINEAR, new NormalEquations())
            .train(PlanBuilder.deal(Table.random(3L, 60, 4, Family.LINEAR), 3));

    assertEquals(List.of(0, 1), result.rounds().stream().map(round -> round.round()).toList());
  }

  /** The penalty is on the weights of the columns as they are, or of standardized ones. */
  @ParameterizedTest
  @EnumSource(
      value = Standardize.class,
      names = {"NONE", "FEDERATED"})
  void train_ridge_isInTheUnitsThatStandardizeSays(Standardize standardize) {
    double[] means = new double[4];
    double[] deviations = new double[4];
    for (int j = 0; j < 4; j++) {
      double[] column = LOGISTIC.column(j);
      for (double v : column) {
        means[j] += v / column.length;
      }
      for (double v : column) {
        deviations[j] += (v - means[j]) * (v - means[j]) / (column.length - 1.0);
      }
      deviations[j] = Math.sqrt(deviations[j]);
    }
    double[] expected;
    if (standardize == Standardize.NONE) {
      expected = Oracles.ridgeLogistic(LOGISTIC, 0.3);
    } else {
      expected = Oracles.ridgeLogistic(LOGISTIC.standardized(means, deviations), 0.3);
      for (int j = 0; j < 4; j++) {
        expected[j] /= deviations[j];
        expected[4] -= expected[j] * means[j];
      }
    }

    for (ExactOptimizer optimizer : List.of(NEWTON, LBFGS)) {
      double[] model =
          plan(Family.LOGISTIC, optimizer)
              .l2(0.3)
              .standardize(standardize)
              .train(PlanBuilder.deal(LOGISTIC, 3))
              .model()
              .values();
      assertArrayEquals(expected, model, optimizer == NEWTON ? 1e-7 : 1e-5);
    }
  }

  /** The conditions of Karush, Kuhn and Tucker for the lasso, from gradients written out. */
  @Test
  void train_lasso_fulfilsTheConditionsOfTheOptimum() {
    double l1 = 0.05;
    double[] w =
        plan(Family.LOGISTIC, LBFGS)
            .optimizer(LBFGS, l1)
            .train(PlanBuilder.deal(LOGISTIC, 3))
            .model()
            .values();

    int zeros = 0;
    double ofIntercept = 0.0;
    double[] gradient = new double[4];
    for (int i = 0; i < LOGISTIC.rows(); i++) {
      double score = w[4];
      for (int j = 0; j < 4; j++) {
        score += w[j] * LOGISTIC.x()[i][j];
      }
      double slope = (1.0 / (1.0 + Math.exp(-score)) - LOGISTIC.y()[i]) / LOGISTIC.rows();
      for (int j = 0; j < 4; j++) {
        gradient[j] += slope * LOGISTIC.x()[i][j];
      }
      ofIntercept += slope;
    }
    assertEquals(0.0, ofIntercept, 1e-6);
    for (int j = 0; j < 4; j++) {
      if (w[j] == 0.0) {
        zeros++;
        assertTrue(Math.abs(gradient[j]) <= l1, "coefficient " + j);
      } else {
        assertEquals(-l1 * Math.signum(w[j]), gradient[j], 1e-6, "coefficient " + j);
      }
    }
    assertTrue(zeros < 4);
  }

  @Test
  void train_separatedClasses_endsSayingThatThereIsNoOptimum() {
    double[][] x = new double[20][1];
    double[] y = new double[20];
    for (int i = 0; i < 20; i++) {
      x[i][0] = i;
      y[i] = i < 10 ? 0.0 : 1.0;
    }
    // The two middle rows of one kind overlap: separated but for one point.
    double[][] touching = new double[20][1];
    for (int i = 0; i < 20; i++) {
      touching[i][0] = i == 10 ? 9.0 : i;
    }
    for (double[][] rows : List.of(x, touching)) {
      TrainingResult result =
          plan(Family.LOGISTIC, NEWTON).features(1).train(PlanBuilder.deal(Table.of(rows, y), 3));

      assertTrue(InKeys.divergence(result).contains("the objective has no minimum"));
      assertTrue(Double.isFinite(result.model().values()[0]));
      double[] ridge =
          plan(Family.LOGISTIC, NEWTON)
              .features(1)
              .l2(0.01)
              .train(PlanBuilder.deal(Table.of(rows, y), 3))
              .model()
              .values();
      assertArrayEquals(Oracles.ridgeLogistic(Table.of(rows, y), 0.01), ridge, 1e-5);
    }
  }

  @Test
  void train_dependentColumns_areRefusedUnlessThereIsARidge() {
    Table table = Table.random(3L, 60, 4, Family.LINEAR);
    for (double[] row : table.x()) {
      row[2] = 2.0 * row[0] - row[1];
    }
    Map<String, Table> workers = PlanBuilder.deal(table, 3);

    String message =
        assertThrows(
                DataException.class,
                () -> plan(Family.LINEAR, new NormalEquations()).train(workers))
            .getMessage();
    assertTrue(message.startsWith("feature 3 must not be a linear combination"), message);
    assertTrue(plan(Family.LINEAR, NEWTON).l2(0.1).train(workers).divergence().isEmpty());
  }

  /** Of the coefficients of all classes the message names the feature. */
  @Test
  void train_softmaxOfDependentColumns_isRefusedUnlessThereIsARidge() {
    Table table = Table.random(3L, 60, 4, Family.SOFTMAX);
    for (double[] row : table.x()) {
      row[2] = 2.0 * row[0] - row[1];
    }
    Map<String, Table> workers = PlanBuilder.deal(table, 3);

    String message =
        assertThrows(DataException.class, () -> plan(Family.SOFTMAX, NEWTON).train(workers))
            .getMessage();
    assertTrue(message.startsWith("feature 3 must not be a linear combination"), message);
    assertTrue(plan(Family.SOFTMAX, NEWTON).l2(0.1).train(workers).divergence().isEmpty());
  }

  /** A class of which there is no row has no optimum. */
  @Test
  void train_softmaxWithAnEmptyClass_endsSayingThatThereIsNoOptimum() {
    TrainingResult result =
        plan(Family.SOFTMAX, NEWTON)
            .classes(4)
            .train(PlanBuilder.deal(Table.random(3L, 60, 4, Family.SOFTMAX), 3));

    assertTrue(InKeys.divergence(result).contains("the objective has no minimum"));
  }

  /** With an intercept a constant column says nothing: its coefficient stays 0. */
  @Test
  void train_constantColumn_keepsTheCoefficientZero() {
    Table table = Table.random(3L, 60, 4, Family.LINEAR);
    for (double[] row : table.x()) {
      row[3] = 7.0;
    }
    double[] model =
        plan(Family.LINEAR, new NormalEquations())
            .train(PlanBuilder.deal(table, 3))
            .model()
            .values();

    assertEquals(0.0, model[3]);
    double[][] x = new double[60][];
    for (int i = 0; i < 60; i++) {
      double[] row = table.x()[i];
      x[i] = new double[] {row[0], row[1], row[2]};
    }
    double[] expected = Oracles.leastSquares(Table.of(x, table.y()));
    assertEquals(expected[0], model[0], 1e-12);
    assertEquals(expected[3], model[4], 1e-12);
  }

  /** A bound on rounds is one on visits; what is returned is the best model seen. */
  @Test
  void train_tooFewRounds_saysThatItHasNotConverged() {
    TrainingResult result =
        plan(Family.LOGISTIC, LBFGS).rounds(2).train(PlanBuilder.deal(LOGISTIC, 3));

    assertTrue(
        InKeys.said(result.notes()).stream()
            .anyMatch(note -> note.contains("not converged after 2 rounds")));
    List<Double> losses = new ArrayList<>();
    result.rounds().forEach(round -> losses.add(round.loss()));
    assertEquals(losses.stream().min(Double::compare).orElseThrow(), result.lastRound().loss());
    assertEquals(logLoss(LOGISTIC, result.model().values()), result.lastRound().loss(), 1e-12);
  }

  /** More coefficients than travel exactly: the Hessian is rounded, the optimum is not. */
  @Test
  void train_manyCoefficients_areAsExactAsFew() {
    int features = SummedDerivatives.EXACT_HESSIAN + 12;
    Table table = Table.random(21L, 2000, features, Family.LINEAR);
    double[] expected = Oracles.leastSquares(table);

    for (ExactOptimizer optimizer : List.of(NEWTON, new NormalEquations())) {
      TrainingResult result =
          plan(Family.LINEAR, optimizer).features(features).train(PlanBuilder.deal(table, 4));

      assertArrayEquals(expected, result.model().values(), 1e-11);
    }
  }
}
