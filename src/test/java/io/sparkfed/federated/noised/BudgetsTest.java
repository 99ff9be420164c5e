package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetsTest {
  private static final Zcdp ALL = Zcdp.within(1.0, 1e-5);

  private static Zcdp ofTraining(Budgets divided, int rounds) {
    return divided
        .count()
        .then(divided.lengths())
        .then(divided.products())
        .then(divided.gradient().times(rounds))
        .then(divided.hessian())
        .then(divided.figures());
  }

  /** No more than there is, and next to nothing is left over. */
  @ParameterizedTest
  @CsvSource({
    "GRADIENTS, 0, 0, 0, 0.2, 8",
    "GRADIENTS, 0, 0, 0.1, 0.2, 8",
    "GRADIENTS, 0.1, 0.01, 0.25, 0.2, 7",
    "GRADIENTS, 0.9, 0.5, 0.5, 0.99, 3",
    "GRADIENTS, 0.25, 0, 0, 0, 1",
    "GRADIENTS, 0.25, 0, 0.1, 0, 1",
    "STATISTICS, 0.1, 0.01, 0.1, 0.2, 1",
    "STATISTICS, 0, 0, 0, 0, 1"
  })
  void of_anyShares_spendsTheBudgetOfTrainingRows(
      Method method, double figures, double count, double intervals, double products, int rounds) {
    RunBudget budget = new RunBudget(ALL, ALL, figures, count, intervals, products);

    Budgets divided = Budgets.of(budget, method, 20, rounds);

    Zcdp spent = ofTraining(divided, rounds);
    assertTrue(ALL.covers(spent), spent.toString());
    assertTrue(spent.covers(ALL.part(new BigDecimal("0.999999"))), spent.toString());
    assertEquals(figures, divided.figures().rho().doubleValue() / ALL.rho().doubleValue(), 1e-12);
    assertEquals(
        method == Method.GRADIENTS && products > 0.0 && intervals > 0.0, divided.hasIntervals());
    assertEquals(ALL, divided.test());
    assertEquals(ALL, budget.plan());
  }

  /** What products would have had is the gradients'. */
  @Test
  void divided_withoutProducts_givesThemToGradients() {
    RunBudget budget = new RunBudget(ALL, Zcdp.NOTHING, 0.1, 0.01, 0.1, 0.2);

    Budgets divided = Budgets.divided(budget, Method.GRADIENTS, false, 8);

    assertEquals(Zcdp.NOTHING, divided.products());
    assertEquals(Zcdp.NOTHING, divided.hessian());
    assertTrue(ALL.covers(ofTraining(divided, 8)));
    assertTrue(ofTraining(divided, 8).covers(ALL.part(new BigDecimal("0.999999"))));
    assertEquals(divided, Budgets.of(budget, Method.GRADIENTS, 1001, 8));
  }
}
