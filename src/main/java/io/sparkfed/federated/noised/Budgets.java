package io.sparkfed.federated.noised;

import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * How the budget of a run is divided among its releases, from what is public alone.
 *
 * @param count of the release of the number of rows; nothing where that is public
 * @param lengths of the release of rows' lengths; nothing where there are no gradients
 * @param products of the release of products; nothing where they aren't asked for
 * @param gradient of each release of gradients, or of updates; nothing where there are none
 * @param hessian of the release that intervals need; nothing without them, or without products
 * @param figures of the release of figures of training rows; nothing where there is none
 * @param test of that of test rows, which are others
 */
public record Budgets(
    Zcdp count, Zcdp lengths, Zcdp products, Zcdp gradient, Zcdp hessian, Zcdp figures, Zcdp test) {
  /** Of what the number of rows leaves: one number, which noise as long as 30 rows hides little. */
  private static final BigDecimal LENGTHS_SHARE = new BigDecimal("0.02");

  /** Of more features products are not summed: their noise grows with the root of the order. */
  private static final int MOST_ORDER = 1000;

  /**
   * Divides a budget.
   *
   * @param order of a row, with the intercept's 1
   * @param rounds number of gradients, where the method has some
   */
  public static Budgets of(RunBudget budget, Method method, int order, int rounds) {
    return divided(budget, method, order <= MOST_ORDER, rounds);
  }

  /** Divides a budget, with products of features beside gradients or without. */
  static Budgets divided(RunBudget budget, Method method, boolean canHaveProducts, int rounds) {
    Zcdp figures = budget.training().part(share(budget.figuresShare()));
    Zcdp forFit = figures.leftOf(budget.training());
    if (method == Method.UPDATES) {
      Zcdp update = budget.test().leftOf(forFit).part(oneOf(rounds));
      return new Budgets(
          Zcdp.NOTHING, Zcdp.NOTHING, Zcdp.NOTHING, update, Zcdp.NOTHING, figures, budget.test());
    }
    Zcdp count = forFit.part(share(budget.countShare()));
    Zcdp counted = count.leftOf(forFit);
    if (method == Method.STATISTICS) {
      return new Budgets(
          count, Zcdp.NOTHING, counted, Zcdp.NOTHING, Zcdp.NOTHING, figures, budget.test());
    }
    Zcdp lengths = counted.part(LENGTHS_SHARE);
    Zcdp left = lengths.leftOf(counted);
    boolean hasProducts = canHaveProducts && budget.productsShare() > 0.0;
    Zcdp hessian = hasProducts ? left.part(share(budget.intervalsShare())) : Zcdp.NOTHING;
    Zcdp forRounds = hessian.leftOf(left);
    Zcdp products = hasProducts ? forRounds.part(share(budget.productsShare())) : Zcdp.NOTHING;
    Zcdp gradient = products.leftOf(forRounds).part(oneOf(rounds));
    return new Budgets(count, lengths, products, gradient, hessian, figures, budget.test());
  }

  /** Returns what the release of figures of some rows costs; nothing where there is none. */
  Zcdp figures(AskedRows rows) {
    return rows == AskedRows.TRAIN ? figures : test;
  }

  /** Returns whether products of features are asked for. */
  public boolean hasProducts() {
    return !products.equals(Zcdp.NOTHING);
  }

  /** Returns whether a Hessian is asked for, for intervals. */
  public boolean hasIntervals() {
    return !hessian.equals(Zcdp.NOTHING);
  }

  private static BigDecimal oneOf(int rounds) {
    return BigDecimal.ONE.divide(
        BigDecimal.valueOf(rounds), new MathContext(15, RoundingMode.DOWN));
  }

  private static BigDecimal share(double share) {
    return new BigDecimal(share);
  }
}
