package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.DataException;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Where two features are nearly the same, L-BFGS that knows no correlations agrees with Newton's
 * method, or says that it can't tell.
 */
class NearlyDependentTest {
  private static final int ROWS = 300;
  private static final int FEATURES = 3;

  /** The second feature has a correlation of about {@code 1 - oneMinus} with the first. */
  private static Table table(Family family, double oneMinus) {
    Table table = Table.random(5L, ROWS, FEATURES, family);
    for (double[] row : table.x()) {
      row[1] = row[0] + Math.sqrt(2.0 * oneMinus) * row[1];
    }
    return table;
  }

  private static LinearObjective pooled(Family family, Table table, double l2) {
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(FEATURES, true, loss.outputs());
    return new LinearObjective(
        loss, table.examples(), shape, Scaling.identity(shape), l2, Reduction.MEAN);
  }

  @ParameterizedTest
  @EnumSource(names = {"LINEAR", "LOGISTIC", "POISSON", "GAMMA", "SOFTMAX"})
  void train_lbfgsWithoutPreconditioner_agreesWithNewtonOrSaysThatItDoesNot(Family family) {
    int fits = 0;
    int told = 0;
    for (double oneMinus : new double[] {1e-2, 1e-4, 1e-6, 1e-8, 1e-10}) {
      Table table = table(family, oneMinus);
      for (double l2 : new double[] {0.0, 1e-10, 1e-8, 1e-7, 1e-6, 1e-4}) {
        String what = oneMinus + ", l2 " + l2;
        PlanBuilder plan = new PlanBuilder().family(family).features(FEATURES).l2(l2).rounds(1000);
        TrainingResult exact = plan.optimizer(new Newton(1e-12)).train(PlanBuilder.deal(table));
        TrainingResult result = plan.optimizer(new Lbfgs(10, 1e-11)).train(PlanBuilder.deal(table));

        assertTrue(exact.divergence().isEmpty() && result.divergence().isEmpty(), what);
        fits++;
        if (InKeys.said(result.notes()).stream().anyMatch(note -> note.contains("converged"))) {
          told++;
          continue;
        }
        double[] expected = exact.model().values();
        LinearObjective objective = pooled(family, table, l2);
        double optimum = objective.value(expected);
        assertEquals(optimum, objective.value(result.model().values()), 1e-8 * optimum, what);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
        assertArrayEquals(expected, result.model().values(), 1e-6 * largest, what);
      }
    }
    assertTrue(told <= fits / 10, told + " of " + fits + " fits can't tell");
  }

  /** L-BFGS fits such rows, as well as Newton's method does without the feature. */
  @ParameterizedTest
  @EnumSource(names = {"LINEAR", "LOGISTIC", "POISSON", "GAMMA"})
  void train_lbfgsOfDependentFeatures_findsTheLossAndSaysThatItIsNotTheOnlyFit(Family family) {
    Table table = Table.random(5L, ROWS, FEATURES, family);
    double[][] two = new double[ROWS][];
    for (int i = 0; i < ROWS; i++) {
      double[] row = table.x()[i];
      row[2] = row[0] - 2.0 * row[1];
      two[i] = new double[] {row[0], row[1]};
    }
    PlanBuilder plan = new PlanBuilder().family(family).rounds(1000);
    TrainingResult without =
        plan.features(2)
            .optimizer(new Newton(1e-12))
            .train(PlanBuilder.deal(Table.of(two, table.y())));

    TrainingResult result =
        plan.features(FEATURES).optimizer(new Lbfgs(10, 1e-11)).train(PlanBuilder.deal(table));

    double loss = without.lastRound().loss();
    assertEquals(loss, result.lastRound().loss(), 1e-8 * loss);
    assertTrue(result.statistics().isEmpty());
    assertTrue(
        InKeys.said(result.notes()).stream()
            .anyMatch(note -> note.startsWith("WARNING: feature 3 is a linear combination")),
        result.notes()::toString);
    assertTrue(
        InKeys.said(without.notes()).stream().noneMatch(note -> note.startsWith("WARNING")),
        without.notes()::toString);
  }

  /** A penalty below rounding doesn't tell equal features apart: it is to be raised, not set. */
  @ParameterizedTest
  @CsvSource({"0, set model.l2 > 0", "1e-18, raise model.l2", "1e-11, raise model.l2"})
  void train_normalEquationsOfEqualFeatures_adviseByThePenaltyThereIs(double l2, String advice) {
    Table table = Table.random(5L, ROWS, FEATURES, Family.LINEAR);
    for (double[] row : table.x()) {
      row[2] = row[1];
    }
    PlanBuilder plan = new PlanBuilder().features(FEATURES).l2(l2).optimizer(new NormalEquations());
    String told;
    try {
      told = String.join("\n", InKeys.said(plan.train(PlanBuilder.deal(table)).notes()));
    } catch (DataException e) {
      told = InKeys.said(e);
    }
    assertTrue(told.toLowerCase(Locale.ROOT).contains("leave features out, or " + advice), told);
  }

  /** A loss without statistics of its fit says so too; an L2 penalty makes one fit the only one. */
  @ParameterizedTest
  @EnumSource(names = {"SOFTMAX", "HUBER", "SVM", "SQUARED_HINGE"})
  void train_lbfgsOfDependentFeatures_saysSoUnlessPenalized(Family family) {
    Table dependent = Table.random(5L, ROWS, FEATURES, family);
    Table independent = Table.random(5L, ROWS, FEATURES, family);
    for (double[] row : dependent.x()) {
      row[2] = row[0] - 2.0 * row[1];
    }
    for (boolean isPreconditioned : new boolean[] {false, true}) {
      PlanBuilder plan = new PlanBuilder().family(family).features(FEATURES).rounds(1000);
      if (isPreconditioned) {
        plan.preconditioned();
      }
      plan.optimizer(new Lbfgs(10, 1e-11));
      TrainingResult unpenalized = plan.train(PlanBuilder.deal(dependent));
      TrainingResult regular = plan.train(PlanBuilder.deal(independent));
      TrainingResult penalized = plan.l2(0.1).train(PlanBuilder.deal(dependent));

      assertTrue(tells(unpenalized), unpenalized.notes()::toString);
      assertTrue(!tells(regular), regular.notes()::toString);
      assertTrue(!tells(penalized), penalized.notes()::toString);
    }
  }

  private static boolean tells(TrainingResult result) {
    return InKeys.said(result.notes()).stream()
        .anyMatch(note -> note.startsWith("WARNING: feature 3 is a linear combination"));
  }
}
