package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.server.Lbfgs;
import io.sparkfed.testing.Oracles;
import io.sparkfed.testing.Table;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** L-BFGS that starts from the features' correlations in a sample of the workers' rows. */
class PreconditionedTest {

  private static TrainingResult train(
      Family family, Table table, double l2, boolean preconditioned) {
    PlanBuilder plan = new PlanBuilder().family(family).features(4).rounds(1000).l2(l2);
    if (preconditioned) {
      plan.preconditioned();
    }
    return plan.sum(new InsecurePlainSum(1))
        .optimizer(new Lbfgs(10, 1e-12))
        .train(PlanBuilder.deal(table, 5));
  }

  private static double objective(TrainingResult result) {
    return result.lastRound().trainMetrics().get("objective");
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void train_anyFamily_hasTheOptimumOfThePlainSearch(Family family) {
    Table table = Table.random(5L, 200, 4, family);
    double plain = objective(train(family, table, 0.01, false));

    TrainingResult result = train(family, table, 0.01, true);

    assertTrue(result.divergence().isEmpty());
    // Where the least of hinges lies at a kink, the searches end a little beside it.
    double tolerance = family == Family.SVM ? 1e-4 : 1e-9;
    assertEquals(plain, objective(result), tolerance * plain);
  }

  @Test
  void train_correlatedFeatures_takesHalfTheRoundsOrFewer() {
    Table correlated = Table.random(11L, 300, 4, Family.LOGISTIC);
    for (double[] row : correlated.x()) {
      for (int j = 1; j < 4; j++) {
        row[j] = row[j - 1] + 0.05 * row[j];
      }
    }
    double[] optimum = Oracles.ridgeLogistic(correlated, 1e-3);

    TrainingResult plain = train(Family.LOGISTIC, correlated, 1e-3, false);
    TrainingResult preconditioned = train(Family.LOGISTIC, correlated, 1e-3, true);

    assertArrayEquals(optimum, preconditioned.model().values(), 1e-5);
    int rounds = preconditioned.rounds().size();
    assertTrue(2 * rounds <= plain.rounds().size(), rounds + " of " + plain.rounds().size());
  }

  /** Their matrix is singular but for what is added to its diagonal. */
  @Test
  void train_dependentFeatures_hasTheObjectiveOfThePlainSearch() {
    Table table = Table.random(11L, 300, 4, Family.LOGISTIC);
    for (double[] row : table.x()) {
      row[3] = row[0] + row[1];
    }

    double plain = objective(train(Family.LOGISTIC, table, 0.0, false));

    assertEquals(plain, objective(train(Family.LOGISTIC, table, 0.0, true)), 1e-9 * plain);
  }
}
