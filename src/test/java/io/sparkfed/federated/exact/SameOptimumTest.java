package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.server.ExactGradientDescent;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every family, with every lossless method it can have, ends at one optimum however it is split.
 */
class SameOptimumTest {
  private static final int FEATURES = 3;
  private static final int ROWS = 200;
  private static final double L2 = 0.05;
  private static final Set<Family> CURVED =
      Set.of(Family.LINEAR, Family.LOGISTIC, Family.SOFTMAX, Family.POISSON, Family.GAMMA);

  static Stream<Arguments> familiesAndMethods() {
    List<Arguments> cases = new ArrayList<>();
    for (Family family : Family.values()) {
      cases.add(Arguments.of(family, new Lbfgs(10, 1e-11)));
      if (family != Family.SVM) {
        cases.add(Arguments.of(family, new ExactGradientDescent(0.1, 1e-13, 1000.0)));
      }
      if (CURVED.contains(family)) {
        cases.add(Arguments.of(family, new Newton(1e-12)));
      }
    }
    cases.add(Arguments.of(Family.LINEAR, new NormalEquations()));
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("familiesAndMethods")
  void train_anySplit_hasTheObjectiveOfThePooledOptimum(Family family, ExactOptimizer optimizer) {
    Table table = Table.random(31L, ROWS, FEATURES, family);
    double optimum = pooledOptimum(family, table);
    List<Map<String, Table>> splits =
        List.of(
            PlanBuilder.deal(table, 1),
            PlanBuilder.deal(table, 2),
            PlanBuilder.deal(table, 10),
            PlanBuilder.deal(table, 100),
            Map.of("a", table.slice(0, 1), "b", table.slice(1, 3), "c", table.slice(3, ROWS)));
    for (Map<String, Table> workers : splits) {
      TrainingResult result = plan(family, optimizer).sum(new InsecurePlainSum(1)).train(workers);

      assertTrue(result.divergence().isEmpty());
      assertEquals(List.of(), result.notes());
      assertEquals(
          optimum,
          pooled(family, table).value(result.model().values()),
          1e-8 * optimum,
          workers.size() + " workers");
    }
  }

  @ParameterizedTest
  @MethodSource("familiesAndMethods")
  void train_masked_givesTheBitsOfThePlainSum(Family family, ExactOptimizer optimizer) {
    Map<String, Table> workers = PlanBuilder.deal(Table.random(31L, ROWS, FEATURES, family), 3);
    PlanBuilder plan = plan(family, optimizer).rounds(12);
    TrainingResult plain = plan.sum(new InsecurePlainSum(2)).train(workers);
    TrainingResult masked = plan.sum(new MaskedSum(new EphemeralKeys(), 2)).train(workers);

    assertArrayEquals(plain.model().values(), masked.model().values());
    assertTrue(plain.lastRound().loss() < plain.rounds().get(0).loss());
  }

  private static PlanBuilder plan(Family family, ExactOptimizer optimizer) {
    return new PlanBuilder()
        .family(family)
        .features(FEATURES)
        .l2(L2)
        .rounds(3000)
        .optimizer(optimizer);
  }

  /** All rows at one place. */
  private static LinearObjective pooled(Family family, Table table) {
    VectorLoss loss = family.loss(3, 1.35);
    ModelShape shape = new ModelShape(FEATURES, true, loss.outputs());
    return new LinearObjective(
        loss, table.examples(), shape, Scaling.identity(shape), L2, Reduction.MEAN);
  }

  /** By the plainest method there is; for the hinge, whose slopes jump, of ever shorter steps. */
  private static double pooledOptimum(Family family, Table table) {
    LinearObjective objective = pooled(family, table);
    double[] w = new double[(FEATURES + 1) * family.loss(3, 1.35).outputs()];
    double best = objective.value(w);
    double step = 0.1;
    for (int k = 0; k < 30; k++) {
      w = new GradientDescent(300, step).solve(objective, w, null);
      best = Math.min(best, objective.value(w));
      step *= family == Family.SVM ? 0.5 : 1.0;
    }
    return best;
  }
}
